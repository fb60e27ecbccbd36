/** Makes expression nodes of parsed parts. Knows precedence and spans; knows no tokens. */
import { join, type Span } from "../../lib/source.ts";
import { precedenceOf } from "../precedence.ts";
import type { Assignment, BinaryOperator, Call, Expression, Text, UnaryOperator } from "../tree.ts";

/** Folds `a + b * c ...` by the precedence table; all binary operators bind to the left. */
export function foldBinary(operands: readonly Expression[], operators: readonly string[]): Expression {
  const [first] = operands;
  if (first === undefined) throw new TypeError("no operand");
  if (operators.length === 0) return first;
  const done: Expression[] = [first];
  const waiting: string[] = [];
  const reduce = (): void => {
    const operator = waiting.pop();
    const right = done.pop();
    const left = done.pop();
    if (operator === undefined || left === undefined || right === undefined) return;
    done.push(binary(left, operator, right));
  };
  operators.forEach((operator, at) => {
    const right = operands[at + 1];
    if (right === undefined) return;
    while (precedenceOf(waiting.at(-1) ?? "") >= precedenceOf(operator) && waiting.length > 0) reduce();
    waiting.push(operator);
    done.push(right);
  });
  while (waiting.length > 0) reduce();
  return done[0] ?? first;
}

export function binary(left: Expression, operator: string, right: Expression): Expression {
  const span = join(left.span, right.span);
  if (operator === "&&" || operator === "||") return { kind: "logical", operator, left, right, span };
  return { kind: "binary", operator: operator as BinaryOperator, left, right, span };
}

export function foldUnary(
  prefixes: readonly { readonly operator: string; readonly span: Span }[],
  operand: Expression,
): Expression {
  return prefixes.reduceRight<Expression>(
    (inner, { operator, span }) => ({
      kind: "unary",
      operator: operator as UnaryOperator,
      operand: inner,
      span: join(span, inner.span),
    }),
    operand,
  );
}

/** Returns undefined if the left side is not a variable. */
export function assignment(target: Expression, sign: string, value: Expression): Assignment | undefined {
  if (target.kind !== "variable") return undefined;
  return {
    kind: "assignment",
    target: { text: target.name, span: target.span },
    ...(sign === "=" ? {} : { operator: sign.slice(0, -1) as BinaryOperator }),
    value,
    span: join(target.span, value.span),
  };
}

export function conditional(test: Expression, then: Expression, otherwise: Expression): Expression {
  return { kind: "conditional", test, then, otherwise, span: join(test.span, otherwise.span) };
}

export function call(name: Text, args: readonly Expression[], span: Span): Call {
  return { kind: "call", name, args, span };
}

/** The brackets matter only around operators, beyond their span. */
export function parenthesized(inner: Expression, span: Span): Expression {
  switch (inner.kind) {
    case "number":
    case "string":
    case "variable":
    case "call":
      return { ...inner, span };
    default:
      return { ...inner, parenthesized: true, span };
  }
}
