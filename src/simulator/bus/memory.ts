/**
 * Holds RAM and flash as bytes, kept only for touched pages. Flash is read-only here: controllers do the
 * programming.
 */
import type { Device, ResetKind, Size } from "./device.ts";

/** Memories up to this size are stored in one piece, so that a core can use them without the bus. */
const ONE_PIECE = 0x100_0000;
const PAGE = 0x1_0000;

export interface MemorySettings {
  readonly size: number;
  readonly writable: boolean;
  /** The value that an empty memory reads: 0xFF for flash. */
  readonly fill: number;
  /** True if it loses its content with power. */
  readonly volatile: boolean;
}

/** Takes the writes of cores and debuggers instead of the memory. */
export type WriteHandler = (offset: number, size: Size, value: number) => "error" | undefined;

export class Memory implements Device {
  readonly #settings: MemorySettings;
  readonly #pageSize: number;
  readonly #pages = new Map<number, DataView>();
  #page: DataView | undefined;
  #pageAt = -1;
  readonly #watchers: ((offset: number, length: number) => void)[] = [];
  readonly #remappers: (() => void)[] = [];
  #handler: WriteHandler | undefined;
  #unreadable = false;

  constructor(settings: MemorySettings) {
    this.#settings = settings;
    this.#pageSize = settings.size <= ONE_PIECE ? settings.size : PAGE;
  }

  get size(): number {
    return this.#settings.size;
  }

  /** Returns the value that an empty memory reads. */
  get fillByte(): number {
    return this.#settings.fill;
  }

  /** Returns true if something other than the fill may stand there. */
  touched(offset: number): boolean {
    return this.#pages.has(Math.floor(offset / this.#pageSize));
  }

  /** True if stores change it and do nothing else. */
  get writable(): boolean {
    return this.#settings.writable && this.#handler === undefined;
  }

  get unreadable(): boolean {
    return this.#unreadable;
  }

  /** Closes it as a read protection does; the model itself still reads it. */
  set unreadable(closed: boolean) {
    if (closed === this.#unreadable) return;
    this.#unreadable = closed;
    for (const remap of this.#remappers) remap();
  }

  /** Returns the memory itself, if it is small enough to be stored in one piece, and readable. */
  get bytes(): Uint8Array | undefined {
    if (this.#settings.size > ONE_PIECE || this.#unreadable) return undefined;
    const { buffer } = this.#pageOf(0);
    return new Uint8Array(buffer);
  }

  /**
   * Registers a watcher that keeps something made of the content; it hears each change that a core does not
   * make itself.
   */
  onChange(watcher: (offset: number, length: number) => void): void {
    this.#watchers.push(watcher);
  }

  /** Registers a caller that uses `bytes`; it hears when it may no longer use them, or may again. */
  onRemap(remap: () => void): void {
    this.#remappers.push(remap);
  }

  /** Hands writes to a flash controller, which decides what they mean. */
  handleWrites(handler: WriteHandler): void {
    this.#handler = handler;
  }

  still(): boolean {
    return true;
  }

  /** Accesses are aligned, so none crosses a page. */
  read(offset: number, size: Size): number {
    const page = this.#pageOf(offset);
    const at = offset % this.#pageSize;
    if (size === 4) return page.getUint32(at, true);
    return size === 2 ? page.getUint16(at, true) : page.getUint8(at);
  }

  write(offset: number, size: Size, value: number): "error" | undefined {
    if (this.#handler !== undefined) return this.#handler(offset, size, value);
    if (!this.#settings.writable) return "error";
    this.put(offset, size, value);
    return undefined;
  }

  /** Changes the content, without regard to write protection. */
  put(offset: number, size: Size, value: number): void {
    const page = this.#pageOf(offset);
    const at = offset % this.#pageSize;
    if (size === 4) page.setUint32(at, value, true);
    else if (size === 2) page.setUint16(at, value, true);
    else page.setUint8(at, value);
    this.#tell(offset, size);
  }

  reset(kind: ResetKind): void {
    if (kind !== "power" || !this.#settings.volatile) return;
    for (const page of this.#pages.values()) new Uint8Array(page.buffer).fill(this.#settings.fill);
    this.#tell(0, this.#settings.size);
  }

  /** Puts content there as a programmer would, even into flash. */
  load(offset: number, bytes: Uint8Array): void {
    this.#eachPiece(offset, bytes.length, (piece, at) => {
      piece.set(bytes.subarray(at, at + piece.length));
    });
    this.#tell(offset, bytes.length);
  }

  /** Puts the same byte everywhere in a range, as an erase does. */
  fill(offset: number, length: number, byte: number): void {
    this.#eachPiece(offset, length, (piece) => {
      piece.fill(byte);
    });
    this.#tell(offset, length);
  }

  /** Returns a copy of the content. */
  dump(offset: number, length: number): Uint8Array {
    const copy = new Uint8Array(length);
    this.#eachPiece(offset, length, (piece, at) => {
      copy.set(piece, at);
    });
    return copy;
  }

  /** Visits the parts of a range that are in one page each, with their place in the range. */
  #eachPiece(offset: number, length: number, work: (piece: Uint8Array, at: number) => void): void {
    for (let at = 0; at < length;) {
      const inPage = (offset + at) % this.#pageSize;
      const size = Math.min(length - at, this.#pageSize - inPage);
      work(new Uint8Array(this.#pageOf(offset + at).buffer, inPage, size), at);
      at += size;
    }
  }

  #tell(offset: number, length: number): void {
    for (const watcher of this.#watchers) watcher(offset, length);
  }

  #pageOf(offset: number): DataView {
    const at = Math.floor(offset / this.#pageSize);
    if (this.#page !== undefined && at === this.#pageAt) return this.#page;
    let page = this.#pages.get(at);
    if (page === undefined) {
      page = new DataView(new Uint8Array(this.#pageSize).fill(this.#settings.fill).buffer);
      this.#pages.set(at, page);
    }
    this.#page = page;
    this.#pageAt = at;
    return page;
  }
}

/** Turns words into little-endian bytes. */
export function bytesOf(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => {
    view.setUint32(at * 4, word, true);
  });
  return new Uint8Array(view.buffer);
}
