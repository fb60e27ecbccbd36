/** Goes through a tree: every call of a sequence, in order. Knows the tree's shape and nothing of meaning. */
import { assertNever } from "../lib/assert-never.ts";
import type { Block, Call, Control, Expression, Item, Sequence, Statement } from "./tree.ts";

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

/** Every whole expression of a sequence or a control's body, in order: of statements, declarations and conditions. */
export function* expressionsOf(sequence: { readonly items: readonly Item[] }): Generator<Expression> {
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

/** An expression and everything in it, the outer ones first. */
export function* nodesOf(expression: Expression): Generator<Expression> {
  yield expression;
  switch (expression.kind) {
    case "number":
    case "string":
    case "variable":
      return;
    case "unary":
      yield* nodesOf(expression.operand);
      return;
    case "binary":
    case "logical":
      yield* nodesOf(expression.left);
      yield* nodesOf(expression.right);
      return;
    case "conditional":
      yield* nodesOf(expression.test);
      yield* nodesOf(expression.then);
      yield* nodesOf(expression.otherwise);
      return;
    case "assignment":
      yield* nodesOf(expression.value);
      return;
    case "call":
      for (const arg of expression.args) yield* nodesOf(arg);
      return;
    default:
      assertNever(expression);
  }
}

/** Every control of a sequence with how deep it lies; 1 stands directly in the sequence. */
export function* controlsOf(
  items: readonly Item[],
  depth = 1,
): Generator<{ readonly control: Control; readonly depth: number }> {
  for (const item of items) {
    if (item.kind !== "control") continue;
    yield { control: item, depth };
    yield* controlsOf(item.items, depth + 1);
  }
}

/** Every block of a sequence, in order. */
export function* blocksOf(items: readonly Item[]): Generator<Block> {
  for (const item of items) {
    if (item.kind === "block") yield item;
    else if (item.kind === "control") yield* blocksOf(item.items);
  }
}
