/**
 * Answers Query and QueryValue: answers given in advance come first, then another operator, then the default
 * if that was agreed to.
 */
import type { Answered, Operator } from "../interpreter/ports.ts";

/** An answer to a query whose text contains `text`; an empty text matches any query. */
export interface Answer {
  readonly text: string;
  readonly value: bigint;
}

/**
 * Uses answers up in order; a query that none fits goes to `otherwise`. A query without an answer ends the
 * run with `no-answer`, unless only one answer is possible.
 *
 * @example
 * scriptedOperator([{ text: "erase", value: 3n }]);
 */
export function scriptedOperator(answers: readonly Answer[], otherwise: Operator = NOBODY): Operator {
  const left = [...answers];
  const take = (message: string): Answered | undefined => {
    const index = left.findIndex(({ text }) => message.includes(text));
    const [answer] = index < 0 ? [] : left.splice(index, 1);
    return answer && { value: answer.value, by: "an answer given in advance" };
  };
  return {
    query: async (type, message, fallback, site) =>
      take(message) ?? otherwise.query(type, message, fallback, site),
    queryValue: async (message, fallback, site) =>
      take(message) ?? otherwise.queryValue(message, fallback, site),
  };
}

const NOBODY: Operator = {
  query: () => Promise.resolve(undefined),
  queryValue: () => Promise.resolve(undefined),
};

/** Takes each query's own default, if the user agreed to that before. */
export const DEFAULTS: Operator = {
  query: (_type, _message, fallback) => Promise.resolve({ value: fallback, by: "its own default (batch)" }),
  queryValue: (_message, fallback) => Promise.resolve({ value: fallback, by: "its own default (batch)" }),
};
