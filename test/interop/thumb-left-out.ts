/**
 * What is not compared, and why: a statement of its own of what the Arm manuals call UNPREDICTABLE (Armv7-M DDI 0403 and
 * Armv8-M DDI 0553, chapter "alphabetical list of instructions"), and what is no integer code. The simulator must refuse
 * the first and run or refuse everything else as Unicorn does. Knows nothing of how the simulator decodes.
 */
import { encoding, fieldsOf, matches, type Fields } from "../../src/simulator/thumb/encoding.ts";

/** Where the instruction stands. */
export interface Standing {
  readonly inIt: boolean;
  readonly lastInIt: boolean;
  readonly dsp: boolean;
  /** Armv6-M and Armv8-M baseline have neither IT nor most wide instructions. */
  readonly mainline: boolean;
  readonly v8: boolean;
}

interface Rule {
  readonly bits: string;
  readonly why: string;
  readonly holds?: (fields: Fields, standing: Standing) => boolean;
}

const bad = (...numbers: readonly number[]): boolean =>
  numbers.some((number) => number === 13 || number === 15);
const listed = (list: number, number: number): boolean => ((list >>> number) & 1) === 1;
const several = (list: number): boolean => (list & (list - 1)) !== 0;
const midIt = (_fields: Fields, { inIt, lastInIt }: Standing): boolean => inIt && !lastInIt;
const inIt = (_fields: Fields, standing: Standing): boolean => standing.inIt;

/** Operations 0 to 15 of wide data processing; AND, EOR, ADD and SUB become tests where Rd is PC. */
const TESTS = [0, 4, 8, 13];
const SUMS = [8, 13];
const MOVES = [2, 3];

function badOperands({ o, s, n, d }: Fields): boolean {
  const tests = d === 15 && s === 1 && TESTS.includes(o);
  if (n === 15 && !MOVES.includes(o)) return true;
  if (n === 13 && !SUMS.includes(o)) return true;
  if (d === 15) return !tests;
  return d === 13 && !(n === 13 && SUMS.includes(o));
}

const NARROW: readonly Rule[] = [
  { bits: "00000 00000 mmm ddd", why: "MOVS between registers in an IT block", holds: inIt },
  { bits: "01000100 d mmmm ddd", why: "ADD PC, PC", holds: ({ d, m }) => d === 15 && m === 15 },
  { bits: "01000100 1 mmmm 111", why: "a branch that is not last in its IT block", holds: midIt },
  { bits: "01000110 1 mmmm 111", why: "a branch that is not last in its IT block", holds: midIt },
  {
    bits: "01000101 n mmmm nnn",
    why: "CMP of two low registers by the encoding for high ones, or of PC",
    holds: ({ n, m }) => (n < 8 && m < 8) || n === 15 || m === 15,
  },
  { bits: "01000111 l mmmm iii", why: "BX, BLX: bits 2:0 should be zero, Rm should not be PC", holds: ({ m, i }) => m === 15 || i !== 0 },
  { bits: "01000111 l mmmm iii", why: "a branch that is not last in its IT block", holds: midIt },
  { bits: "1011 o 0 i 1 iiiii nnn", why: "CBZ, CBNZ in an IT block", holds: inIt },
  { bits: "10110110 011 k i a p f", why: "CPS: bits 3 and 2 should be zero, one of I and F be chosen; F needs FAULTMASK; not in an IT block", holds: ({ i, a, p, f }, at) => i !== 0 || a !== 0 || p + f === 0 || (f !== 0 && !at.mainline) || at.inIt },
  { bits: "10111111 cccc oooo", why: "IT within IT, of the condition never, or of always with an else", holds: ({ c, o }, at) => o !== 0 && (at.inIt || c === 15 || (c === 14 && several(o))) },
  { bits: "1101 cccc iiiiiiii", why: "a conditional branch in an IT block", holds: ({ c }, at) => c < 14 && at.inIt },
  { bits: "11100 iiiiiiiiiii", why: "a branch that is not last in its IT block", holds: midIt },
  { bits: "1011 l 10 p iiiiiiii", why: "PUSH, POP of nothing", holds: ({ p, i }) => p + i === 0 },
  { bits: "1011 1 10 1 iiiiiiii", why: "a branch that is not last in its IT block", holds: midIt },
  { bits: "1100 l nnn iiiiiiii", why: "STM, LDM of nothing; STM of its base, not lowest", holds: ({ l, n, i }) => i === 0 || (l === 0 && listed(i, n) && (i & ((1 << n) - 1)) !== 0) },
]; // prettier-ignore

