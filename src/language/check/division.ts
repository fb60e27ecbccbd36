/**
 * Finds divisors that are always 0: an error if every run of the sequence comes by, a warning if only some
 * may, nothing if constants keep them all away. The walk decides where a run comes by.
 */
import type { Sequence } from "../tree.ts";
import type { Constants } from "./constants.ts";
import { walkReached, type Callee } from "./reach.ts";
import type { CheckContext, Report } from "./report.ts";

export function checkDivisions(
  sequence: Sequence,
  { context, callee }: { readonly context: CheckContext; readonly callee: Callee },
  constants: Constants,
  report: Report,
): void {
  const { entered } = context;
  walkReached(sequence, {
    entered: entered === undefined || entered.has(sequence) ? "surely" : "maybe",
    callee,
    visit(expression, reach) {
      if (expression.kind !== "binary" && expression.kind !== "assignment") return;
      if (expression.operator !== "/" && expression.operator !== "%") return;
      const divisor = expression.kind === "binary" ? expression.right : expression.value;
      if (reach === "never" || constants.valueOf(divisor) !== 0n) return;
      const code = reach === "surely" ? "division-by-zero" : "possible-division-by-zero";
      report(code, "the divisor is always 0", divisor.span);
    },
  });
}
