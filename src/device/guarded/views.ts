/**
 * Finds addresses at which a part shows registers once more, so that a write there sets, clears or toggles
 * single bits of them. A write of such a view is translated to the write that it makes of the register.
 */
import type { FamilyName } from "./row.ts";

/** Bits of an aligned word that a write changes. */
export interface WrittenWord {
  readonly address: number;
  readonly value: number;
  /** The bits of the word that are written. */
  readonly written: number;
}

const PERIPHERALS = 0x4000_0000;
const PERIPHERALS_END = 0x6000_0000;

/** Returns false outside of the addresses that show registers once more. */
export function mayBeView(address: number, end: number): boolean {
  return end > PERIPHERALS && address < PERIPHERALS_END;
}

/** Returns the other register writes that a write of this word makes, on parts of the family. */
export function viewsOf(family: FamilyName, word: WrittenWord): readonly WrittenWord[] {
  if (!mayBeView(word.address, word.address + 1)) return [];
  return [bitBand, ...(BY_FAMILY[family] ?? [])].flatMap((view) => view(word) ?? []);
}

type View = (word: WrittenWord) => WrittenWord | undefined;

const set = (address: number, bits: number): WrittenWord => ({ address, value: bits, written: bits });
const clear = (address: number, bits: number): WrittenWord => ({ address, value: 0, written: bits });

/** Cortex-M3 and M4 have a word for each bit of the first MiB of peripherals (Cortex-M4 TRM r0p1, 3.7.3). */
const bitBand: View = ({ address, value, written }) => {
  const from = address - 0x4200_0000;
  if (from < 0 || from >= 0x200_0000 || (written & 1) === 0) return undefined;
  const bit = (from >>> 2) & 31;
  const own = (1 << bit) >>> 0;
  return { address: PERIPHERALS + 4 * (from >>> 7), value: (value & 1) === 0 ? 0 : own, written: own };
};

/**
 * On the Cortex-M0+ of Kinetis, the address holds the operation (KL25 reference manual, bit manipulation
 * engine).
 */
const bitManipulation: View = ({ address, value, written }) => {
  const register = PERIPHERALS + (address & 0xf_fffc);
  const bits = (value & written) >>> 0;
  switch ((address >>> 26) & 7) {
    case 1:
      return clear(register, (~value & written) >>> 0);
    case 2:
    case 3:
      return set(register, bits);
    case 4:
    case 5:
    case 6:
    case 7:
      return { address: PERIPHERALS + (address & 0x7_fffc), value, written };
    default:
      return undefined;
  }
};

/** EFM32 and EFR32 of series 1 have these (reference manual of EFR32xG1, bit set and bit clear). */
const bitSetAndClear: View = ({ address, value, written }) => {
  const register = PERIPHERALS + (address & 0xff_ffff);
  const bits = (value & written) >>> 0;
  if (address >>> 24 === 0x46) return set(register, bits);
  return address >>> 24 === 0x44 ? clear(register, bits) : undefined;
};

/**
 * There are 4 KiB each after a register's own: one in which ones are set, one in which they are cleared, one
 * in which they are toggled.
 */
const behind =
  (order: readonly ("set" | "clear" | "toggle")[]): View =>
  ({ address, value, written }) => {
    const which = order[((address >>> 12) & 3) - 1];
    const register = (address & ~0x3000) >>> 0;
    const bits = (value & written) >>> 0;
    if (which === undefined) return undefined;
    return which === "clear" ? clear(register, bits) : set(register, bits);
  };

const BY_FAMILY: Partial<Readonly<Record<FamilyName, readonly View[]>>> = {
  Kinetis: [bitManipulation],
  // The second is for series 2 (EFR32xG21 reference manual, register access).
  EFM32: [bitSetAndClear, behind(["set", "clear", "toggle"])],
  // The views are described in the RP2350 datasheet, 2.1.3 atomic register access.
  RP2350: [behind(["toggle", "set", "clear"])],
};