const WIDE: readonly Rule[] = [
  // Data processing.
  { bits: "11110 i 0 oooo s nnnn 0 iii dddd iiiiiiii", why: "registers that the operation does not take", holds: badOperands },
  { bits: "11110 i 0 oooo s nnnn 0 iii dddd iiiiiiii", why: "a constant of zeros, repeated", holds: ({ i }) => i < 0x400 && i > 0xff && (i & 0xff) === 0 },
  { bits: "1110101 oooo s nnnn z iii dddd iiii mmmm", why: "registers that the operation does not take, or bit 15 is set", holds: (f) => f.z === 1 || (moves(f) ? badMove(f) : f.o === 6 ? f.s === 1 || bad(f.d, f.n, f.m) : badOperands(f) || bad(f.m)) },
  { bits: "1110101 oooo s nnnn 0 iii 1101 ii tt mmmm", why: "SP is the result of a shift other than LSL by 0 to 3", holds: ({ o, n, i, t }) => SUMS.includes(o) && n === 13 && (t !== 0 || i > 3) },
  { bits: "11110 i 1 0o0o 0 nnnn 0 iii dddd iiiiiiii", why: "ADDW, SUBW to PC, or to SP from another register", holds: ({ n, d }) => d === 15 || (d === 13 && n !== 13) },
  { bits: "11110 i 1 0o10 0 nnnn 0 iii dddd iiiiiiii", why: "MOVW, MOVT to SP or PC", holds: ({ d }) => bad(d) },
  { bits: "11110 z 1 1 u 0 s 0 nnnn 0 iii dddd ii y wwwww", why: "SSAT, USAT of SP and PC; bits 26 and 5 should be zero", holds: ({ z, n, d, y }) => z === 1 || y === 1 || bad(n, d) },
  { bits: "11110 z 1 1 u 01 0 nnnn 0 000 dddd 00 y wwwww", why: "SSAT16, USAT16: bits 5 and 4 should be zero", holds: ({ w }) => (w & 16) !== 0 },
  { bits: "11110 z 1 1 u 10 0 nnnn 0 iii dddd ii y wwwww", why: "SBFX, UBFX of SP and PC, or beyond bit 31; bits 26 and 5 should be zero", holds: ({ z, n, d, y, i, w }) => z === 1 || y === 1 || bad(n, d) || i + w > 31 },
  { bits: "11110 z 1 1011 0 nnnn 0 iii dddd ii y wwwww", why: "BFI, BFC to or of SP, to PC, or of no bits; bits 26 and 5 should be zero", holds: ({ z, n, d, y, i, w }) => z === 1 || y === 1 || bad(d) || n === 13 || w < i },
  { bits: "11111010 0 oo s nnnn 1111 dddd 0000 mmmm", why: "shifts of SP and PC", holds: ({ n, d, m }) => bad(n, d, m) },
  { bits: "11111010 0 ooo nnnn 1111 dddd 1 z ii mmmm", why: "extensions of SP and PC; bit 6 should be zero", holds: ({ n, d, m, z }) => z === 1 || n === 13 || bad(d, m) },
  { bits: "11111010 1001 nnnn 1111 dddd 10 oo mmmm", why: "REV, REV16, RBIT, REVSH: Rm is named twice", holds: ({ n, d, m }) => n !== m || bad(d, m) },
  { bits: "11111010 1011 nnnn 1111 dddd 1000 mmmm", why: "CLZ: Rm is named twice", holds: ({ n, d, m }) => n !== m || bad(d, m) },
  { bits: "11111010 1 ooo nnnn 1111 dddd 0 iii mmmm", why: "parallel sums of SP and PC", holds: ({ n, d, m }) => bad(n, d, m) },
  { bits: "11111010 1000 nnnn 1111 dddd 10 oo mmmm", why: "QADD and its kin of SP and PC", holds: ({ n, d, m }) => bad(n, d, m) },
  { bits: "11111010 1010 nnnn 1111 dddd 1000 mmmm", why: "SEL of SP and PC", holds: ({ n, d, m }) => bad(n, d, m) },
  // Multiplication and division.
  { bits: "11111011 0 ooo nnnn aaaa dddd iiii mmmm", why: "multiplication of SP and PC", holds: ({ n, a, d, m }) => a === 13 || bad(n, d, m) },
  { bits: "11111011 0000 nnnn 1111 dddd 0001 mmmm", why: "MLS from PC" },
  { bits: "11111011 0110 nnnn 1111 dddd 000 i mmmm", why: "SMMLS from PC" },
  { bits: "11111011 1 oo 0 nnnn llll hhhh iiii mmmm", why: "long multiplication of SP and PC, or into one register twice", holds: ({ n, l, h, m }) => bad(n, l, h, m) || l === h },
  { bits: "11111011 1101 nnnn llll hhhh iiii mmmm", why: "long multiplication of SP and PC, or into one register twice", holds: ({ n, l, h, m }) => bad(n, l, h, m) || l === h },
  { bits: "11111011 10 o 1 nnnn aaaa dddd 1111 mmmm", why: "SDIV, UDIV of SP and PC; bits 15:12 should be ones", holds: ({ n, a, d, m }) => a !== 15 || bad(n, d, m) },
  // Loads and stores.
  { bits: "1111100 g i o o 1 nnnn tttt iiiiiiiiiiii", why: "a load of PC that is not last in its IT block", holds: (f, at) => f.t === 15 && f.o === 2 && midIt(f, at) },
  { bits: "1111100 0 1 oo 0 nnnn tttt iiiiiiiiiiii", why: "stores of PC, and of less than a word of SP", holds: ({ o, t }) => t === 15 || (t === 13 && o !== 2) },
  { bits: "1111100 0 0 oo 0 nnnn tttt 1 p u w iiiiiiii", why: "stores of PC, of less than a word of SP, or of a base that is written back", holds: ({ o, n, t, p, u, w }) => t === 15 || (t === 13 && (o !== 2 || (p === 1 && u === 1 && w === 0))) || (w === 1 && n === t) },
  { bits: "1111100 0 0 oo 0 nnnn tttt 000000 ii mmmm", why: "stores of PC, of less than a word of SP, or by an offset in SP or PC", holds: ({ o, t, m }) => t === 15 || (t === 13 && o !== 2) || bad(m) },
  { bits: "1111100 g 1 oo 1 nnnn 1101 iiiiiiiiiiii", why: "loads of less than a word to SP", holds: ({ o }) => o !== 2 },
  { bits: "1111100 g z oo 1 1111 1101 iiiiiiiiiiii", why: "loads of less than a word to SP", holds: ({ o }) => o !== 2 },
  { bits: "1111100 g 0 oo 1 nnnn tttt 1 p u w iiiiiiii", why: "loads of less than a word to SP, unprivileged ones to SP and PC, of bytes and halfwords to PC that are written back, or to a base that is written back", holds: badIndexedLoad },
  { bits: "1111100 g 0 oo 1 nnnn tttt 000000 ii mmmm", why: "loads of less than a word to SP, or by an offset in SP or PC", holds: ({ o, n, t, m }) => n !== 15 && ((t === 13 && o !== 2) || bad(m)) },
  { bits: "1110100 p u 1 w l nnnn tttt hhhh iiiiiiii", why: "LDRD, STRD of SP and PC, into one register twice, or of a base that is written back", holds: ({ p, w, l, n, t, h }) => p + w > 0 && (bad(t, h) || (l === 1 ? t === h : n === 15) || (w === 1 && (n === t || n === h || n === 15))) },
  { bits: "1110100 oo 0 w l nnnn iiiiiiiiiiiiiiii", why: "STM, LDM of fewer than two registers, of SP, stores of PC, loads of PC and LR, PC as base, or a base that is written back", holds: badMultiple },
  { bits: "1110100 oo 0 w 1 nnnn iiiiiiiiiiiiiiii", why: "a load of PC that is not last in its IT block", holds: (f, at) => (f.o === 1 || f.o === 2) && listed(f.i, 15) && midIt(f, at) },
  // Exclusives, ordered accesses, table branches.
  { bits: "11101000010 l nnnn tttt dddd iiiiiiii", why: "LDREX, STREX of SP and PC, of one register twice; bits 11:8 of LDREX should be ones", holds: (f, at) => !isTestTarget(f, at) && (bad(f.t) || f.n === 15 || (f.l === 1 ? f.d !== 15 : bad(f.d) || f.d === f.n || f.d === f.t)) },
  { bits: "111010000100 nnnn 1111 dddd iiiiiiii", why: "TT of PC, to SP or PC; bits 5:0 should be zero", holds: (f, at) => at.v8 && (f.n === 15 || bad(f.d) || (f.i & 63) !== 0) },
  { bits: "11101000110 l nnnn tttt aaaa o s ii dddd", why: "exclusive and ordered accesses of SP and PC, of one register twice; bits that should be ones", holds: badOrdered },
  { bits: "111010001101 nnnn aaaa cccc 000 h mmmm", why: "TBB, TBH of SP, by SP or PC; bits that should be ones and zeros", holds: ({ n, a, c, m }) => a !== 15 || c !== 0 || n === 13 || bad(m) },
  { bits: "111010001101 nnnn aaaa cccc 000 h mmmm", why: "a branch that is not last in its IT block", holds: midIt },
  // Branches, system.
  { bits: "11110 s cccc iiiiii 10 j 0 k iiiiiiiiiii", why: "a conditional branch in an IT block", holds: ({ c }, at) => c < 14 && at.inIt },
  { bits: "11110 s iiiiiiiiii 1 l j 1 k iiiiiiiiiii", why: "a branch that is not last in its IT block", holds: midIt },
  { bits: "11110011100 r nnnn 10 z 0 kk yy ssssssss", why: "MSR of SP and PC, of no special register, or with a mask that it does not have; bits that should be zero", holds: badMsr },
  { bits: "1111001111 1 r nnnn 10 z 0 dddd ssssssss", why: "MRS to SP and PC, or of no special register; bits that should be ones and zeros", holds: ({ r, n, z, d, s }, at) => r === 1 || n !== 15 || z === 1 || bad(d) || !special(s, at) },
  { bits: "111100111010 nnnn 10 z 0 y ooooooooooo", why: "hints and CPS: bits that should be ones and zeros; CPS has no wide form here" , holds: ({ n, z, y, o }) => n !== 15 || z === 1 || y === 1 || o >= 0x100 },
  { bits: "111100111011 nnnn 10 z 0 aaaa oooo iiii", why: "barriers and CLREX: bits that should be ones and zeros; operations that do not exist", holds: ({ n, z, a, o, i }) => n !== 15 || z === 1 || a !== 15 || (o === 2 && i !== 15) || o === 3 || o < 2 || o > 6 },
]; // prettier-ignore

