/**
 * Decodes wide instructions with plain constants: 12 and 16 bits, bit fields, saturation; and shifts and
 * extensions of registers.
 */
import { alu } from "./alu.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op } from "./encoding.ts";
import { badRegister } from "./operand.ts";
import { ASR, immediateShift, LSL, shiftByRegister, shifted } from "./shift.ts";
import { PC, SP, ZERO, type State } from "./state.ts";
import { undefinedHere } from "./t16-control.ts";
import { reverse } from "./t16-data.ts";

/** Decodes ADDW and SUBW; with PC they are ADR. */
const addPlain =
  (sign: number): Make =>
  (cpu, { d, n, i }, { pc }) => {
    const { r } = cpu.state;
    const k = sign * i;
    if (d === PC || (d === SP && n !== SP)) return undefined;
    if (n === PC) return alu(cpu.state, "ADD", { d, n: ZERO, m: ZERO, k: (pc & ~3) + k, flags: false });
    if (d !== SP) return alu(cpu.state, "ADD", { d, n, m: ZERO, k, flags: false });
    return () => {
      cpu.setSp((r[n] + k) | 0);
    };
  };

/** The constant is imm4:i:imm3:imm8, in another order than in the instruction. */
const wideConstant = ({ q, i, j, k }: Fields): number => (q << 12) | (i << 11) | (j << 8) | k;

const moveWide: Make = ({ state }, fields) =>
  badRegister(fields.d)
    ? undefined
    : alu(state, "ORR", { d: fields.d, n: ZERO, m: ZERO, k: wideConstant(fields), flags: false });

const moveTop: Make = ({ state: { r } }, fields) => {
  const { d } = fields;
  const top = wideConstant(fields) << 16;
  return badRegister(d) ? undefined : () => void (r[d] = (r[d] & 0xffff) | top);
};

const bitField =
  (isSigned: boolean): Make =>
  ({ state: { r } }, { d, n, i, w }) => {
    const width = w + 1;
    if (badRegister(d) || badRegister(n) || i + width > 32) return undefined;
    const left = 32 - width - i;
    const right = 32 - width;
    return isSigned
      ? () => void (r[d] = (r[n] << left) >> right)
      : () => void (r[d] = (r[n] << left) >>> right);
  };

/** Does BFI, or BFC if n is PC. */
const insertField: Make = ({ state: { r } }, { d, n, i, w }) => {
  if (badRegister(d) || n === SP || w < i) return undefined;
  const mask = (0xffff_ffff >>> (31 - (w - i))) << i;
  if (n === PC) return () => void (r[d] &= ~mask);
  return () => void (r[d] = (r[d] & ~mask) | ((r[n] << i) & mask));
};

/** Saturates to `bits` and notes in Q that it did. */
export function saturate(s: State, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  s.q = 1;
  return value < low ? low : high;
}

const saturateShifted =
  (isSigned: boolean): Make =>
  (cpu, fields, place) => {
    const { d, n, s: right, i, w } = fields;
    const { state } = cpu;
    // The place of a shift by 32 belongs to SSAT16 and USAT16, which only the DSP extension has.
    if (right === 1 && i === 0) return cpu.profile.dsp ? undefined : undefinedHere(cpu, fields, place);
    if (badRegister(d) || badRegister(n)) return undefined;
    const { r } = state;
    const [low, high] = limits(isSigned, w);
    const { type, amount } = immediateShift(right === 0 ? LSL : ASR, i);
    return () => void (r[d] = saturate(state, shifted(state, type, r[n], amount), low, high));
  };

const saturateHalves =
  (isSigned: boolean): Make =>
  ({ state }, { d, n, w }) => {
    if (badRegister(d) || badRegister(n)) return undefined;
    const { r } = state;
    const [low, high] = limits(isSigned, w);
    return () => {
      const value = r[n];
      const bottom = saturate(state, (value << 16) >> 16, low, high);
      r[d] = (saturate(state, value >> 16, low, high) << 16) | (bottom & 0xffff);
    };
  };

/** The encoded width of a signed range is one less than its bits. */
function limits(isSigned: boolean, encoded: number): readonly [number, number] {
  return isSigned ? [-(2 ** encoded), 2 ** encoded - 1] : [0, 2 ** encoded - 1];
}

const shiftWide: Make = ({ state }, { d, n, m, o, s }) =>
  badRegister(d) || badRegister(n) || badRegister(m)
    ? undefined
    : shiftByRegister(state, o, d, n, m, s === 1);

type Extend = (value: number) => number;

/** Extends after a rotation by bytes. With a first operand it adds, which is part of the DSP extension. */
function extendWide(cpu: Cpu, { d, n, m, i }: Fields, extend: Extend): Op | undefined {
  const { r } = cpu.state;
  if (badRegister(d) || n === SP || badRegister(m)) return undefined;
  const rotation = i * 8;
  const rotated = (x: number): number => (x >>> rotation) | (x << (32 - rotation));
  if (n !== PC) return () => void (r[d] = r[n] + extend(rotated(r[m])));
  return rotation === 0 ? () => void (r[d] = extend(r[m])) : () => void (r[d] = extend(rotated(r[m])));
}

