/**
 * Lowers a sequence to its flat program, once for each tree. Covers blocks, controls and declarations;
 * expressions have their own files.
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { Block, Control, Declaration, Item, Sequence, Statement } from "../../language/tree.ts";
import { activity } from "./activity.ts";
import { constant } from "./closures.ts";
import { Code } from "./code.ts";
import { lower, lowerEffect } from "./lower-expression.ts";
import type { Program } from "../program.ts";
import { pollOf } from "./poll.ts";

const programs = new WeakMap<Sequence, Program>();

/** Returns the program of a sequence, made at the first call, for trees never change. */
export function programOf(sequence: Sequence): Program {
  let program = programs.get(sequence);
  if (program === undefined) {
    const code = new Code();
    lowerItems(code, sequence.items);
    program = code.finish(sequence.name.text, sequence.name.span);
    programs.set(sequence, program);
  }
  return program;
}

function lowerItems(code: Code, items: readonly Item[]): void {
  for (const item of items) {
    if (item.kind === "block") lowerBlock(code, item);
    else if (item.kind === "control") lowerControl(code, item);
  }
}

/** Lowers a block, which does not open a scope (the specification says so). */
function lowerBlock(code: Code, block: Block): void {
  if (block.atomic) code.call({ to: "atomic" }, block.span);
  for (const entry of block.entries) {
    if (entry.kind === "comment") continue;
    lowerStatement(code, entry);
    code.endStatement();
  }
  if (!block.atomic) return;
  const info = block.info?.text;
  code.call({ to: "atomic end", ...(info === undefined ? {} : { info }) }, block.span);
}

function lowerStatement(code: Code, statement: Statement): void {
  switch (statement.kind) {
    case "declaration":
      lowerDeclaration(code, statement);
      return;
    case "expression":
      lowerEffect(code, statement.expression);
      return;
    default:
      assertNever(statement);
  }
}

/** The value is lowered first: in `__var x = x;` the right side is not the new variable. */
function lowerDeclaration(code: Code, { name, value, span }: Declaration): void {
  const initial = value === undefined ? constant(0n) : lower(code, value);
  const slot = code.declare(name.text);
  if (slot === undefined) code.fault({ kind: "redefinition", name: name.text }, name.span);
  else code.set(slot, initial, span, name.text);
}

/**
 * Lowers `if` first, once, and then `while`. Each turn has a fresh scope because every declaration gives its
 * variable a value.
 */
function lowerControl(code: Code, control: Control): void {
  let skip: number | undefined;
  if (control.if !== undefined) {
    skip = code.jump("zero", lower(code, control.if), control.if.span, { of: "if" });
    code.endStatement();
  }
  code.openScope();
  if (control.while === undefined) lowerItems(code, control.items);
  else lowerLoop(code, control, control.while);
  code.closeScope();
  if (skip !== undefined) code.land(skip);
}

function lowerLoop(code: Code, control: Control, condition: NonNullable<Control["while"]>): void {
  const { span } = condition;
  // A timeout of 0 is the same as none.
  const limitUs = control.timeout === undefined || control.timeout.us === 0 ? undefined : control.timeout.us;
  if (activity(condition) === "none" && !control.items.some(doesSomething)) {
    const { constant: value } = lower(code, condition);
    if (value !== undefined && value !== 0n) {
      code.call({ to: "sleep", limitUs, value }, span);
      return;
    }
  }
  const loop = code.loop();
  code.call({ to: "loop", loop }, span);
  const top = code.here;
  const test = lower(code, condition);
  const leave = code.jump("zero", test, span, {
    of: "while",
    loop: { index: loop, limitUs, constant: test.constant !== undefined },
  });
  code.endStatement();
  lowerItems(code, control.items);
  const poll = control.items.some(doesSomething) ? undefined : pollOf(code, condition);
  const back = { kind: "back", target: top, loop, limitUs, span } as const;
  code.emit(poll === undefined ? back : { ...back, ...poll });
  code.land(leave);
}

function doesSomething(item: Item): boolean {
  if (item.kind === "comment") return false;
  return item.kind === "control" || item.entries.some(({ kind }) => kind !== "comment");
}
