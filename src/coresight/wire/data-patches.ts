/**
 * Known errors in a target's answers, and the right values (wire rule 27). Knows registers and memory by their
 * places; reads nothing, and knows no pack.
 */
import { apName, placeKey, type ApPlace } from "../ap-place.ts";
import { hex, hex32 } from "../../lib/hex.ts";

export interface DataPatch {
  readonly space: "DP" | "AP" | "Mem";
  readonly dp: number;
  /** The access port, for AP and Mem. */
  readonly ap?: ApPlace;
  readonly address: number;
  readonly value: bigint;
  /** The bits that are replaced. All ones, of 32 or 64 bits, mean the whole value. */
  readonly mask: bigint;
}

/** The patch of a read step: the bits to replace in each of the words that it reads. */
export interface ReadPatch {
  /** Names the place for people: `AP 0 register 0xF8`, `0xE00FF000 (AP 0)`. */
  place(index: number): string;
  bits(index: number): WordBits | undefined;
}

export interface WordBits {
  readonly mask: number;
  readonly value: number;
}

const ALL = [0xffff_ffffn, 0xffff_ffff_ffff_ffffn];

export class DataPatches {
  /** Ordered by space and port, then by the address of a word. */
  readonly #words = new Map<string, Map<number, WordBits>>();

  constructor(patches: readonly DataPatch[]) {
    for (const patch of patches) this.#add(patch);
  }

  ofDp(dp: number, address: number): ReadPatch | undefined {
    return this.#find(keyOf("DP", dp), () => address, `DP register ${hex(address)}`, 1);
  }

  ofAp(dp: number, ap: ApPlace, offset: number, words: number): ReadPatch | undefined {
    return this.#find(keyOf("AP", dp, ap), () => offset, `${apName(ap)} register ${hex(offset, 2)}`, words);
  }

  /** Returns the patch of a block of words that begins at an address of memory. */
  ofMemory(dp: number, ap: ApPlace, address: number, words: number): ReadPatch | undefined {
    const first = (address & ~3) >>> 0;
    return this.#find(keyOf("Mem", dp, ap), (index) => first + 4 * index, undefined, words);
  }

  #find(
    key: string,
    addressOf: (index: number) => number,
    place: string | undefined,
    words: number,
  ): ReadPatch | undefined {
    const known = this.#words.get(key);
    if (known === undefined) return undefined;
    const touched = Array.from({ length: words }, (_, index) => index).some((index) =>
      known.has(addressOf(index)),
    );
    if (!touched) return undefined;
    return {
      place: (index) => place ?? hex32(addressOf(index)),
      bits: (index) => known.get(addressOf(index)),
    };
  }

  /** Adds byte by byte, for the address need not be that of a word. */
  #add({ space, dp, ap, address, value, mask }: DataPatch): void {
    const whole = ALL.includes(mask);
    const bytes = value > 0xffff_ffffn || (!whole && mask > 0xffff_ffffn) ? 8 : 4;
    const key = keyOf(space, dp, space === "DP" ? undefined : ap);
    const words = this.#words.get(key) ?? new Map<number, WordBits>();
    this.#words.set(key, words);
    for (let byte = 0; byte < bytes; byte++) {
      const at = address + byte;
      const shift = 8 * (at & 3);
      const byteOf = (from: bigint): number => (Number((from >> BigInt(8 * byte)) & 0xffn) << shift) >>> 0;
      const bits = whole ? (0xff << shift) >>> 0 : byteOf(mask);
      const before = words.get(at - (at & 3)) ?? { mask: 0, value: 0 };
      words.set(at - (at & 3), {
        mask: (before.mask | bits) >>> 0,
        value: ((before.value & ~bits) | (byteOf(value) & bits)) >>> 0,
      });
    }
  }
}

function keyOf(space: DataPatch["space"], dp: number, ap?: ApPlace): string {
  return `${space} ${dp} ${ap === undefined ? "" : placeKey(ap)}`;
}

export function patched(word: number, { mask, value }: WordBits): number {
  return ((word & ~mask) | value) >>> 0;
}
