/** RAM and flash as bytes, kept only where they were touched. Flash is read-only here: programming is a controller's business. */
import type { Device, ResetKind, Size } from "./device.ts";

const PAGE = 0x1_0000;

export interface MemorySettings {
  readonly size: number;
  readonly writable: boolean;
  /** What an empty memory reads: 0xFF for flash. */
  readonly fill: number;
  /** Loses its content with power. */
  readonly volatile: boolean;
}

export class Memory implements Device {
  readonly #settings: MemorySettings;
  readonly #pages = new Map<number, DataView>();
  #page: DataView | undefined;
  #pageAt = -1;

  constructor(settings: MemorySettings) {
    this.#settings = settings;
  }

  /** Accesses are aligned, so none crosses a page. */
  read(offset: number, size: Size): number {
    const page = this.#pageOf(offset);
    const at = offset % PAGE;
    if (size === 4) return page.getUint32(at, true);
    return size === 2 ? page.getUint16(at, true) : page.getUint8(at);
  }

  write(offset: number, size: Size, value: number): "error" | undefined {
    if (!this.#settings.writable) return "error";
    const page = this.#pageOf(offset);
    const at = offset % PAGE;
    if (size === 4) page.setUint32(at, value, true);
    else if (size === 2) page.setUint16(at, value, true);
    else page.setUint8(at, value);
    return undefined;
  }

  reset(kind: ResetKind): void {
    if (kind !== "power" || !this.#settings.volatile) return;
    this.#pages.clear();
    this.#page = undefined;
    this.#pageAt = -1;
  }

  /** Puts content there as a programmer would, also into flash. */
  load(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, at) => {
      this.#pageOf(offset + at).setUint8((offset + at) % PAGE, byte);
    });
  }

  /** A copy of what stands there. */
  dump(offset: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, at) => this.read(offset + at, 1));
  }

  #pageOf(offset: number): DataView {
    const at = Math.floor(offset / PAGE);
    if (this.#page !== undefined && at === this.#pageAt) return this.#page;
    let page = this.#pages.get(at);
    if (page === undefined) {
      page = new DataView(new Uint8Array(PAGE).fill(this.#settings.fill).buffer);
      this.#pages.set(at, page);
    }
    this.#page = page;
    this.#pageAt = at;
    return page;
  }
}

/** Words as little-endian bytes. */
export function bytesOf(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => {
    view.setUint32(at * 4, word, true);
  });
  return new Uint8Array(view.buffer);
}