const moves = ({ o, n, i, z }: Fields): boolean => o === 2 && n === 15 && i === 0 && z === 0;

/** MOV.W has bits 14:12 and 7:4 of zero: SP may stand on one side, without flags. */
function badMove({ s, d, m }: Fields): boolean {
  if (d === 15 || m === 15 || (d === 13 && m === 13)) return true;
  return s === 1 && bad(d, m);
}

function badIndexedLoad({ o, n, t, p, u, w }: Fields): boolean {
  if (n === 15) return false;
  const unprivileged = p === 1 && u === 1 && w === 0;
  if (unprivileged) return bad(t);
  if (t === 13 && o !== 2) return true;
  if (t === 15 && o !== 2) return w === 1;
  return w === 1 && n === t;
}

function badMultiple({ o, w, l, n, i }: Fields): boolean {
  if (o !== 1 && o !== 2) return false;
  if (n === 15 || !several(i) || listed(i, 13)) return true;
  if (w === 1 && listed(i, n)) return true;
  return l === 1 ? listed(i, 14) && listed(i, 15) : listed(i, 15);
}

const isTestTarget = ({ l, t }: Fields, { v8 }: Standing): boolean => v8 && l === 0 && t === 15;

/** o: ordered or plain exclusives; s: 1 exclusive; i: size. Loads have nothing in Rd, plain ordered accesses neither. */
function badOrdered({ l, n, t, a, o, s, i, d }: Fields, { v8 }: Standing): boolean {
  if (o === 0 && s === 0) return false;
  if (i === 3 || (o === 1 && !v8) || (o === 0 && i === 2)) return false;
  const status = l === 0 && s === 1;
  if (a !== 15 || bad(t) || n === 15) return true;
  return status ? bad(d) || d === n || d === t : d !== 15;
}

