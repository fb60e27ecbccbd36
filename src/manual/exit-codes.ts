/** Makes the page about exit codes. */
import { EXIT, EXIT_MEANINGS } from "../session/exit-codes.ts";
import type { Page } from "./page.ts";

type Name = keyof typeof EXIT;

export const EXIT_ROWS: readonly (readonly [code: string, meaning: string])[] = (
  Object.keys(EXIT) as Name[]
).map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]);

export function exitCodesPage(): Page {
  return {
    title: "Exit codes",
    blocks: [
      { table: { head: ["code", "meaning"], rows: EXIT_ROWS } },
      { text: "`dbgseq doc faults` says which kinds of failure end with which of them." },
    ],
  };
}
