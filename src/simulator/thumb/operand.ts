/**
 * Decodes the wide data-processing instructions, whose sixteen operations take constants and shifted
 * registers alike.
 */
import { alu, type Operands, type Operation } from "./alu.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Op } from "./encoding.ts";
import { immediateShift, LSL, shiftByConstant, shiftOperand } from "./shift.ts";
import { OPERAND, PC, SINK, SP, ZERO, type Slot } from "./state.ts";

export const badRegister = (slot: Slot): boolean => slot === SP || slot === PC;

interface Line {
  readonly code: string;
  readonly operation: Operation;
  /** The name with d = PC and flags: the result is not used. */
  readonly test?: string;
  /** The name with n = PC: there is no first operand. */
  readonly move?: string;
}

const LINES: readonly Line[] = [
  { code: "0000", operation: "AND", test: "TST" },
  { code: "0001", operation: "BIC" },
  { code: "0010", operation: "ORR", move: "MOV" },
  { code: "0011", operation: "ORN", move: "MVN" },
  { code: "0100", operation: "EOR", test: "TEQ" },
  { code: "1000", operation: "ADD", test: "CMN" },
  { code: "1010", operation: "ADC" },
  { code: "1011", operation: "SBC" },
  { code: "1101", operation: "SUB", test: "CMP" },
  { code: "1110", operation: "RSB" },
];

const LOGICAL: ReadonlySet<Operation> = new Set(["AND", "BIC", "ORR", "ORN", "EOR"]);

/** Returns the registers that an operation really has, or undefined if the combination is UNPREDICTABLE. */
function roles(line: Line, { d, n, s }: Fields): { readonly d: Slot; readonly n: Slot } | undefined {
  const tests = line.test !== undefined && d === PC && s === 1;
  const moves = line.move !== undefined && n === PC;
  const sums = line.operation === "ADD" || line.operation === "SUB";
  if (n === PC && !moves) return undefined;
  if (n === SP && !sums) return undefined;
  if (badRegister(d) && !tests && !(d === SP && n === SP && sums)) return undefined;
  return { d: tests ? SINK : d, n: moves ? ZERO : n };
}

/** SP as destination goes through the checks of every write of SP. */
function finish(cpu: Cpu, operation: Operation, operands: Operands): Op {
  if (operands.d !== SP) return alu(cpu.state, operation, operands);
  const inner = alu(cpu.state, operation, { ...operands, d: SINK });
  const { r } = cpu.state;
  return () => {
    inner();
    cpu.setSp(r[SINK]);
  };
}

/** Does ThumbExpandImm_C of the manual; returns undefined for its UNPREDICTABLE cases. */
function expandConstant(bits: number): { readonly k: number; readonly carry?: number } | undefined {
  const byte = bits & 0xff;
  if (bits >>> 10 === 0) {
    if (byte === 0 && bits > 0xff) return undefined;
    const repeated = [byte, byte | (byte << 16), (byte << 8) | (byte << 24), byte * 0x0101_0101 | 0]; // prettier-ignore
    return { k: repeated[bits >>> 8] ?? 0 };
  }
  const unrotated = 0x80 | (bits & 0x7f);
  const rotation = bits >>> 7;
  const k = (unrotated >>> rotation) | (unrotated << (32 - rotation));
  return { k, carry: k >>> 31 };
}

function constantForm(line: Line, cpu: Cpu, fields: Fields): Op | undefined {
  const slots = roles(line, fields);
  const expanded = expandConstant(fields.i);
  if (slots === undefined || expanded === undefined) return undefined;
  const carry = LOGICAL.has(line.operation) ? expanded.carry : undefined;
  return finish(cpu, line.operation, { ...slots, m: ZERO, k: expanded.k, flags: fields.s === 1, carry });
}

function registerForm(line: Line, cpu: Cpu, fields: Fields): Op | undefined {
  const { d, n, m, s, i, o } = fields;
  const flags = s === 1;
  const shift = immediateShift(o, i);
  const moves = line.move === "MOV" && n === PC;
  if (moves && o === LSL && i === 0) return move(cpu, fields);
  const slots = roles(line, fields);
  if (slots === undefined || badRegister(m)) return undefined;
  if (d === SP && (o !== LSL || i > 3)) return undefined;
  if (moves) return shiftByConstant(cpu.state, d, m, shift, flags);
  if (shift.type === LSL && shift.amount === 0)
    return finish(cpu, line.operation, { ...slots, m, k: 0, flags });
  const inner = finish(cpu, line.operation, { ...slots, m: OPERAND, k: 0, flags });
  return shiftOperand(cpu.state, m, shift, flags && LOGICAL.has(line.operation), inner);
}

/** MOV.W between registers may have SP on one side. */
function move(cpu: Cpu, { d, m, s }: Fields): Op | undefined {
  if (d === PC || m === PC || (d === SP && m === SP)) return undefined;
  if (s === 1 && (badRegister(d) || badRegister(m))) return undefined;
  return finish(cpu, "ORR", { d, n: ZERO, m, k: 0, flags: s === 1 });
}

const nameOf = ({ operation, test, move: moves }: Line): string =>
  [operation, test, moves].filter((name) => name !== undefined).join(", ");

export const OPERAND_32: readonly Encoding[] = LINES.flatMap((line) => [
  encoding(
    `11110 i 0 ${line.code} s nnnn 0 iii dddd iiiiiiii`,
    `${nameOf(line)} constant`,
    (cpu, fields) => constantForm(line, cpu, fields),
    "main",
  ),
  encoding(
    `1110101 ${line.code} s nnnn 0 iii dddd ii oo mmmm`,
    `${nameOf(line)} register`,
    (cpu, fields) => registerForm(line, cpu, fields),
    "main",
  ),
]);
