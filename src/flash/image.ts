/** What is to be programmed: bytes at addresses, from any number of files, without overlaps. Knows no flash. */
import { hex, hex32 } from "../lib/hex.ts";
import { FlashFailure } from "./faults.ts";

export interface ImagePart {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** The file, for messages. */
  readonly from: string;
}

export class FlashImage {
  /** By address. */
  #parts: ImagePart[] = [];

  get parts(): readonly ImagePart[] {
    return this.#parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Throws `overlap` where something else is there already. */
  add(address: number, bytes: Uint8Array, from: string): void {
    if (bytes.length === 0) return;
    const end = address + bytes.length;
    if (end > 0x1_0000_0000) {
      throw new FlashFailure(
        { kind: "bad-image", file: from, reason: "it ends behind the 32-bit address space" },
        `${from}: ${bytes.length} bytes at ${hex(address, 8)} end behind the 32-bit address space`,
      );
    }
    const other = this.#parts.find(
      (part) => part.address < end && address < part.address + part.bytes.length,
    );
    if (other !== undefined) {
      const start = Math.max(address, other.address);
      const size = Math.min(end, other.address + other.bytes.length) - start;
      throw new FlashFailure(
        { kind: "overlap", address: start, size },
        from === other.from
          ? `${from} has ${size} bytes at ${hex32(start)} twice`
          : `${from} and ${other.from} both have ${size} bytes at ${hex32(start)}`,
      );
    }
    this.#parts = [...this.#parts, { address, bytes, from }].sort((one, two) => one.address - two.address);
  }

  /** Bytes of the image in a range, as offset from `address`; empty where it has none. */
  within(address: number, size: number): readonly { readonly offset: number; readonly bytes: Uint8Array }[] {
    return this.#parts.flatMap((part) => {
      const start = Math.max(address, part.address);
      const end = Math.min(address + size, part.address + part.bytes.length);
      if (start >= end) return [];
      return [
        { offset: start - address, bytes: part.bytes.subarray(start - part.address, end - part.address) },
      ];
    });
  }
}