/** SYSm. The Security Extension's own are in no test, for the simulated cores do not have it. */
function special(number: number, { mainline, v8 }: Standing): boolean {
  if ([0, 1, 2, 3, 5, 6, 7, 8, 9, 16, 20].includes(number)) return true;
  return ([17, 18, 19].includes(number) && mainline) || ([10, 11].includes(number) && v8);
}

function badMsr({ r, n, z, k, y, s }: Fields, at: Standing): boolean {
  if (r === 1 || z === 1 || y !== 0 || bad(n) || !special(s, at)) return true;
  if (s >= 4) return k !== 2;
  return k === 0 || ((k & 1) === 1 && !at.dsp);
}

/** No integer code, or nothing to compare. */
const OTHER: readonly Rule[] = [
  { bits: "11011111 iiiiiiii", why: "SVC: Unicorn leaves the exception to a hook" },
  { bits: "10111111 00010000", why: "YIELD ends a run of Unicorn" },
  { bits: "111100111010 1111 1000 0000 0000 0001", why: "YIELD ends a run of Unicorn" },
  { bits: "111 i 11 iiiiiiiiii iiiiiiiiiiiiiiii", why: "coprocessors and floating point: Unicorn's have an FPU" },
  { bits: "10111111 001 o 0000", why: "WFE and WFI end a run of Unicorn" },
  { bits: "111100111010 1111 1000 0000 0000 001 o", why: "WFE and WFI end a run of Unicorn" },
  { bits: "1110100101111111 1110100101111111", why: "SG: Unicorn's has the Security Extension" },
  { bits: "111010000100 nnnn 1111 dddd iiiiiiii", why: "TT: Unicorn's has the Security Extension", holds: (_f, { v8 }) => v8 },
  { bits: "01000111 l mmmm 100", why: "BXNS, BLXNS: Unicorn's has the Security Extension" },
  { bits: "111100111 o u r nnnn 10 z 0 dddd 1 sssssss", why: "special registers of Non-secure state", holds: ({ o, u }, { v8 }) => v8 && o === u },
]; // prettier-ignore

