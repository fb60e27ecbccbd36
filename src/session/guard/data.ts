/** Where a write to a data register of an access port goes, by what the port was told before. Pure; judges nothing. */
import type { ApPlace } from "../../coresight/ap-place.ts";
import { CSW, DRW, field, TAR } from "../../coresight/registers.ts";
import type { WrittenWord } from "../../device/guarded/index.ts";

const BD0 = 0x10;
/** Bytes of a word. */
const WORD = 4;
const SIZES = [1, 2, 4] as const;
/** Direct access registers of an access port of ADIv6: the KiB around TAR. */
const DIRECT_BYTES = 0x400;
const PACKED = 2;
/** CSW and those behind it, of an access port of ADIv6. */
const REGISTERS = 0xd00;

/** What an access port was told; undefined before anything was. */
export interface Told {
  readonly csw: number | undefined;
  readonly tar: number | undefined;
  /** Where TAR stood before it moved by itself. */
  readonly near?: number;
  /** TAR was told something that was not seen whole. */
  readonly anywhere?: true;
}

export const NOTHING_TOLD: Told = { csw: undefined, tar: undefined };

/** Where words of data go: the first address, how many bytes each of them writes, and how far the next one is. */
export interface Data {
  readonly address: number;
  readonly bytes: number;
  readonly step: number;
}

/** Data for an address that nobody knows. */
export const NOWHERE: Data = { address: 0, bytes: WORD, step: 0 };

export interface Access {
  readonly ap: ApPlace;
  /** Of the register, as one of ADIv5 has it; direct access registers of ADIv6 stand before those. */
  readonly offset: number;
  readonly words: number;
  /** Of the first word, where whoever made the access knows it. */
  readonly address?: number | undefined;
}

/** Of CSW.Size: 64 bits, as two words one after the other through DRW. */
const WIDE = 3;

/** Undefined for a register that is not a door to memory. `base`: of the registers that ADIv5 has. */
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
  // Of a wider access each word is a part, at an address that TAR does not tell.
  if (known === undefined && size !== undefined && size >= SIZES.length) return NOWHERE;
  const mode = csw === undefined ? undefined : field(CSW, "AddrInc", csw);
  const isWhole = csw === undefined || isBanked || mode === PACKED;
  const bytes = isWhole ? WORD : (SIZES[size ?? 2] ?? WORD);
  const counts = mode === undefined ? words > 1 || known === undefined : mode !== 0 || size === WIDE;
  return { address: address >>> 0, bytes, step: counts && !isBanked ? bytes : 0 };
}

/** A register of which only some bytes were written holds what nobody knows. */
export function toldInPart(told: Told, offset: number): Told {
  if (offset === CSW.address) return { ...told, csw: undefined };
  return offset === TAR.address ? anywhere(told) : told;
}

/** By another way than the one that is looked at. */
export function anywhere({ csw }: Told): Told {
  return { csw, tar: undefined, anywhere: true };
}

/** What the port holds behind an access to a register of it. */
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

/** It counts on, wraps at some address, and stays where an access fails: who needs to know asks. */
export function moved(told: Told): Told {
  const { csw, tar, near = tar } = told;
  if (told.anywhere === true) return told;
  return { csw, tar: undefined, ...(near === undefined ? {} : { near: tar ?? near }) };
}

/** Whether a register of an access port that stands in memory may be at this place of its 4 KiB. */
export function mayBeRegister(place: number): boolean {
  return place < DIRECT_BYTES || (place >= REGISTERS && place < REGISTERS + BD0 + 4 * WORD);
}

/** CSW or TAR of it: from here on it may be one. */
export function tellsAddress(place: number): boolean {
  return place === REGISTERS + CSW.address || place === REGISTERS + TAR.address;
}

/**
 * A write as the words that it changes: the value stands in the byte lanes of its address already. What is packed begins at any
 * byte, and goes on in the next word.
 */
export function wordsAt(address: number, value: number, bytes: number): readonly WrittenWord[] {
  const into = address % WORD;
  const first = { address: address - into, value: value >>> 0 };
  if (bytes < WORD) return [{ ...first, written: ((2 ** (8 * bytes) - 1) << (8 * into)) >>> 0 }];
  const whole = { ...first, written: 0xffff_ffff };
  return into === 0 ? [whole] : [whole, { ...whole, address: whole.address + WORD }];
}
