/** Makes `else`, which a PDSC cannot express: a variable keeps the condition, and both branches ask it. */
import type { Span } from "../../lib/source.ts";
import type { Part } from "./arrange.ts";
import type { Control, Declaration, Expression, Item } from "../tree.ts";

export interface ElseNames {
  next: number;
  /** The names that the file uses already. */
  readonly used: ReadonlySet<string>;
}

export interface Branch {
  readonly control: Control;
  /** The head, which counts as the place of the generated declaration. */
  readonly head: Span;
  readonly otherwise?: {
    readonly items: readonly Item[];
    readonly comments: Control["comments"];
    readonly span: Span;
  };
}

/** Makes a new name of the form `_elseN`. */
export function nameElse(names: ElseNames): string {
  for (;;) {
    const name = `_else${names.next++}`;
    if (!names.used.has(name)) return name;
  }
}

/** Turns an `if` with its `else` into the parts that the tree has for them; without `else` it is unchanged. */
export function withElse({ control, head, otherwise }: Branch, nextName: () => string): Part[] {
  const condition = control.if;
  if (otherwise === undefined || condition === undefined) return [control];
  const name = nextName();
  const asked: Expression = { kind: "variable", name, span: condition.span };
  const kept: Declaration = {
    kind: "declaration",
    name: { text: name, span: condition.span },
    value: {
      kind: "binary",
      operator: "!=",
      left: bracketed(condition),
      right: { kind: "number", value: 0n, raw: "0", span: condition.span },
      span: condition.span,
    },
    span: head,
  };
  const negative: Control = {
    kind: "control",
    if: { kind: "unary", operator: "!", operand: asked, span: condition.span },
    items: otherwise.items,
    comments: otherwise.comments,
    attributes: [],
    span: otherwise.span,
  };
  return [kept, { ...control, if: asked }, negative];
}

function bracketed(expression: Expression): Expression {
  switch (expression.kind) {
    case "number":
    case "string":
    case "variable":
    case "call":
      return expression;
    default:
      return { ...expression, parenthesized: true };
  }
}

/** The result of `withElse` as seen from outside: the declaration before two controls. */
export interface ElseShape {
  readonly condition: Expression;
  readonly name: string;
}

/** Recognises the exact shape, so that the printer can write `else` again. */
export function elseShape(kept: Declaration, positive: Item, negative: Item): ElseShape | undefined {
  const name = kept.name.text;
  const { value } = kept;
  if (!/^_else\d+$/.test(name)) return undefined;
  if (value?.kind !== "binary" || value.operator !== "!=" || value.parenthesized === true) return undefined;
  if (value.right.kind !== "number" || value.right.raw !== "0") return undefined;
  if (positive.kind !== "control" || negative.kind !== "control") return undefined;
  if (positive.if?.kind !== "variable" || positive.if.name !== name) return undefined;
  const { if: not, while: loop, timeout, info, attributes } = negative;
  if (not?.kind !== "unary" || not.operator !== "!" || not.operand.kind !== "variable") return undefined;
  if (not.operand.name !== name || loop !== undefined || timeout !== undefined) return undefined;
  if (info !== undefined || attributes.length > 0) return undefined;
  return { condition: value.left, name };
}
