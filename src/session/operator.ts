/** Who answers Query and QueryValue where nobody sits at a terminal: scripted answers first, then the default. */
import type { Operator } from "../interpreter/ports.ts";

/** An answer to a query whose text contains `text` (all of it, when empty: any query). */
export interface Answer {
  readonly text: string;
  readonly value: bigint;
}

/** Answers are used up in order; a query that none fits goes to `otherwise`, or gets its own default. */
export function scriptedOperator(answers: readonly Answer[], otherwise?: Operator): Operator {
  const left = [...answers];
  const take = (message: string): bigint | undefined => {
    const index = left.findIndex(({ text }) => message.includes(text));
    return index < 0 ? undefined : left.splice(index, 1)[0]?.value;
  };
  return {
    async query(type, message, fallback, site) {
      return take(message) ?? (await otherwise?.query(type, message, fallback, site)) ?? fallback;
    },
    async queryValue(message, fallback, site) {
      return take(message) ?? (await otherwise?.queryValue(message, fallback, site)) ?? fallback;
    },
  };
}