const compile = (rules: readonly Rule[]): readonly (Rule & { line: ReturnType<typeof encoding> })[] =>
  rules.map((rule) => ({ ...rule, line: encoding(rule.bits, rule.why, () => undefined) }));

const RULES = { narrow: compile(NARROW), wide: compile(WIDE), other: compile(OTHER) };

function reason(
  rules: ReturnType<typeof compile>,
  opcode: number,
  wide: boolean,
  standing: Standing,
): string | undefined {
  return rules.find(
    ({ line, holds = () => true }) =>
      (line.width === 32) === wide &&
      matches(line, opcode | 0) &&
      holds(fieldsOf(line, opcode | 0), standing),
  )?.why;
}

/** All 32-bit instructions of Armv6-M (DDI 0419 A5.3), and what Armv8-M baseline adds to them (DDI 0553 C1). */
const SMALL = [
  "11110 s iiiiiiiiii 11 j 1 k iiiiiiiiiii", // BL
  "11110011100 r nnnn 10 z 0 dddd ssssssss", // MSR
  "1111001111 1 r nnnn 10 z 0 dddd ssssssss", // MRS
  "111100111011 nnnn 10 z 0 aaaa 01 oo iiii", // DSB, DMB, ISB
];
const SMALL_V8 = [
  "11110 s iiiiiiiiii 10 j 1 k iiiiiiiiiii", // B
  "11110 i 1 0 t 1 0 0 qqqq 0 jjj dddd kkkkkkkk", // MOVW, MOVT
  "11111011 10 o 1 nnnn aaaa dddd 1111 mmmm", // SDIV, UDIV
  "11101000010 l nnnn tttt dddd iiiiiiii", // LDREX, STREX
  "11101000110 l nnnn tttt dddd iiiiiiii", // their kin, LDA, STL
  "111100111011 nnnn 10 z 0 aaaa 0010 iiii", // CLREX
];
const draw = (lines: readonly string[]): readonly ReturnType<typeof encoding>[] =>
  lines.map((bits) => encoding(bits, bits, () => undefined));
const SMALL_SETS = { v6: draw(SMALL), v8: draw([...SMALL, ...SMALL_V8]) };

/** Whether Armv6-M or Armv8-M baseline has it; of 16 bits it has all but IT, and Armv6-M no CBZ and CBNZ. */
export function existsInSmall(opcode: number, wide: boolean, { v8 }: Standing): boolean {
  if (wide) return SMALL_SETS[v8 ? "v8" : "v6"].some((line) => matches(line, opcode | 0));
  if (opcode >>> 8 === 0xbf) return (opcode & 15) === 0;
  return v8 || (opcode & 0xf500) !== 0xb100;
}

export function unpredictable(opcode: number, wide: boolean, standing: Standing): string | undefined {
  return reason(wide ? RULES.wide : RULES.narrow, opcode, wide, standing);
}

export function notCompared(opcode: number, wide: boolean, standing: Standing): string | undefined {
  return reason(RULES.other, opcode, wide, standing);
}
