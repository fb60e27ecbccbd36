/** Decodes 16-bit shifts, arithmetic and data processing on registers and constants. */
import { alu, compared, registers, type Operation } from "./alu.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op, type Place } from "./encoding.ts";
import { ASR, immediateShift, LSL, LSR, ROR, shiftByConstant, shiftByRegister } from "./shift.ts";
import { PC, SINK, SP, ZERO, type Slot } from "./state.ts";

const shift =
  (type: number): Make =>
  ({ state }, { d, m, i }, { setsFlags, inIt }) =>
    // MOVS Rd, Rm is the shift by 0, which IT blocks do not have.
    type === LSL && i === 0
      ? inIt
        ? undefined
        : alu(state, "ORR", registers(d, ZERO, m, true))
      : shiftByConstant(state, d, m, immediateShift(type, i), setsFlags);

const threeRegisters =
  (operation: Operation): Make =>
  ({ state }, { d, n, m }, { setsFlags }) =>
    alu(state, operation, registers(d, n, m, setsFlags));

const smallConstant =
  (operation: Operation): Make =>
  ({ state }, { d, n, i }, { setsFlags }) =>
    alu(state, operation, { d, n, m: ZERO, k: i, flags: setsFlags });

const ownConstant =
  (operation: Operation): Make =>
  ({ state }, { d, i }, { setsFlags }) =>
    alu(state, operation, { d, n: d, m: ZERO, k: i, flags: setsFlags });

const twoRegisters =
  (operation: Operation): Make =>
  ({ state }, { d, m }, { setsFlags }) =>
    alu(state, operation, registers(d, d, m, setsFlags));

const test =
  (operation: Operation): Make =>
  ({ state }, { n, m }) =>
    alu(state, operation, registers(SINK, n, m, true));

const shiftRegister =
  (type: number): Make =>
  ({ state }, { d, m }, { setsFlags }) =>
    shiftByRegister(state, type, d, d, m, setsFlags);

/** ADD and MOV reach all sixteen registers: PC is a branch, and SP keeps its low bits clear. */
const highRegister =
  (adds: boolean): Make =>
  (cpu, { d, m }, place) => {
    const n = adds ? d : ZERO;
    if (d === PC && m === PC && adds) return undefined;
    if (d !== PC && d !== SP && m !== PC) return alu(cpu.state, "ADD", registers(d, n, m, false));
    return toSpecial(cpu, { d, n, m }, place);
  };

function toSpecial(cpu: Cpu, { d, n, m }: { d: Slot; n: Slot; m: Slot }, place: Place): Op | undefined {
  const { r } = cpu.state;
  // The value that PC adds is known here; reading r[PC] would give the end of the block.
  const k = (n === PC ? place.pc : 0) + (m === PC ? place.pc : 0);
  const from = n === PC ? ZERO : n;
  const other = m === PC ? ZERO : m;
  if (d === PC) {
    if (place.inIt && !place.lastInIt) return undefined;
    place.ends = true;
    return () => {
      cpu.branch(r[from] + r[other] + k);
    };
  }
  if (d === SP)
    return () => {
      cpu.setSp((r[from] + r[other] + k) | 0);
    };
  return () => void (r[d] = r[from] + r[other] + k);
}

/** Decodes CMP with a high register. Two low registers belong to the other encoding, and PC is UNPREDICTABLE. */
function compareHigh({ state }: Cpu, { n, m }: Fields): Op | undefined {
  if ((n < 8 && m < 8) || n === PC || m === PC) return undefined;
  return alu(state, "SUB", registers(SINK, n, m, true));
}

const negate: Make = ({ state }, { d, n }, { setsFlags }) =>
  alu(state, "RSB", { d, n, m: ZERO, k: 0, flags: setsFlags });

const multiply: Make = ({ state }, { d, n }, { setsFlags }) => {
  const { r } = state;
  if (!setsFlags) return () => void (r[d] = Math.imul(r[d], r[n]));
  return () => void (r[d] = state.n = state.z = Math.imul(r[d], r[n]));
};

