/** Goes through a tree: every call of a sequence, in order. Knows the tree's shape and nothing of meaning. */
import { assertNever } from "../lib/assert-never.ts";
import type { Call, Expression, Item, Sequence, Statement } from "./tree.ts";

export function* calls(sequence: Sequence): Generator<Call> {
  yield* callsOfItems(sequence.items);
}

function* callsOfItems(items: readonly Item[]): Generator<Call> {
  for (const item of items) {
    if (item.kind === "block") {
      for (const entry of item.entries) if (entry.kind !== "comment") yield* callsOfStatement(entry);
    } else if (item.kind === "control") {
      if (item.if !== undefined) yield* callsOf(item.if);
      if (item.while !== undefined) yield* callsOf(item.while);
      yield* callsOfItems(item.items);
    }
  }
}

function* callsOfStatement(statement: Statement): Generator<Call> {
  const expression = statement.kind === "declaration" ? statement.value : statement.expression;
  if (expression !== undefined) yield* callsOf(expression);
}

export function* callsOf(expression: Expression): Generator<Call> {
  switch (expression.kind) {
    case "number":
    case "string":
    case "variable":
      return;
    case "unary":
      yield* callsOf(expression.operand);
      return;
    case "binary":
    case "logical":
      yield* callsOf(expression.left);
      yield* callsOf(expression.right);
      return;
    case "conditional":
      yield* callsOf(expression.test);
      yield* callsOf(expression.then);
      yield* callsOf(expression.otherwise);
      return;
    case "assignment":
      yield* callsOf(expression.value);
      return;
    case "call":
      for (const arg of expression.args) yield* callsOf(arg);
      yield expression;
      return;
    default:
      assertNever(expression);
  }
}

/** Every whole expression of a sequence, in order: of statements, declarations and conditions. */
export function* expressionsOf(sequence: Sequence): Generator<Expression> {
  yield* expressionsOfItems(sequence.items);
}

function* expressionsOfItems(items: readonly Item[]): Generator<Expression> {
  for (const item of items) {
    if (item.kind === "block") {
      for (const entry of item.entries) {
        if (entry.kind === "expression") yield entry.expression;
        else if (entry.kind === "declaration" && entry.value !== undefined) yield entry.value;
      }
    } else if (item.kind === "control") {
      if (item.if !== undefined) yield item.if;
      if (item.while !== undefined) yield item.while;
      yield* expressionsOfItems(item.items);
    }
  }
}
