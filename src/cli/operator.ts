/** Queries of a sequence on the terminal. Knows how to ask; answers given in advance are session/operator.ts's. */
import type { Operator } from "../interpreter/ports.ts";
import type { Io } from "./io.ts";

/** Keys for each query type, with the result codes of the specification: OK 1, Cancel 2, Yes 3, No 4. */
const CHOICES: readonly Readonly<Record<string, bigint>>[] = [
  { ok: 1n },
  { yes: 3n, no: 4n },
  { yes: 3n, no: 4n, cancel: 2n },
  { ok: 1n, cancel: 2n },
];

const TERMINAL = "the terminal";

export function terminalOperator(io: Io): Operator | undefined {
  const ask = io.ask;
  if (ask === undefined) return undefined;
  return {
    async query(type, message, fallback) {
      const choices = CHOICES[type] ?? { ok: 1n };
      const names = Object.keys(choices);
      for (;;) {
        const line = (await ask(`${message}\n[${names.join("/")}] `)).trim().toLowerCase();
        if (line === "") return { value: fallback, by: "the terminal, by Enter" };
        const chosen = names.find((name) => name.startsWith(line));
        const result = chosen === undefined ? undefined : choices[chosen];
        if (result !== undefined) return { value: result, by: TERMINAL };
      }
    },
    async queryValue(message, fallback) {
      for (;;) {
        const line = (await ask(`${message} [${fallback}] `)).trim();
        if (line === "") return { value: fallback, by: "the terminal, by Enter" };
        if (/^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(line)) return { value: BigInt(line), by: TERMINAL };
      }
    },
  };
}