const extendLines = (code: string, name: string, extend: Extend): readonly Encoding[] => [
  encoding(`11111010 0 ${code} 1111 1111 dddd 1 0 ii mmmm`, name, (cpu, f) => extendWide(cpu, { ...f, n: PC }, extend), "main"),
  encoding(`11111010 0 ${code} nnnn 1111 dddd 1 0 ii mmmm`, `${name} with addition`, (cpu, f) => extendWide(cpu, f, extend), "dsp"),
]; // prettier-ignore

/** Extends both halves at once: the addition is by halves too. */
const extendBytes =
  (isSigned: boolean): Make =>
  ({ state: { r } }, { d, n, m, i }) => {
    if (badRegister(d) || n === SP || badRegister(m)) return undefined;
    const first = n === PC ? ZERO : n;
    const fill = isSigned ? 24 : 0;
    return () => {
      const x = (r[m] >>> (i * 8)) | (r[m] << (32 - i * 8));
      const low = fill === 0 ? x & 0xff : (x << 24) >> 24;
      const high = fill === 0 ? (x >>> 16) & 0xff : (x << 8) >> 24;
      r[d] = ((r[first] + low) & 0xffff) | (((r[first] >>> 16) + high) << 16);
    };
  };

const oneRegister =
  (convert: (value: number) => number): Make =>
  ({ state: { r } }, { d, n, m }) =>
    // The register is written twice; anything else is UNPREDICTABLE.
    badRegister(d) || badRegister(m) || n !== m ? undefined : () => void (r[d] = convert(r[m]));

function reverseBits(x: number): number {
  let result = 0;
  for (let i = 0; i < 32; i++) result |= ((x >>> i) & 1) << (31 - i);
  return result;
}

export const IMMEDIATE_32: readonly Encoding[] = [
  encoding("11110 i 1 0000 0 nnnn 0 iii dddd iiiiiiii", "ADDW, ADR", addPlain(1), "main"),
  encoding("11110 i 1 0101 0 nnnn 0 iii dddd iiiiiiii", "SUBW, ADR", addPlain(-1), "main"),
  encoding("11110 i 1 0010 0 qqqq 0 jjj dddd kkkkkkkk", "MOVW", moveWide, "wide"),
  encoding("11110 i 1 0110 0 qqqq 0 jjj dddd kkkkkkkk", "MOVT", moveTop, "wide"),
  encoding("11110 0 1 1001 0 nnnn 0 000 dddd 00 00 wwww", "SSAT16", saturateHalves(true), "dsp"),
  encoding("11110 0 1 1101 0 nnnn 0 000 dddd 00 00 wwww", "USAT16", saturateHalves(false), "dsp"),
  encoding("11110 0 1 100 s 0 nnnn 0 iii dddd ii 0 wwwww", "SSAT", saturateShifted(true), "main"),
  encoding("11110 0 1 110 s 0 nnnn 0 iii dddd ii 0 wwwww", "USAT", saturateShifted(false), "main"),
  encoding("11110 0 1 1010 0 nnnn 0 iii dddd ii 0 wwwww", "SBFX", bitField(true), "main"),
  encoding("11110 0 1 1110 0 nnnn 0 iii dddd ii 0 wwwww", "UBFX", bitField(false), "main"),
  encoding("11110 0 1 1011 0 nnnn 0 iii dddd ii 0 wwwww", "BFI, BFC", insertField, "main"),
  encoding("11111010 0 oo s nnnn 1111 dddd 0000 mmmm", "LSL, LSR, ASR, ROR", shiftWide, "main"),
  ...extendLines("000", "SXTH", (x) => (x << 16) >> 16),
  ...extendLines("001", "UXTH", (x) => x & 0xffff),
  ...extendLines("100", "SXTB", (x) => (x << 24) >> 24),
  ...extendLines("101", "UXTB", (x) => x & 0xff),
  encoding("11111010 0010 nnnn 1111 dddd 1 0 ii mmmm", "SXTB16, SXTAB16", extendBytes(true), "dsp"),
  encoding("11111010 0011 nnnn 1111 dddd 1 0 ii mmmm", "UXTB16, UXTAB16", extendBytes(false), "dsp"),
  encoding("11111010 1001 nnnn 1111 dddd 1000 mmmm", "REV", oneRegister(reverse.bytes), "main"),
  encoding("11111010 1001 nnnn 1111 dddd 1001 mmmm", "REV16", oneRegister(reverse.halfwords), "main"),
  encoding("11111010 1001 nnnn 1111 dddd 1010 mmmm", "RBIT", oneRegister(reverseBits), "main"),
  encoding("11111010 1001 nnnn 1111 dddd 1011 mmmm", "REVSH", oneRegister(reverse.signed), "main"),
  encoding("11111010 1011 nnnn 1111 dddd 1000 mmmm", "CLZ", oneRegister(Math.clz32), "main"),
];
