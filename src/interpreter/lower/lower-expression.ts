/**
 * Lowers expressions: accesses and assignments become instructions in evaluation order, left to right, and what remains is a
 * closure. Operands that a later instruction could change, or that may fault, are kept in temporaries before it.
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { Span } from "../../lib/source.ts";
import type { Assignment, Binary, Conditional, Expression, Logical } from "../../language/tree.ts";
import { activity } from "./activity.ts";
import {
  binary,
  conditional,
  constant,
  logical,
  outerValue,
  slotValue,
  unary,
  union,
  type Value,
} from "./closures.ts";
import type { Code } from "./code.ts";
import type { Fact } from "../faults.ts";
import { lowerCall } from "./lower-call.ts";

const ZERO = constant(0n);

export function lower(code: Code, expression: Expression): Value {
  switch (expression.kind) {
    case "number":
      return constant(expression.value);
    case "string":
      return faulty(code, { kind: "not-a-number", text: expression.raw }, expression.span);
    case "variable": {
      const { slot, outer } = code.resolve(expression.name);
      return outer ? outerValue(slot, expression.name, expression.span) : slotValue(slot);
    }
    case "unary":
      return unary(expression.operator, lower(code, expression.operand));
    case "binary":
      return lowerBinary(code, expression);
    case "logical":
      return lowerLogical(code, expression);
    case "conditional":
      return lowerConditional(code, expression);
    case "assignment":
      return lowerAssignment(code, expression);
    case "call":
      return lowerCall(code, expression, true);
    default:
      return assertNever(expression);
  }
}

/** Lowers an expression for its effects alone. Its value is not needed, so reads in it need not be waited for. */
export function lowerEffect(code: Code, expression: Expression): void {
  if (expression.kind === "call") {
    lowerCall(code, expression, false);
  } else if (expression.kind === "unary") {
    lowerEffect(code, expression.operand);
  } else if (expression.kind === "binary" && expression.operator !== "/" && expression.operator !== "%") {
    lowerEffect(code, expression.left);
    lowerEffect(code, expression.right);
  } else {
    const value = lower(code, expression);
    if (value.traps) code.spill(value, expression.span);
  }
}

/** Lowers operands in order, so that each has the value that it has at its turn. */
export function lowerOperands(code: Code, operands: readonly Expression[]): readonly Value[] {
  const values: Value[] = [];
  for (const operand of operands) {
    for (const [index, value] of values.entries()) values[index] = settled(code, value, operand);
    values.push(lower(code, operand));
  }
  return values;
}

/** Returns the value as it must be kept while `next` is evaluated. */
function settled(code: Code, value: Value, next: Expression): Value {
  const doing = activity(next);
  if (doing === "none" || value.constant !== undefined) return value;
  const changeable = doing === "writes" && value.reads.some((slot) => !code.isTemporary(slot));
  return value.traps || changeable ? code.spill(value, next.span) : value;
}

/** Emits a fault that is reached like any other instruction; what follows it never runs. */
export function faulty(code: Code, fact: Fact, span: Span): Value {
  code.fault(fact, span);
  return ZERO;
}

function lowerBinary(code: Code, { operator, left, right, span }: Binary): Value {
  const first = settled(code, lower(code, left), right);
  return binary(operator, first, lower(code, right), span);
}

/** Lowers `&&` and `||`. The value's reads name what the decision depended on, even if one side was not evaluated. */
function lowerLogical(code: Code, expression: Logical): Value {
  const { operator, span } = expression;
  const left = lower(code, expression.left);
  if (activity(expression.right) === "none") return logical(operator, left, lower(code, expression.right));
  const result = code.temporary();
  code.set(result, truth(left, span), span);
  const decided = code.jump(operator === "&&" ? "zero" : "nonzero", slotValue(result), span);
  const right = truth(lower(code, expression.right), span);
  code.set(result, { value: right.value, reads: union(right.reads, [result]) }, span);
  code.land(decided);
  return slotValue(result);
}

function truth(value: Value, span: Span): Value {
  return binary("!=", value, ZERO, span);
}

function lowerConditional(code: Code, expression: Conditional): Value {
  const { span } = expression;
  const test = lower(code, expression.test);
  if (activity(expression.then) === "none" && activity(expression.otherwise) === "none") {
    return conditional(test, lower(code, expression.then), lower(code, expression.otherwise));
  }
  const decision = code.spill(test, span);
  const result = code.temporary();
  const arm = (chosen: Expression): void => {
    const { value, reads } = lower(code, chosen);
    code.set(result, { value, reads: union(reads, decision.reads) }, span);
  };
  const toOtherwise = code.jump("zero", decision, span);
  arm(expression.then);
  const toEnd = code.leap(span);
  code.land(toOtherwise);
  arm(expression.otherwise);
  code.land(toEnd);
  return slotValue(result);
}

function lowerAssignment(code: Code, expression: Assignment): Value {
  const { target, operator, span } = expression;
  const { slot, outer } = code.resolve(target.text);
  if (outer) {
    // Only a run knows whether it is read-only or not declared at all; reading it tells.
    code.spill(outerValue(slot, target.text, target.span), target.span);
    return faulty(code, { kind: "read-only-variable", name: target.text }, target.span);
  }
  let value: Value;
  if (operator === undefined) {
    value = lower(code, expression.value);
  } else {
    const before = settled(code, slotValue(slot), expression.value);
    value = binary(operator, before, lower(code, expression.value), span);
  }
  code.set(slot, value, span, target.text);
  return slotValue(slot);
}
