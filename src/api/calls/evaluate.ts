/** Expressions of the sequence language, without a target. Pure. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { evaluate } from "../../language/evaluate.ts";
import { parseExpression } from "../../language/text/parse.ts";
import { whole, type Source } from "../../lib/source.ts";
import { malformedInput } from "../../project/faults.ts";
import { unsigned64 } from "../arguments.ts";
import { sourceOf } from "./source.ts";

export interface Evaluation {
  /** Unsigned, 64 bits. */
  readonly value: bigint;
  /** What is doubtful in the text of the expression. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * The value of an expression of the sequence language. Numbers are unsigned, 64 bits wide, and wrap after every operation.
 * `variables` are the values of its names. Throws `malformed-input` for a text that is no expression, `not-constant` for one that
 * needs a target or a variable without a value, `division-by-zero`, and `bad-argument`.
 *
 * `evaluateExpression("(value & 0xFF) == 3", { value: 0x1203n }).value` is `1n`.
 */
export function evaluateExpression(
  text: string | Source,
  variables: Readonly<Record<string, bigint>> = {},
): Evaluation {
  const { expression, diagnostics } = parseExpression(whole(sourceOf(text, "<expression>")));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (expression === undefined || errors.length > 0) throw malformedInput(errors);
  const values = new Map(Object.entries(variables));
  for (const [name, value] of values) unsigned64(value, `variable ${name}`);
  return { value: evaluate(expression, (name) => values.get(name)), warnings: diagnostics };
}
