/** Makes the page about failures: each kind with its exit code. */
import { EXIT, EXIT_MEANINGS, FAULT_CODES } from "../session/exit-codes.ts";
import { FAULT_MEANINGS, type FaultKind } from "./fault-kinds.ts";
import type { Block, Page } from "./page.ts";

export const FAULT_KINDS = Object.keys(FAULT_MEANINGS) as readonly FaultKind[];

export function faultsPage(): Page {
  return {
    title: "Failures: every kind, and its exit code",
    blocks: [
      {
        text:
          "A failure has a kind, facts and a sentence. `--json` prints the kind as `error.fault.kind`; in the library a " +
          "`Failure` has it as `fault.kind`, and `exitCodeOf(error)` is its exit code. A failure whose code is that of its cause only says where.",
      },
      ...Object.entries(EXIT).flatMap(([name, code]) => group(name as keyof typeof EXIT, code)),
      { heading: "The code of the cause" },
      kindsOf("cause"),
    ],
  };
}

function group(name: keyof typeof EXIT, code: number): readonly Block[] {
  if (!Object.values(FAULT_CODES).includes(code)) return [];
  return [{ heading: `Code ${code}` }, { text: `${capitalized(EXIT_MEANINGS[name])}.` }, kindsOf(code)];
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function kindsOf(code: number | "cause"): Block {
  const kinds = FAULT_KINDS.filter((kind) => FAULT_CODES[kind] === code);
  return { table: { head: ["kind", "meaning"], rows: kinds.map((kind) => [kind, FAULT_MEANINGS[kind]]) } };
}
