/** How much an expression does besides having a value; decides what must be kept before it is evaluated. */
import { assertNever } from "../../lib/assert-never.ts";
import type { Expression } from "../../language/tree.ts";

/** `calls` leaves every variable alone; `writes` may change some. */
export type Activity = "none" | "calls" | "writes";

const known = new WeakMap<Expression, Activity>();

export function activity(expression: Expression): Activity {
  let found = known.get(expression);
  if (found === undefined) known.set(expression, (found = measure(expression)));
  return found;
}

function measure(expression: Expression): Activity {
  switch (expression.kind) {
    case "number":
    case "string":
    case "variable":
      return "none";
    case "unary":
      return activity(expression.operand);
    case "binary":
    case "logical":
      return most([expression.left, expression.right]);
    case "conditional":
      return most([expression.test, expression.then, expression.otherwise]);
    case "assignment":
      return "writes";
    case "call":
      // A called sequence may set __Result.
      if (expression.name.text.toLowerCase() === "sequence") return "writes";
      return most(expression.args) === "writes" ? "writes" : "calls";
    default:
      return assertNever(expression);
  }
}

function most(list: readonly Expression[]): Activity {
  const found = list.map(activity);
  if (found.includes("writes")) return "writes";
  return found.includes("calls") ? "calls" : "none";
}
