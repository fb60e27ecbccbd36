/**
 * The one operator table says what each strict operator does with unsigned 64-bit values. The interpreter and
 * constant folding both use it. `&& || ?:` are missing, because they evaluate only what they need.
 */
import { wrap, type U64 } from "../lib/u64.ts";
import type { BinaryOperator, UnaryOperator } from "./tree.ts";

const truth = (value: boolean): U64 => (value ? 1n : 0n);

/** `/` and `%` throw a RangeError for a zero divisor; the caller knows the place and makes a fault of it. */
export const BINARY: Readonly<Record<BinaryOperator, (left: U64, right: U64) => U64>> = {
  "*": (left, right) => BigInt.asUintN(64, left * right),
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "+": (left, right) => BigInt.asUintN(64, left + right),
  "-": (left, right) => BigInt.asUintN(64, left - right),
  "<<": (left, right) => (right > 63n ? 0n : BigInt.asUintN(64, left << right)),
  ">>": (left, right) => (right > 63n ? 0n : left >> right),
  "<": (left, right) => truth(left < right),
  "<=": (left, right) => truth(left <= right),
  ">": (left, right) => truth(left > right),
  ">=": (left, right) => truth(left >= right),
  "==": (left, right) => truth(left === right),
  "!=": (left, right) => truth(left !== right),
  "&": (left, right) => left & right,
  "^": (left, right) => left ^ right,
  "|": (left, right) => left | right,
};

export const UNARY: Readonly<Record<UnaryOperator, (operand: U64) => U64>> = {
  "-": (operand) => wrap(-operand),
  "+": (operand) => operand,
  "~": (operand) => wrap(~operand),
  "!": (operand) => truth(operand === 0n),
};
