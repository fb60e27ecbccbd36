/** Expressions of the sequence language, without a target. Pure. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { evaluate } from "../../language/evaluate.ts";
import { parseExpression } from "../../language/text/parse.ts";
import { whole, type Source } from "../../lib/source.ts";
import { malformedInput } from "../../project/faults.ts";
import { call, optional, recordOf, unsigned64, sourceOrText } from "../arguments.ts";

export interface Evaluation {
  /** An unsigned 64-bit number. */
  readonly value: bigint;
  /** Doubtful points in the text of the expression. */
  readonly warnings: readonly Diagnostic[];
}

const EVALUATE = call({ expression: sourceOrText, variables: optional(recordOf(unsigned64), {}) });

/**
 * Evaluates an expression of the sequence language. Numbers are unsigned, 64 bits wide, and wrap after every
 * operation. `variables` are the values of its names. Throws `malformed-input` for a text that is not an
 * expression, `not-constant` for one that needs a target or a variable without a value, `division-by-zero`, and
 * `bad-argument`.
 *
 * `evaluateExpression("(value & 0xFF) == 3", { value: 0x1203n }).value` is `1n`.
 */
export function evaluateExpression(
  expression: string | Source,
  variables?: Readonly<Record<string, bigint>>,
): Evaluation {
  const given = EVALUATE({ expression, variables });
  const { expression: read, diagnostics } = parseExpression(whole(given.expression));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (read === undefined || errors.length > 0) throw malformedInput(errors);
  const values = new Map(Object.entries(given.variables));
  return { value: evaluate(read, (name) => values.get(name)), warnings: diagnostics };
}
