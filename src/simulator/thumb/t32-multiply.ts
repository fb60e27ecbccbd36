/**
 * Decodes wide multiplication, long multiplication and division. Saturating and parallel forms are in other
 * files.
 */
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op } from "./encoding.ts";
import { badRegister } from "./operand.ts";
import { PC, SP, ZERO, type Slot, type State } from "./state.ts";

const bad = (...slots: readonly Slot[]): boolean => slots.some(badRegister);

const multiplyAdd: Make = ({ state: { r } }, { d, n, m, a }) => {
  if (bad(d, n, m) || a === SP) return undefined;
  const addend = a === PC ? ZERO : a;
  return () => void (r[d] = r[addend] + Math.imul(r[n], r[m]));
};

const multiplySubtract: Make = ({ state: { r } }, { d, n, m, a }) =>
  bad(d, n, m, a) ? undefined : () => void (r[d] = r[a] - Math.imul(r[n], r[m]));

/** Returns the upper word of a product of unsigned words, without bigint. */
function upperUnsigned(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle % 0x1_0000);
  return (aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(other / 0x1_0000)) | 0;
}

function upper(a: number, b: number, isSigned: boolean): number {
  const product = upperUnsigned(a, b);
  if (!isSigned) return product;
  return (product - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/** Adds a 64-bit value given as two words to the pair of registers. */
export function accumulate(s: State, l: Slot, h: Slot, low: number, high: number): void {
  const { r } = s;
  const sum = (r[l] >>> 0) + (low >>> 0);
  r[l] = sum;
  r[h] = r[h] + high + (sum > 0xffff_ffff ? 1 : 0);
}

function long(cpu: Cpu, { n, m, l, h }: Fields, isSigned: boolean, adds: boolean): Op | undefined {
  if (bad(n, m, l, h) || l === h) return undefined;
  const { state } = cpu;
  const { r } = state;
  if (adds)
    return () => {
      const a = r[n];
      const b = r[m];
      accumulate(state, l, h, Math.imul(a, b), upper(a, b, isSigned));
    };
  return () => {
    const a = r[n];
    const b = r[m];
    r[l] = Math.imul(a, b);
    r[h] = upper(a, b, isSigned);
  };
}

const longMultiply =
  (isSigned: boolean, adds: boolean): Make =>
  (cpu, fields, place) => {
    place.cycles = adds ? 4 : 3;
    return long(cpu, fields, isSigned, adds);
  };

const multiplyTwoAddends: Make = ({ state: { r } }, { n, m, l, h }, place) => {
  if (bad(n, m, l, h) || l === h) return undefined;
  place.cycles = 4;
  return () => {
    const a = r[n];
    const b = r[m];
    const low = (Math.imul(a, b) >>> 0) + (r[l] >>> 0) + (r[h] >>> 0);
    const carry = Math.floor(low / 0x1_0000_0000);
    r[l] = low;
    r[h] = upper(a, b, false) + carry;
  };
};

const divide =
  (isSigned: boolean): Make =>
  (cpu, { d, n, m }, place) => {
    if (bad(d, n, m)) return undefined;
    const { r } = cpu.state;
    place.cycles = 7;
    return () => {
      if (r[m] === 0) {
        if (cpu.divideTraps) cpu.trap.raise("divide-by-zero");
        r[d] = 0;
      } else r[d] = isSigned ? Math.trunc(r[n] / r[m]) : Math.trunc((r[n] >>> 0) / (r[m] >>> 0));
    };
  };

export const MULTIPLY_32: readonly Encoding[] = [
  encoding("11111011 0000 nnnn aaaa dddd 0000 mmmm", "MLA, MUL", multiplyAdd, "main"),
  encoding("11111011 0000 nnnn aaaa dddd 0001 mmmm", "MLS", multiplySubtract, "main"),
  encoding("11111011 1000 nnnn llll hhhh 0000 mmmm", "SMULL", longMultiply(true, false), "main"),
  encoding("11111011 1010 nnnn llll hhhh 0000 mmmm", "UMULL", longMultiply(false, false), "main"),
  encoding("11111011 1100 nnnn llll hhhh 0000 mmmm", "SMLAL", longMultiply(true, true), "main"),
  encoding("11111011 1110 nnnn llll hhhh 0000 mmmm", "UMLAL", longMultiply(false, true), "main"),
  encoding("11111011 1110 nnnn llll hhhh 0110 mmmm", "UMAAL", multiplyTwoAddends, "dsp"),
  encoding("11111011 1001 nnnn 1111 dddd 1111 mmmm", "SDIV", divide(true), "wide"),
  encoding("11111011 1011 nnnn 1111 dddd 1111 mmmm", "UDIV", divide(false), "wide"),
];
