/** Draws random Thumb instructions, registers and memory from a seed. Knows encodings by their tables, and no meaning. */
import type { Encoding } from "../../src/simulator/thumb/encoding.ts";

export const CODE = 0x0001_0000;
export const CODE_SIZE = 0x1_0000;
export const RAM = 0x2000_0000;
export const RAM_SIZE = 0x2000;
/** Any of Armv6-M onwards: UDF #0. */
const STOPPER = 0xde00;

export interface Instruction {
  /** 16 bits, or 32 with the first halfword on top. */
  readonly opcode: number;
  readonly wide: boolean;
}

export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits, by mulberry32. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.word() % limit;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** Values at which carries, signs and saturation turn over. */
const EDGES = [0, 1, 2, 31, 32, 33, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_7fff, 0x8000_8000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff]; // prettier-ignore

/** Every second value points into the middle of memory, so that loads and stores mostly find some. */
function value(draw: Draw): number {
  const kind = draw.below(16);
  if (kind < 8) return pointer(draw) + (kind < 2 ? draw.below(4) : 0);
  if (kind < 10) return EDGES[draw.below(EDGES.length)] ?? 0;
  return kind < 12 ? draw.below(300) : draw.word();
}

const pointer = (draw: Draw): number => RAM + 0x800 + 4 * draw.below(0x400);

/** r0-r12, SP and LR. */
export function drawRegisters(draw: Draw): Uint32Array {
  const registers = Uint32Array.from({ length: 15 }, () => value(draw));
  registers[13] = pointer(draw);
  return registers;
}

/** N, Z, C, V, Q where there is one, GE where there is the DSP extension; Thumb state. */
export function drawFlags(draw: Draw, { mainline, dsp }: { mainline: boolean; dsp: boolean }): number {
  const mask = (mainline ? 0xf800_0000 : 0xf000_0000) | (dsp ? 0x000f_0000 : 0);
  return ((draw.word() & mask) | 0x0100_0000) >>> 0;
}

/** Half of them any bits, half of them lines of the table, each as often as the others. */
export function drawInstruction(draw: Draw, table: readonly Encoding[]): Instruction {
  const line = table[draw.below(2 * table.length)];
  if (line !== undefined) {
    const opcode = ((draw.word() & ~line.mask) | line.value) >>> 0;
    return { opcode: line.width === 16 ? opcode & 0xffff : opcode, wide: line.width === 32 };
  }
  const opcode = draw.below(2) === 0 ? draw.word() >>> 16 : (draw.word() | 0xe000_0000) >>> 0;
  const first = opcode > 0xffff ? opcode >>> 16 : opcode;
  if (first < 0xe800) return { opcode: first, wide: false };
  return { opcode: opcode > 0xffff ? opcode : (opcode << 16) >>> 0, wide: true };
}

export function halfwords({ opcode, wide }: Instruction): readonly number[] {
  return wide ? [opcode >>> 16, opcode & 0xffff] : [opcode];
}

/** The code region, one piece to a slot, each with what stops whoever goes on behind it. */
export function codeImage(pieces: readonly (readonly Instruction[])[], slotSize: number): Uint8Array {
  const image = new Uint8Array(CODE_SIZE);
  const view = new DataView(image.buffer);
  for (let at = 0; at < CODE_SIZE; at += 2) view.setUint16(at, STOPPER, true);
  pieces.forEach((piece, slot) => {
    piece.flatMap(halfwords).forEach((halfword, index) => {
      view.setUint16(slot * slotSize + 2 * index, halfword, true);
    });
  });
  return image;
}
