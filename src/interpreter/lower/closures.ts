/**
 * Turns operators over lowered values into synchronous closures, constants folded by the same operator table. Common
 * shapes (slot with constant, slot with slot) get closures of their own, for one call less each.
 */
import type { Span } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import { BINARY, UNARY } from "../../language/operators.ts";
import type { BinaryOperator, UnaryOperator } from "../../language/tree.ts";
import { Trap, type Closure, type Computed } from "../program.ts";

/** A lowered expression: what is left of it once everything with an effect was lifted out. */
export interface Value extends Computed {
  readonly constant?: U64;
  /** The slot, if the value is just what that slot holds. */
  readonly slot?: number;
  /** True if it may throw a Trap, so that it must not be moved behind a later effect. */
  readonly traps: boolean;
}

export function constant(value: U64): Value {
  return { value: () => value, reads: [], constant: value, traps: false };
}

export function slotValue(slot: number): Value {
  return { value: (slots) => slots[slot] as U64, reads: [slot], slot, traps: false };
}

/** Reads a variable from outside the sequence; whether it exists is known only when the run has begun. */
export function outerValue(slot: number, name: string, span: Span): Value {
  const value: Closure = (slots) => {
    const found = slots[slot];
    if (found === undefined) throw new Trap({ kind: "undeclared-variable", name }, span);
    return found;
  };
  return { value, reads: [slot], traps: true };
}

export function unary(operator: UnaryOperator, operand: Value): Value {
  const operate = UNARY[operator];
  if (operand.constant !== undefined) return constant(operate(operand.constant));
  const { value, reads, traps } = operand;
  return { value: (slots) => operate(value(slots)), reads, traps };
}

export function binary(operator: BinaryOperator, left: Value, right: Value, span: Span): Value {
  const operate = BINARY[operator];
  const divides = operator === "/" || operator === "%";
  const safe = !divides || (right.constant !== undefined && right.constant !== 0n);
  if (safe && left.constant !== undefined && right.constant !== undefined) {
    return constant(operate(left.constant, right.constant));
  }
  const reads = union(left.reads, right.reads);
  if (!safe) return { value: division(operator, left.value, right.value, span), reads, traps: true };
  return { value: strict(operate, left, right), reads, traps: left.traps || right.traps };
}

function division(operator: "/" | "%", left: Closure, right: Closure, span: Span): Closure {
  const operate = BINARY[operator];
  return (slots) => {
    const dividend = left(slots);
    const divisor = right(slots);
    if (divisor === 0n) throw new Trap({ kind: "division-by-zero", operator }, span);
    return operate(dividend, divisor);
  };
}

function strict(operate: (left: U64, right: U64) => U64, left: Value, right: Value): Closure {
  const { slot: a } = left;
  const { slot: b, constant: fixed } = right;
  if (a !== undefined && fixed !== undefined) return (slots) => operate(slots[a] as U64, fixed);
  if (a !== undefined && b !== undefined) return (slots) => operate(slots[a] as U64, slots[b] as U64);
  const { value: first } = left;
  if (fixed !== undefined) return (slots) => operate(first(slots), fixed);
  const { value: second } = right;
  return (slots) => operate(first(slots), second(slots));
}

/** Lowers `&&` and `||` if the right side has no effect; laziness then needs no jump. */
export function logical(operator: "&&" | "||", left: Value, right: Value): Value {
  const first = left.value;
  const second = right.value;
  const value: Closure =
    operator === "&&"
      ? (slots) => (first(slots) !== 0n && second(slots) !== 0n ? 1n : 0n)
      : (slots) => (first(slots) !== 0n || second(slots) !== 0n ? 1n : 0n);
  return { value, reads: union(left.reads, right.reads), traps: left.traps || right.traps };
}

/** Lowers `?:` if neither arm has an effect. */
export function conditional(test: Value, then: Value, otherwise: Value): Value {
  const decide = test.value;
  const yes = then.value;
  const no = otherwise.value;
  return {
    value: (slots) => (decide(slots) !== 0n ? yes(slots) : no(slots)),
    reads: union(test.reads, union(then.reads, otherwise.reads)),
    traps: test.traps || then.traps || otherwise.traps,
  };
}

export function union(left: readonly number[], right: readonly number[]): readonly number[] {
  if (right.length === 0) return left;
  if (left.length === 0) return right;
  return [...new Set([...left, ...right])];
}
