/**
 * Goes through a tree: calls, expressions, controls and blocks, in order. Knows the tree's shape but no
 * meaning. A tree never changes, so each list is made once; many checks ask for the same one.
 */
import { assertNever } from "../lib/assert-never.ts";
import type { Block, Call, Control, Expression, Item, Sequence } from "./tree.ts";

/** Returns every call in the order in which a run reaches them: arguments before the call that they are for. */
export const calls = remembered((sequence: Sequence): readonly Call[] => {
  const found: Call[] = [];
  for (const expression of expressionsOf(sequence)) addCalls(expression, found);
  return found;
});

function addCalls(expression: Expression, found: Call[]): void {
  forEachPart(expression, addCalls, found);
  if (expression.kind === "call") found.push(expression);
}

/**
 * Returns every whole expression of a sequence or a control's body, in order: of statements, declarations and
 * conditions.
 */
export const expressionsOf = remembered(
  ({ items }: { readonly items: readonly Item[] }): readonly Expression[] => {
    const found: Expression[] = [];
    addExpressions(items, found);
    return found;
  },
);

function addExpressions(items: readonly Item[], found: Expression[]): void {
  for (const item of items) {
    if (item.kind === "block") {
      for (const entry of item.entries) {
        if (entry.kind === "expression") found.push(entry.expression);
        else if (entry.kind === "declaration" && entry.value !== undefined) found.push(entry.value);
      }
    } else if (item.kind === "control") {
      if (item.if !== undefined) found.push(item.if);
      if (item.while !== undefined) found.push(item.while);
      addExpressions(item.items, found);
    }
  }
}

/** Returns an expression and everything in it, the outer ones first. */
export function nodesOf(expression: Expression): readonly Expression[] {
  const found: Expression[] = [];
  addNodes(expression, found);
  return found;
}

/** Returns `nodesOf` all expressions of a sequence, one after the other. */
export const nodesIn = remembered((sequence: { readonly items: readonly Item[] }): readonly Expression[] => {
  const found: Expression[] = [];
  for (const expression of expressionsOf(sequence)) addNodes(expression, found);
  return found;
});

function addNodes(expression: Expression, found: Expression[]): void {
  found.push(expression);
  forEachPart(expression, addNodes, found);
}

/**
 * Visits what stands directly in an expression, from left to right. Makes no list, because it is asked a
 * million times.
 */
function forEachPart<State>(
  expression: Expression,
  visit: (part: Expression, state: State) => void,
  state: State,
): void {
  switch (expression.kind) {
    case "number":
    case "string":
    case "variable":
      return;
    case "unary":
      visit(expression.operand, state);
      return;
    case "binary":
    case "logical":
      visit(expression.left, state);
      visit(expression.right, state);
      return;
    case "conditional":
      visit(expression.test, state);
      visit(expression.then, state);
      visit(expression.otherwise, state);
      return;
    case "assignment":
      visit(expression.value, state);
      return;
    case "call":
      for (const arg of expression.args) visit(arg, state);
      return;
    default:
      assertNever(expression);
  }
}

export interface ControlAt {
  readonly control: Control;
  /** Depth 1 is directly in the sequence. */
  readonly depth: number;
}

/** Returns every control of a sequence with its depth, in order. */
export const controlsOf = remembered((items: readonly Item[]): readonly ControlAt[] => {
  const found: ControlAt[] = [];
  addControls(items, 1, found);
  return found;
});

function addControls(items: readonly Item[], depth: number, found: ControlAt[]): void {
  for (const item of items) {
    if (item.kind !== "control") continue;
    found.push({ control: item, depth });
    addControls(item.items, depth + 1, found);
  }
}

/** Returns every block of a sequence, in order. */
export const blocksOf = remembered((items: readonly Item[]): readonly Block[] => {
  const found: Block[] = [];
  addBlocks(items, found);
  return found;
});

function addBlocks(items: readonly Item[], found: Block[]): void {
  for (const item of items) {
    if (item.kind === "block") found.push(item);
    else if (item.kind === "control") addBlocks(item.items, found);
  }
}

function remembered<Tree extends object, List>(make: (tree: Tree) => List): (tree: Tree) => List {
  let last: Tree | undefined;
  let list: List | undefined;
  return (tree) => {
    if (tree === last && list !== undefined) return list;
    last = tree;
    return (list = make(tree));
  };
}
