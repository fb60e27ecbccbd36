/**
 * Tells where a write to a data register of an access port goes, from what the port was told before. Pure;
 * judges nothing.
 */
import type { ApPlace } from "../../coresight/ap-place.ts";
import { CSW, DRW, field, TAR } from "../../coresight/registers.ts";
import type { WrittenWord } from "../../device/guarded/index.ts";

const BD0 = 0x10;
/** A word has this many bytes. */
const WORD = 4;
const SIZES = [1, 2, 4] as const;
/** Direct access registers of an access port of ADIv6 cover the KiB around TAR. */
const DIRECT_BYTES = 0x400;
const PACKED = 2;
/** CSW and the registers after it begin here on an access port of ADIv6. */
const REGISTERS = 0xd00;

/** The values that an access port was told; undefined before it was told any. */
export interface Told {
  readonly csw: number | undefined;
  readonly tar: number | undefined;
  /** The value of TAR before it moved by itself. */
  readonly near?: number;
  /** True if TAR was written in a way that was not seen whole. */
  readonly anywhere?: true;
}

export const NOTHING_TOLD: Told = { csw: undefined, tar: undefined };

/**
 * The addresses of data words: the first address, how many bytes each word writes, and how far the next one
 * is.
 */
export interface Data {
  readonly address: number;
  readonly bytes: number;
  readonly step: number;
}

/** Stands for data at an unknown address. */
export const NOWHERE: Data = { address: 0, bytes: WORD, step: 0 };

export interface Access {
  readonly ap: ApPlace;
  /**
   * The offset of the register in the numbering of ADIv5; direct access registers of ADIv6 stand before
   * those.
   */
  readonly offset: number;
  readonly words: number;
  /** The address of the first word, if the caller knows it. */
  readonly address?: number | undefined;
}

/** In CSW.Size: 64 bits, as two words one after the other through DRW. */
const WIDE = 3;

/**
 * Returns undefined for a register that does not lead to memory. `base` is the offset of the registers that
 * ADIv5 has.
 */
export function dataOf(
  told: Told,
  { ap, offset, words, address: known }: Access,
  base: number,
): Data | undefined {
  if (typeof ap !== "number" && offset + base >= 0 && offset + base < DIRECT_BYTES) {
    if (told.tar === undefined) return NOWHERE;
    return { address: ((told.tar & ~(DIRECT_BYTES - 1)) >>> 0) + offset + base, bytes: WORD, step: 0 };
  }
  const isBanked = offset >= BD0 && offset < BD0 + 4 * WORD;
  if (offset !== DRW.address && !isBanked) return undefined;
  const { csw, tar } = told;
  const banked = isBanked && tar !== undefined ? (tar & ~0xf) + (offset - BD0) : tar;
  const address = known ?? banked;
  if (address === undefined) return NOWHERE;
  const size = csw === undefined ? undefined : field(CSW, "Size", csw);
  // In a wider access each word is a part, at an address that TAR does not tell.
  if (known === undefined && size !== undefined && size >= SIZES.length) return NOWHERE;
  const mode = csw === undefined ? undefined : field(CSW, "AddrInc", csw);
  const isWhole = csw === undefined || isBanked || mode === PACKED;
  const bytes = isWhole ? WORD : (SIZES[size ?? 2] ?? WORD);
  const counts = mode === undefined ? words > 1 || known === undefined : mode !== 0 || size === WIDE;
  return { address: address >>> 0, bytes, step: counts && !isBanked ? bytes : 0 };
}

/** A register of which only some bytes were written has an unknown value. */
export function toldInPart(told: Told, offset: number): Told {
  if (offset === CSW.address) return { ...told, csw: undefined };
  return offset === TAR.address ? anywhere(told) : told;
}

/** Marks a port that was written in another way than the observed one. */
export function anywhere({ csw }: Told): Told {
  return { csw, tar: undefined, anywhere: true };
}

/** Returns the state of the port after an access to one of its registers. */
export function toldAfter(
  told: Told,
  offset: number,
  data: Data | undefined,
  written: number | undefined,
): Told {
  if (written !== undefined && offset === CSW.address) return { ...told, csw: written };
  if (written !== undefined && offset === TAR.address) return { csw: told.csw, tar: written };
  if (data === undefined || offset !== DRW.address) return told;
  return data === NOWHERE || data.step > 0 ? moved(told) : told;
}

/**
 * TAR counts on, wraps at some address, and stays where an access fails, so its value must be read when it is
 * needed.
 */
export function moved(told: Told): Told {
  const { csw, tar, near = tar } = told;
  if (told.anywhere === true) return told;
  return { csw, tar: undefined, ...(near === undefined ? {} : { near: tar ?? near }) };
}

/** Returns true if a register of an access port that stands in memory may be at this place of its 4 KiB. */
export function mayBeRegister(place: number): boolean {
  return place < DIRECT_BYTES || (place >= REGISTERS && place < REGISTERS + BD0 + 4 * WORD);
}

/** True for CSW or TAR: after a write to either, the memory may be an access port. */
export function tellsAddress(place: number): boolean {
  return place === REGISTERS + CSW.address || place === REGISTERS + TAR.address;
}

/**
 * Splits a write into the words that it changes: the value stands in the byte lanes of its address already.
 * Packed data begin at any byte and go on in the next word.
 */
export function wordsAt(address: number, value: number, bytes: number): readonly WrittenWord[] {
  const into = address % WORD;
  const first = { address: address - into, value: value >>> 0 };
  if (bytes < WORD) return [{ ...first, written: ((2 ** (8 * bytes) - 1) << (8 * into)) >>> 0 }];
  const whole = { ...first, written: 0xffff_ffff };
  return into === 0 ? [whole] : [whole, { ...whole, address: whole.address + WORD }];
}
