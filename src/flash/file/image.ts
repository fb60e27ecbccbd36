/** What is to be programmed: bytes at addresses, from any number of files, without overlaps. Knows no flash. */
import { hex, hex32 } from "../../lib/hex.ts";
import type { Chunk } from "./chunk.ts";
import { FlashFailure } from "../faults.ts";
import { agree, plural } from "../../lib/plural.ts";

export interface ImagePart {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** The file, for messages. */
  readonly from: string;
  /** The pieces that it was made of, with their places in the file. */
  readonly pieces?: readonly Chunk[];
}

export class FlashImage {
  /** Sorted by address. */
  readonly #parts: ImagePart[] = [];
  readonly #notes: string[] = [];

  /** What was left out of the files or could not be judged. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Adds a sentence to `notes`. */
  note(text: string): void {
    this.#notes.push(text);
  }

  get parts(): readonly ImagePart[] {
    return this.#parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Adds bytes. Throws `overlap` if something else is there already. */
  add(address: number, bytes: Uint8Array, from: string, pieces?: readonly Chunk[]): void {
    if (bytes.length === 0) return;
    const end = address + bytes.length;
    if (end > 0x1_0000_0000) {
      throw new FlashFailure(
        { kind: "bad-image", file: from, reason: "it ends beyond the 32-bit address space" },
        `${from}: ${plural(bytes.length, "byte")} at ${hex(address, 8)} ${agree(bytes.length, "ends", "end")} beyond the 32-bit address space`,
      );
    }
    const added: ImagePart = { address, bytes, from, ...(pieces === undefined ? {} : { pieces }) };
    const at = this.#behind(address);
    const other = this.#parts[at];
    if (other !== undefined && other.address < end) throw overlapOf(other, added);
    this.#parts.splice(at, 0, added);
  }

  /** Returns the bytes of the image in a range, as offsets from `address`; empty if it has none. */
  within(address: number, size: number): readonly { readonly offset: number; readonly bytes: Uint8Array }[] {
    const found: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
    for (let at = this.#behind(address); ; at++) {
      const part = this.#parts[at];
      if (part === undefined || part.address >= address + size) return found;
      const start = Math.max(address, part.address);
      const end = Math.min(address + size, part.address + part.bytes.length);
      const bytes = part.bytes.subarray(start - part.address, end - part.address);
      found.push({ offset: start - address, bytes });
    }
  }

  /** Finds the first part that ends beyond an address. Halves the list, for files may have tens of thousands of parts. */
  #behind(address: number): number {
    let [low, high] = [0, this.#parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const part = this.#parts[middle];
      if (part !== undefined && part.address + part.bytes.length <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function overlapOf(one: ImagePart, two: ImagePart): FlashFailure {
  const address = Math.max(one.address, two.address);
  const size = Math.min(one.address + one.bytes.length, two.address + two.bytes.length) - address;
  const same = [...contentOf(one, address, size)].every(
    (byte, at) => byte === two.bytes[address - two.address + at],
  );
  const between = [placeOf(one, address), placeOf(two, address)] as const;
  return new FlashFailure(
    { kind: "overlap", address, size, between, same },
    `${between[0]} and ${between[1]} both have ${plural(size, "byte")} at ${hex32(address)}, ${same ? "the same ones" : "which differ"}`,
  );
}

function contentOf({ address, bytes }: ImagePart, start: number, size: number): Uint8Array {
  return bytes.subarray(start - address, start - address + size);
}

/** Names the record, block or segment that says what is at an address. */
function placeOf({ from, pieces = [] }: ImagePart, at: number): string {
  const piece = pieces.find(({ address, bytes }) => address <= at && at < address + bytes.length);
  return `${from}${piece?.where ?? ""}`;
}
