/** Reads lines of a decode table: bits as the architecture manual draws them. Knows no instruction. */
import type { Cpu } from "./cpu.ts";
import type { InstructionSet } from "./profile.ts";
import type { Slot } from "./state.ts";

/** Decoding turns an instruction into a closure that has already worked out everything that never changes. */
export type Op = () => void;

/** These letters name registers; the others follow. */
type RegisterLetter = "a" | "d" | "l" | "h" | "m" | "n" | "t" | "u";
type NumberLetter = "b" | "c" | "e" | "f" | "g" | "i" | "j" | "k" | "o" | "p" | "q" | "r" | "s" | "v" | "w" | "x" | "y" | "z"; // prettier-ignore
type Letter = RegisterLetter | NumberLetter;

/**
 * The value of each letter of a pattern; bits that stand apart are joined, left to right. Unused letters are
 * 0.
 */
export type Fields = Readonly<Record<RegisterLetter, Slot> & Record<NumberLetter, number>>;

/** The place of an instruction, and what the maker tells about it. */
export interface Place {
  readonly address: number;
  /** The value of PC when read: address + 4. */
  readonly pc: number;
  /** The address of the following instruction. */
  readonly next: number;
  /** True if 16-bit data processing sets flags, which it does only outside of IT blocks. */
  readonly setsFlags: boolean;
  readonly inIt: boolean;
  readonly lastInIt: boolean;
  /** The maker sets it if control does not simply go on, or if the following code must be decoded again. */
  ends: boolean;
  /** BKPT sets it, because an IT block does not make it conditional. */
  unconditional: boolean;
  /** The cycles without a taken branch; they are approximations of Cortex-M3's manual. */
  cycles: number;
  /** The ITSTATE that an IT instruction sets. */
  it: number;
}

/** Returns undefined if the manual says UNPREDICTABLE: such an instruction is refused like an undefined one. */
export type Make = (cpu: Cpu, fields: Fields, place: Place) => Op | undefined;

export interface Encoding {
  readonly name: string;
  readonly width: 16 | 32;
  readonly mask: number;
  readonly value: number;
  readonly set: InstructionSet;
  readonly make: Make;
  readonly letters: readonly { readonly letter: Letter; readonly bits: readonly number[] }[];
}

const NO_FIELDS = Object.fromEntries(
  Array.from("abcdefghijklmnopqrstuvwxyz").map((letter) => [letter, 0]),
) as Record<Letter, number>;

/**
 * `bits` are 16 or 32 characters of 0, 1 and letters, without counting spaces. A should-be-zero bit is
 * written 0, and refused otherwise.
 */
export function encoding(bits: string, name: string, make: Make, set: InstructionSet = "all"): Encoding {
  const drawn = bits.replaceAll(" ", "");
  if (drawn.length !== 16 && drawn.length !== 32)
    throw new RangeError(`${name} is drawn with ${drawn.length} bits`);
  let mask = 0;
  let value = 0;
  const places = new Map<Letter, number[]>();
  Array.from(drawn).forEach((character, index) => {
    const bit = drawn.length - 1 - index;
    if (character === "0" || character === "1") {
      mask |= 1 << bit;
      value |= Number(character) << bit;
    } else {
      const letter = character as Letter;
      places.set(letter, [...(places.get(letter) ?? []), bit]);
    }
  });
  const letters = [...places].map(([letter, at]) => ({ letter, bits: at }));
  return { name, width: drawn.length, mask, value, set, make, letters };
}

export function matches({ mask, value }: Encoding, opcode: number): boolean {
  return (opcode & mask) === value;
}

export function fieldsOf({ letters }: Encoding, opcode: number): Fields {
  const fields: Record<Letter, number> = { ...NO_FIELDS };
  for (const { letter, bits } of letters) {
    let value = 0;
    for (const bit of bits) value = (value << 1) | ((opcode >>> bit) & 1);
    fields[letter] = value;
  }
  // Register letters are never drawn with more than four bits.
  return fields as Fields;
}
