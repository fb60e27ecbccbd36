/**
 * Does data processing on registers and constants: each operation with and without flags. Knows neither
 * encodings nor shifts.
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { Op } from "./encoding.ts";
import { SINK, ZERO, type Registers, type Slot, type State } from "./state.ts";

/**
 * The second operand is `r[m] | k`: a register with k 0, or ZERO with a constant. Results that are not used
 * go to SINK.
 */
export interface Operands {
  readonly d: Slot;
  readonly n: Slot;
  readonly m: Slot;
  readonly k: number;
  readonly flags: boolean;
  /** The value that a logical operation with flags gives to C: 0 or 1; undefined leaves it. */
  readonly carry?: number | undefined;
}

/**
 * MOV is ORR with ZERO as first operand, and MVN is ORN with it; CMP, CMN, TST and TEQ are SUB, ADD, AND and
 * EOR into SINK.
 */
export type Operation = "ADD" | "ADC" | "SUB" | "SBC" | "RSB" | "AND" | "BIC" | "ORR" | "ORN" | "EOR";

export function registers(d: Slot, n: Slot, m: Slot, flags: boolean): Operands {
  return { d, n, m, k: 0, flags };
}

/** Makes operands of CMP and its kin with a constant. */
export function compared(n: Slot, k: number): Operands {
  return { d: SINK, n, m: ZERO, k, flags: true };
}

export function alu(s: State, operation: Operation, operands: Operands): Op {
  if (!operands.flags) return quiet(s, operation, operands);
  switch (operation) {
    case "ADD":
    case "ADC":
    case "SUB":
    case "SBC":
    case "RSB":
      return arithmetic(s, operation, operands);
    default:
      return withCarry(s, logical(s, operation, operands), operands.carry);
  }
}

function withCarry(s: State, op: Op, carry: number | undefined): Op {
  if (carry === undefined) return op;
  return () => {
    op();
    s.c = carry;
  };
}

function quiet(s: State, operation: Operation, { d, n, m, k }: Operands): Op {
  const r: Registers = s.r;
  switch (operation) {
    case "ADD":
      return () => void (r[d] = r[n] + (r[m] | k));
    case "ADC":
      return () => void (r[d] = r[n] + (r[m] | k) + s.c);
    case "SUB":
      return () => void (r[d] = r[n] - (r[m] | k));
    case "SBC":
      return () => void (r[d] = r[n] - (r[m] | k) - 1 + s.c);
    case "RSB":
      return () => void (r[d] = (r[m] | k) - r[n]);
    case "AND":
      return () => void (r[d] = r[n] & (r[m] | k));
    case "BIC":
      return () => void (r[d] = r[n] & ~(r[m] | k));
    case "ORR":
      return () => void (r[d] = r[n] | (r[m] | k));
    case "ORN":
      return () => void (r[d] = r[n] | ~(r[m] | k));
    case "EOR":
      return () => void (r[d] = r[n] ^ (r[m] | k));
    default:
      return assertNever(operation);
  }
}

function logical(s: State, operation: "AND" | "BIC" | "ORR" | "ORN" | "EOR", { d, n, m, k }: Operands): Op {
  const r: Registers = s.r;
  switch (operation) {
    case "AND":
      return () => void (r[d] = s.n = s.z = r[n] & (r[m] | k));
    case "BIC":
      return () => void (r[d] = s.n = s.z = r[n] & ~(r[m] | k));
    case "ORR":
      return () => void (r[d] = s.n = s.z = r[n] | (r[m] | k));
    case "ORN":
      return () => void (r[d] = s.n = s.z = r[n] | ~(r[m] | k));
    case "EOR":
      return () => void (r[d] = s.n = s.z = r[n] ^ (r[m] | k));
    default:
      return assertNever(operation);
  }
}

function arithmetic(
  s: State,
  operation: "ADD" | "ADC" | "SUB" | "SBC" | "RSB",
  { d, n, m, k }: Operands,
): Op {
  const r: Registers = s.r;
  switch (operation) {
    case "ADD":
      return () => {
        const a = r[n];
        const b = r[m] | k;
        const sum = (a + b) | 0;
        s.c = sum >>> 0 < a >>> 0 ? 1 : 0;
        s.v = ((a ^ sum) & (b ^ sum)) >>> 31;
        r[d] = s.n = s.z = sum;
      };
    case "ADC":
      return () => void (r[d] = addWithCarry(s, r[n], r[m] | k, s.c));
    case "SUB":
      return () => {
        const a = r[n];
        const b = r[m] | k;
        const difference = (a - b) | 0;
        s.c = a >>> 0 >= b >>> 0 ? 1 : 0;
        s.v = ((a ^ b) & (a ^ difference)) >>> 31;
        r[d] = s.n = s.z = difference;
      };
    case "SBC":
      return () => void (r[d] = addWithCarry(s, r[n], ~(r[m] | k), s.c));
    case "RSB":
      return () => void (r[d] = addWithCarry(s, ~r[n], r[m] | k, 1));
    default:
      return assertNever(operation);
  }
}

/** Does AddWithCarry of the manual, with all four flags. */
function addWithCarry(s: State, a: number, b: number, carry: number): number {
  const sum = (a + b + carry) | 0;
  s.c = (a >>> 0) + (b >>> 0) + carry > 0xffff_ffff ? 1 : 0;
  s.v = ((a ^ sum) & (b ^ sum)) >>> 31;
  return (s.n = s.z = sum);
}
