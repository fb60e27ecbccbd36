/** Joins the decode tables of one architecture variant in the order in which the first match wins. */
import type { Cpu } from "./cpu.ts";
import { DSP_MULTIPLY_32 } from "./dsp-multiply.ts";
import { DSP_PARALLEL_32 } from "./dsp-parallel.ts";
import { fieldsOf, matches, type Encoding, type Op, type Place } from "./encoding.ts";
import type { ThumbProfile } from "./port.ts";
import { includes } from "./profile.ts";
import { CONTROL_16 } from "./t16-control.ts";
import { DATA_16 } from "./t16-data.ts";
import { MEMORY_16 } from "./t16-memory.ts";
import { CONTROL_32 } from "./t32-control.ts";
import { EXCLUSIVE_32 } from "./t32-exclusive.ts";
import { IMMEDIATE_32 } from "./t32-immediate.ts";
import { MEMORY_32 } from "./t32-memory.ts";
import { MULTIPLY_32 } from "./t32-multiply.ts";
import { OPERAND_32 } from "./operand.ts";

/** Special cases stand before the general line that would match them too. */
const NARROW: readonly Encoding[] = [...DATA_16, ...MEMORY_16, ...CONTROL_16];
const WIDE: readonly Encoding[] = [
  ...CONTROL_32.slice(0, 2),
  ...EXCLUSIVE_32,
  ...MEMORY_32,
  ...DSP_PARALLEL_32,
  ...OPERAND_32,
  ...IMMEDIATE_32,
  ...MULTIPLY_32,
  ...DSP_MULTIPLY_32,
  ...CONTROL_32.slice(2),
];

/** A first halfword from here on has a second one. */
const FIRST_WIDE = 0xe800;

export function isWide(halfword: number): boolean {
  return halfword >= FIRST_WIDE;
}

export class Decoder {
  /** The lines are grouped by the instruction's top byte, so that few are tried. */
  readonly #narrow: readonly (readonly Encoding[])[];
  readonly #wide: readonly (readonly Encoding[])[];

  /** All lines that this profile has. */
  readonly lines: readonly Encoding[];

  constructor(profile: ThumbProfile) {
    const present = ({ set }: Encoding): boolean => includes(profile, set);
    const narrow = NARROW.filter(present);
    const wide = WIDE.filter(present);
    this.#narrow = byTopByte(narrow, 8);
    this.#wide = byTopByte(wide, 24);
    this.lines = [...narrow, ...wide];
  }

  find(opcode: number, wide: boolean): Encoding | undefined {
    const lines = wide ? this.#wide[opcode >>> 24] : this.#narrow[opcode >>> 8];
    return lines?.find((line) => matches(line, opcode));
  }

  /** An invalid instruction becomes a fault when it is executed, not when it is decoded. */
  decode(cpu: Cpu, opcode: number, wide: boolean, place: Place): Op {
    const line = this.find(opcode, wide);
    const op = line?.make(cpu, fieldsOf(line, opcode), place);
    if (op !== undefined) return op;
    const kind = line === undefined ? "undefined" : "unpredictable";
    place.ends = true;
    return () => {
      cpu.trap.raise(kind);
    };
  }
}

function byTopByte(lines: readonly Encoding[], shift: number): readonly (readonly Encoding[])[] {
  return Array.from({ length: 256 }, (_, byte) =>
    lines.filter(({ mask, value }) => (((byte << shift) ^ value) & mask & (0xff << shift)) === 0),
  );
}
