/** Puts queries of a sequence to a person. Knows how to ask; session/operator.ts has the answers given in advance. */
import { call, work } from "./arguments.ts";
import type { Operator } from "../interpreter/ports.ts";

export type { Operator };

/** Keys for each query type, with the result codes of the specification: OK 1, Cancel 2, Yes 3, No 4. */
const CHOICES: readonly Readonly<Record<string, bigint>>[] = [
  { ok: 1n },
  { yes: 3n, no: 4n },
  { yes: 3n, no: 4n, cancel: 2n },
  { ok: 1n, cancel: 2n },
];

const ASKING = call({ ask: work });

const TERMINAL = "the terminal";

/**
 * Answers the queries of sequences by asking a person. `ask` shows a question and resolves with the line that was typed; an empty
 * line takes the query's own default, and one that means nothing is asked again.
 *
 * `await ConnectHelper.sessionWithChosenProbe({ operator: askingOperator((question) => terminal.question(question)) });`
 */
export function askingOperator(ask: (question: string) => Promise<string>): Operator {
  ASKING({ ask });
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
