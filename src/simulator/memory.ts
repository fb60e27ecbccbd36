/** RAM and flash as bytes. Flash is read-only here; programming it is a flash controller's business. */
import type { Device, ResetKind, Size } from "./device.ts";

export class Memory implements Device {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #writable: boolean;
  readonly #fill: number;
  readonly #volatile: boolean;

  constructor(memory: {
    readonly size: number;
    readonly writable: boolean;
    /** What an empty memory reads: 0xFF for flash. */
    readonly fill: number;
    readonly volatile: boolean;
  }) {
    this.bytes = new Uint8Array(memory.size).fill(memory.fill);
    this.#view = new DataView(this.bytes.buffer);
    this.#writable = memory.writable;
    this.#fill = memory.fill;
    this.#volatile = memory.volatile;
  }

  read(offset: number, size: Size): number {
    if (size === 4) return this.#view.getUint32(offset, true);
    return size === 2 ? this.#view.getUint16(offset, true) : this.#view.getUint8(offset);
  }

  write(offset: number, size: Size, value: number): "error" | undefined {
    if (!this.#writable) return "error";
    if (size === 4) this.#view.setUint32(offset, value, true);
    else if (size === 2) this.#view.setUint16(offset, value, true);
    else this.#view.setUint8(offset, value);
    return undefined;
  }

  /** Only power loss empties RAM. */
  reset(kind: ResetKind): void {
    if (kind === "power" && this.#volatile) this.bytes.fill(this.#fill);
  }

  /** Puts content there as a programmer would; words are little-endian. */
  load(offset: number, words: readonly number[]): void {
    words.forEach((word, at) => {
      this.#view.setUint32(offset + 4 * at, word, true);
    });
  }
}
