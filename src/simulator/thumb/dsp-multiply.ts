/**
 * Does multiplications of the DSP extension: halves, dual, most significant word, sums of absolute
 * differences.
 */
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op } from "./encoding.ts";
import { badRegister } from "./operand.ts";
import { PC, SP, ZERO, type Slot, type State } from "./state.ts";
import { accumulate } from "./t32-multiply.ts";

const bottom = (x: number): number => (x << 16) >> 16;
const top = (x: number): number => x >> 16;
const half = (x: number, high: number): number => (high === 1 ? top(x) : bottom(x));
const swapped = (x: number, swap: number): number => (swap === 1 ? (x >>> 16) | (x << 16) : x);
const bad = (...slots: readonly Slot[]): boolean => slots.some(badRegister);

/** Sets r[d] to a value; if `a` is not PC it is added, and an overflow of the sum sets Q. */
function intoAccumulator(
  { state }: Cpu,
  { d, n, m, a }: Fields,
  value: (x: number, y: number, s: State) => number,
): Op | undefined {
  if (bad(d, n, m) || a === SP) return undefined;
  const { r } = state;
  const addend = a === PC ? ZERO : a;
  return () => {
    const sum = r[addend] + value(r[n], r[m], state);
    if (sum !== (sum | 0)) state.q = 1;
    r[d] = sum;
  };
}

/** The letters b and c choose the halves of the first and second operand. */
const halves: Make = (cpu, f) => intoAccumulator(cpu, f, (x, y) => Math.imul(half(x, f.b), half(y, f.c)));

/** Multiplies a word by a half: bits 47:16 of the product. */
const wordByHalf: Make = (cpu, f) =>
  intoAccumulator(cpu, f, (x, y) => Math.floor((x * half(y, f.c)) / 0x1_0000));

const dual =
  (sign: 1 | -1): Make =>
  (cpu, f) =>
    intoAccumulator(cpu, f, (x, word) => {
      const y = swapped(word, f.b);
      return bottom(x) * bottom(y) + sign * top(x) * top(y);
    });

/** Takes most significant words, rounded if b is set; these never set Q. */
const mostSignificant =
  (sign: 1n | -1n): Make =>
  ({ state: { r } }, { d, n, m, a, b }) => {
    if (bad(d, n, m) || a === SP || (sign < 0n && a === PC)) return undefined;
    const addend = a === PC ? ZERO : a;
    const rounding = b === 1 ? 0x8000_0000n : 0n;
    return () => {
      const product = sign * BigInt(r[n]) * BigInt(r[m]);
      const sum = (BigInt(r[addend]) << 32n) + product + rounding;
      r[d] = Number(BigInt.asIntN(32, sum >> 32n));
    };
  };

const absoluteDifferences: Make = ({ state: { r } }, { d, n, m, a }) => {
  if (bad(d, n, m) || a === SP) return undefined;
  const addend = a === PC ? ZERO : a;
  return () => {
    let sum = r[addend];
    for (let shift = 0; shift < 32; shift += 8)
      sum += Math.abs(((r[n] >>> shift) & 0xff) - ((r[m] >>> shift) & 0xff));
    r[d] = sum;
  };
};

const longHalves: Make = ({ state }, { n, m, l, h, b, c }) => {
  if (bad(n, m, l, h) || l === h) return undefined;
  const { r } = state;
  return () => {
    const product = Math.imul(half(r[n], b), half(r[m], c));
    accumulate(state, l, h, product, product >> 31);
  };
};

const longDual =
  (sign: 1 | -1): Make =>
  ({ state }, { n, m, l, h, b }) => {
    if (bad(n, m, l, h) || l === h) return undefined;
    const { r } = state;
    return () => {
      const x = r[n];
      const y = swapped(r[m], b);
      const sum = bottom(x) * bottom(y) + sign * top(x) * top(y);
      accumulate(state, l, h, sum, sum < 0 ? -1 : 0);
    };
  };

/**
 * The sum of two products reaches 2^31, which a word cannot hold: the sign of the number gives the upper
 * word.
 */
export const DSP_MULTIPLY_32: readonly Encoding[] = [
  encoding("11111011 0001 nnnn aaaa dddd 00 b c mmmm", "SMLABB, SMULBB", halves, "dsp"),
  encoding("11111011 0010 nnnn aaaa dddd 000 b mmmm", "SMLAD, SMUAD", dual(1), "dsp"),
  encoding("11111011 0011 nnnn aaaa dddd 000 c mmmm", "SMLAWB, SMULWB", wordByHalf, "dsp"),
  encoding("11111011 0100 nnnn aaaa dddd 000 b mmmm", "SMLSD, SMUSD", dual(-1), "dsp"),
  encoding("11111011 0101 nnnn aaaa dddd 000 b mmmm", "SMMLA, SMMUL", mostSignificant(1n), "dsp"),
  encoding("11111011 0110 nnnn aaaa dddd 000 b mmmm", "SMMLS", mostSignificant(-1n), "dsp"),
  encoding("11111011 0111 nnnn aaaa dddd 0000 mmmm", "USADA8, USAD8", absoluteDifferences, "dsp"),
  encoding("11111011 1100 nnnn llll hhhh 10 b c mmmm", "SMLALBB", longHalves, "dsp"),
  encoding("11111011 1100 nnnn llll hhhh 110 b mmmm", "SMLALD", longDual(1), "dsp"),
  encoding("11111011 1101 nnnn llll hhhh 110 b mmmm", "SMLSLD", longDual(-1), "dsp"),
];
