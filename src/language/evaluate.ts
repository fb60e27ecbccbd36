/**
 * Evaluates constant expressions: debugvars, `dbgseq eval`. Uses the one operator table; knows no target and
 * no calls.
 */
import { assertNever } from "../lib/assert-never.ts";
import { Failure } from "../lib/fault.ts";
import { where, type Span } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";
import { BINARY, UNARY } from "./operators.ts";
import type { Expression } from "./tree.ts";

export interface NotConstant {
  readonly kind: "not-constant" | "division-by-zero";
  readonly span: Span;
}

/**
 * `lookup` gives the value of a name, or undefined. Throws a Failure with the place of an expression without
 * a constant value.
 */
export function evaluate(expression: Expression, lookup: (name: string) => U64 | undefined): U64 {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "variable":
      return lookup(expression.name) ?? refuse(expression.span, `${expression.name} has no value here`);
    case "unary":
      return UNARY[expression.operator](evaluate(expression.operand, lookup));
    case "binary": {
      const left = evaluate(expression.left, lookup);
      const right = evaluate(expression.right, lookup);
      if (right === 0n && (expression.operator === "/" || expression.operator === "%")) {
        const message = `${where(expression.span)}: division by zero`;
        throw new Failure<NotConstant>({ kind: "division-by-zero", span: expression.span }, message);
      }
      return BINARY[expression.operator](left, right);
    }
    case "logical": {
      const left = evaluate(expression.left, lookup) !== 0n;
      const decided = expression.operator === "&&" ? !left : left;
      return (decided ? left : evaluate(expression.right, lookup) !== 0n) ? 1n : 0n;
    }
    case "conditional":
      return evaluate(
        evaluate(expression.test, lookup) !== 0n ? expression.then : expression.otherwise,
        lookup,
      );
    case "call":
      return refuse(expression.span, `${expression.name.text} needs a target`);
    case "assignment":
      return refuse(expression.span, "an assignment has no place in a constant");
    case "string":
      return refuse(expression.span, "a string is not a number");
    default:
      return assertNever(expression);
  }
}

function refuse(span: Span, reason: string): never {
  throw new Failure<NotConstant>({ kind: "not-constant", span }, `${where(span)}: ${reason}`);
}
