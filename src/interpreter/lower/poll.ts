/**
 * Loops that only wait for bits of one word: which conditions a probe can test by itself, and what it must
 * compare (wire rule 9). Knows no probe: the access decides whether this one can do it, and whether the word may
 * be read so often.
 */
import type { Call, Expression } from "../../language/tree.ts";
import { findBuiltin, type Builtin } from "../../language/builtins.ts";
import type { Span } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import { activity } from "./activity.ts";
import { constant } from "./closures.ts";
import type { Code } from "./code.ts";
import { lower } from "./lower-expression.ts";
import type { Poll, Slots } from "../program.ts";
import type { WordCondition } from "../ports.ts";

/** The bits of the word that the builtin reads. A match reads once too often for the registers of an access port. */
function widthOf({ through, bits, answers }: Builtin): U64 | undefined {
  if (answers !== true || bits === undefined || bits > 32) return undefined;
  return through === "memory" || through === "dp" ? (1n << BigInt(bits)) - 1n : undefined;
}

const ALL = constant(0xffff_ffff_ffff_ffffn);
const ZERO = constant(0n);

/** Returns the condition of an empty loop as something to wait for, with the read in it; undefined for any other shape. */
export function pollOf(
  code: Code,
  condition: Expression,
): { readonly poll: Poll; readonly span: Span } | undefined {
  const shape = shapeOf(condition);
  if (shape === undefined) return undefined;
  const { read, mask, value, holdsWhile } = shape;
  const builtin = findBuiltin(read.name.text);
  const [address] = read.args;
  const all = builtin === undefined ? undefined : widthOf(builtin);
  if (builtin === undefined || all === undefined || address === undefined || read.args.length !== 1)
    return undefined;
  if ([address, mask, value].some((part) => part !== undefined && !isStill(part))) return undefined;
  const own = lower(code, address);
  const poll: Poll = {
    call: { to: "target", fn: builtin.name, args: [own.value], reads: own.reads, waits: "poll" },
    all,
    mask: (mask === undefined ? ALL : lower(code, mask)).value,
    value: (value === undefined ? ZERO : lower(code, value)).value,
    holdsWhile,
  };
  return { poll, span: read.span };
}

/**
 * Returns what ends the loop, given the present values of the variables; undefined if a single comparison cannot
 * say it.
 */
export function endOf({ all, mask, value, holdsWhile }: Poll, slots: Slots): WordCondition | undefined {
  const bits = mask(slots) & all;
  const wanted = value(slots);
  if (bits === 0n || (wanted & ~bits) !== 0n) return undefined;
  if (holdsWhile === "differs") return { mask: Number(bits), value: Number(wanted) };
  // If a single bit is compared, its other value is known.
  return (bits & (bits - 1n)) === 0n ? { mask: Number(bits), value: Number(bits ^ wanted) } : undefined;
}

interface Shape {
  readonly read: Call;
  readonly mask?: Expression;
  /** Absent if the comparison is with zero. */
  readonly value?: Expression;
  readonly holdsWhile: "differs" | "equals";
}

function shapeOf(condition: Expression): Shape | undefined {
  if (condition.kind === "unary" && condition.operator === "!") {
    const masked = maskedOf(condition.operand);
    return masked && { ...masked, holdsWhile: "equals" };
  }
  if (condition.kind !== "binary" || (condition.operator !== "!=" && condition.operator !== "==")) {
    const masked = maskedOf(condition);
    return masked && { ...masked, holdsWhile: "differs" };
  }
  const { left, right, operator } = condition;
  const holdsWhile = operator === "!=" ? "differs" : "equals";
  const masked = maskedOf(left);
  if (masked !== undefined) return { ...masked, value: right, holdsWhile };
  const other = maskedOf(right);
  return other && { ...other, value: left, holdsWhile };
}

function maskedOf(expression: Expression): { readonly read: Call; readonly mask?: Expression } | undefined {
  if (expression.kind === "call") return { read: expression };
  if (expression.kind !== "binary" || expression.operator !== "&") return undefined;
  const { left, right } = expression;
  if (left.kind === "call") return { read: left, mask: right };
  return right.kind === "call" ? { read: right, mask: left } : undefined;
}

/** True if the expression has the same value at every turn, for nothing in the loop can change it. */
function isStill(expression: Expression): boolean {
  return expression.kind !== "string" && activity(expression) === "none";
}