const moveNot: Make = ({ state }, { d, m }, { setsFlags }) =>
  alu(state, "ORN", registers(d, ZERO, m, setsFlags));

const extend =
  (convert: (value: number) => number): Make =>
  ({ state: { r } }, { d, m }) =>
  () =>
    void (r[d] = convert(r[m]));

export const reverse = {
  bytes: (x: number): number => (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24),
  halfwords: (x: number): number => ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff),
  signed: (x: number): number => (((x & 0xff) << 24) >> 16) | ((x >>> 8) & 0xff),
};

export const DATA_16: readonly Encoding[] = [
  encoding("00000 iiiii mmm ddd", "LSL, MOV", shift(LSL)),
  encoding("00001 iiiii mmm ddd", "LSR", shift(LSR)),
  encoding("00010 iiiii mmm ddd", "ASR", shift(ASR)),
  encoding("0001100 mmm nnn ddd", "ADD", threeRegisters("ADD")),
  encoding("0001101 mmm nnn ddd", "SUB", threeRegisters("SUB")),
  encoding("0001110 iii nnn ddd", "ADD", smallConstant("ADD")),
  encoding("0001111 iii nnn ddd", "SUB", smallConstant("SUB")),
  encoding("00100 ddd iiiiiiii", "MOV", ({ state }, { d, i }, { setsFlags }) =>
    alu(state, "ORR", { d, n: ZERO, m: ZERO, k: i, flags: setsFlags }),
  ),
  encoding("00101 nnn iiiiiiii", "CMP", ({ state }, { n, i }) => alu(state, "SUB", compared(n, i))),
  encoding("00110 ddd iiiiiiii", "ADD", ownConstant("ADD")),
  encoding("00111 ddd iiiiiiii", "SUB", ownConstant("SUB")),
  encoding("010000 0000 mmm ddd", "AND", twoRegisters("AND")),
  encoding("010000 0001 mmm ddd", "EOR", twoRegisters("EOR")),
  encoding("010000 0010 mmm ddd", "LSL", shiftRegister(LSL)),
  encoding("010000 0011 mmm ddd", "LSR", shiftRegister(LSR)),
  encoding("010000 0100 mmm ddd", "ASR", shiftRegister(ASR)),
  encoding("010000 0101 mmm ddd", "ADC", twoRegisters("ADC")),
  encoding("010000 0110 mmm ddd", "SBC", twoRegisters("SBC")),
  encoding("010000 0111 mmm ddd", "ROR", shiftRegister(ROR)),
  encoding("010000 1000 mmm nnn", "TST", test("AND")),
  encoding("010000 1001 nnn ddd", "RSB", negate),
  encoding("010000 1010 mmm nnn", "CMP", test("SUB")),
  encoding("010000 1011 mmm nnn", "CMN", test("ADD")),
  encoding("010000 1100 mmm ddd", "ORR", twoRegisters("ORR")),
  encoding("010000 1101 nnn ddd", "MUL", multiply),
  encoding("010000 1110 mmm ddd", "BIC", twoRegisters("BIC")),
  encoding("010000 1111 mmm ddd", "MVN", moveNot),
  encoding("01000100 d mmmm ddd", "ADD", highRegister(true)),
  encoding("01000101 n mmmm nnn", "CMP", compareHigh),
  encoding("01000110 d mmmm ddd", "MOV", highRegister(false)),
  encoding(
    "10110010 00 mmm ddd",
    "SXTH",
    extend((x) => (x << 16) >> 16),
  ),
  encoding(
    "10110010 01 mmm ddd",
    "SXTB",
    extend((x) => (x << 24) >> 24),
  ),
  encoding(
    "10110010 10 mmm ddd",
    "UXTH",
    extend((x) => x & 0xffff),
  ),
  encoding(
    "10110010 11 mmm ddd",
    "UXTB",
    extend((x) => x & 0xff),
  ),
  encoding("10111010 00 mmm ddd", "REV", extend(reverse.bytes)),
  encoding("10111010 01 mmm ddd", "REV16", extend(reverse.halfwords)),
  encoding("10111010 11 mmm ddd", "REVSH", extend(reverse.signed)),
];
