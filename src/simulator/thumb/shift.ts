/** Does shifts and rotates, with their carries, as operands and as instructions of their own. */
import type { Op } from "./encoding.ts";
import { OPERAND, type Slot, type State } from "./state.ts";

/** Shift types are as encoded; RRX is ROR with amount 0. */
export const LSL = 0;
export const LSR = 1;
export const ASR = 2;
export const ROR = 3;
const RRX = 4;

export interface Shift {
  readonly type: number;
  readonly amount: number;
}

/** Does DecodeImmShift of the manual: an encoded 0 means 32 for right shifts, and RRX for ROR. */
export function immediateShift(type: number, amount: number): Shift {
  if (amount !== 0 || type === LSL) return { type, amount };
  return type === ROR ? { type: RRX, amount: 1 } : { type, amount: 32 };
}

/** Does Shift_C of the manual: returns the result, with the carry out in `s.carry`. Amounts are 0 to 255. */
export function shifted(s: State, type: number, value: number, amount: number): number {
  if (amount === 0) {
    s.carry = s.c;
    return value;
  }
  switch (type) {
    case LSL:
      s.carry = amount > 32 ? 0 : (value >>> (32 - amount)) & 1;
      return amount > 31 ? 0 : value << amount;
    case LSR:
      s.carry = amount > 32 ? 0 : (value >>> (amount - 1)) & 1;
      return amount > 31 ? 0 : (value >>> amount) | 0;
    case ASR:
      s.carry = (value >> Math.min(amount - 1, 31)) & 1;
      return value >> Math.min(amount, 31);
    case ROR: {
      const result = (value >>> (amount & 31)) | (value << (32 - (amount & 31)));
      s.carry = result >>> 31;
      return (amount & 31) === 0 ? value : result;
    }
    default:
      s.carry = value & 1;
      return (s.c << 31) | (value >>> 1);
  }
}

/**
 * Makes `inner` find the shifted register in OPERAND; with `setsCarry`, C becomes the carry out first
 * (logical operations).
 */
export function shiftOperand(s: State, m: Slot, { type, amount }: Shift, setsCarry: boolean, inner: Op): Op {
  const { r } = s;
  if (!setsCarry && type === LSL)
    return () => {
      r[OPERAND] = r[m] << amount;
      inner();
    };
  return () => {
    r[OPERAND] = shifted(s, type, r[m], amount);
    if (setsCarry) s.c = s.carry;
    inner();
  };
}

/** Does LSL, LSR, ASR, ROR and RRX by a constant, as instructions. */
export function shiftByConstant(s: State, d: Slot, m: Slot, { type, amount }: Shift, flags: boolean): Op {
  const { r } = s;
  if (!flags) return () => void (r[d] = shifted(s, type, r[m], amount));
  if (type === LSL && amount > 0 && amount < 32)
    return () => {
      const value = r[m];
      s.c = (value >>> (32 - amount)) & 1;
      r[d] = s.n = s.z = value << amount;
    };
  if (type === LSR && amount < 32)
    return () => {
      const value = r[m];
      s.c = (value >>> (amount - 1)) & 1;
      r[d] = s.n = s.z = (value >>> amount) | 0;
    };
  return () => {
    r[d] = s.n = s.z = shifted(s, type, r[m], amount);
    s.c = s.carry;
  };
}

/** Does the same by the low byte of a register. */
export function shiftByRegister(s: State, type: number, d: Slot, n: Slot, m: Slot, flags: boolean): Op {
  const { r } = s;
  if (!flags) return () => void (r[d] = shifted(s, type, r[n], r[m] & 0xff));
  return () => {
    r[d] = s.n = s.z = shifted(s, type, r[n], r[m] & 0xff);
    s.c = s.carry;
  };
}
