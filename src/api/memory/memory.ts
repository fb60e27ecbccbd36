/** Memory as the API shows it: values of 8 to 64 bits, blocks, any alignment. A derived class chooses the access port. */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { hex32 } from "../../lib/hex.ts";
import {
  badArgument,
  bytes,
  call,
  count,
  memoryAddress,
  oneOf,
  unsigned,
  unsigned64,
  words,
} from "../arguments.ts";

/** The bits of one access. */
export type AccessSize = 8 | 16 | 32;

const SIZES: readonly AccessSize[] = [8, 16, 32];

const READ = call({ address: memoryAddress, bits: oneOf(SIZES) });
const WRITE = {
  8: call({ value: unsigned(8) }),
  16: call({ value: unsigned(16) }),
  32: call({ value: unsigned(32) }),
};
const WRITE64 = call({ address: memoryAddress, value: unsigned64 });
const BLOCK = call({ address: memoryAddress, count: count(0) });
const WRITE_BLOCK8 = call({ address: memoryAddress, data: bytes });
const WRITE_BLOCK32 = call({ address: memoryAddress, data: words });

/** What a target, a core and a memory access port have in common. Addresses and sizes are in bytes, values unsigned. */
export interface MemoryInterface {
  /** Reads one value. If the address is not a multiple of the size, it is read in parts. */
  readMemory(address: number, bits?: AccessSize): Promise<number>;
  writeMemory(address: number, value: number, bits?: AccessSize): Promise<void>;
  read8(address: number): Promise<number>;
  read16(address: number): Promise<number>;
  read32(address: number): Promise<number>;
  /** Reads 64 bits, little-endian, the lower word first. */
  read64(address: number): Promise<bigint>;
  write8(address: number, value: number): Promise<void>;
  write16(address: number, value: number): Promise<void>;
  write32(address: number, value: number): Promise<void>;
  write64(address: number, value: bigint): Promise<void>;
  /** Reads any range, by words if it is aligned and smaller accesses at its ends. */
  readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array>;
  writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void>;
  /** Reads whole words from an address that is a multiple of 4. */
  readMemoryBlock32(address: number, words: number): Promise<Uint32Array>;
  writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void>;
}

export interface Overlay {
  /** Replaces bytes that were read from the address by those that the user must see. */
  uncover(address: number, bytes: Uint8Array): void;
  /** Returns the bytes to write there instead of these. */
  cover(address: number, bytes: Uint8Array): Uint8Array;
}

export abstract class MemoryAccess implements MemoryInterface {
  /** Works with the memory, once the debug port in front of it is the selected one; other work waits. */
  protected abstract inMemory<T>(work: (memory: MemAp) => Promise<T>): Promise<T>;

  /** What users see instead of the real bytes: the code below software breakpoints. */
  protected get overlay(): Overlay | undefined {
    return undefined;
  }

  async readMemory(address: number, bits: AccessSize = 32): Promise<number> {
    const { address: checked, bits: size } = READ({ address, bits });
    return this.inMemory(async (memory) => {
      const bytes = bytesOf(await memory.read(checked, size), size);
      this.overlay?.uncover(checked, bytes);
      return valueOf(bytes, size);
    });
  }

  async writeMemory(address: number, value: number, bits: AccessSize = 32): Promise<void> {
    const { bits: size } = READ({ address, bits });
    const { value: checked } = WRITE[size]({ value });
    await this.inMemory((memory) =>
      memory.write(address, size, valueOf(this.#covered(address, bytesOf(checked, size)), size)),
    );
  }

  read8(address: number): Promise<number> {
    return this.readMemory(address, 8);
  }

  read16(address: number): Promise<number> {
    return this.readMemory(address, 16);
  }

  read32(address: number): Promise<number> {
    return this.readMemory(address, 32);
  }

  async read64(address: number): Promise<bigint> {
    const bytes = await this.readMemoryBlock8(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  write8(address: number, value: number): Promise<void> {
    return this.writeMemory(address, value, 8);
  }

  write16(address: number, value: number): Promise<void> {
    return this.writeMemory(address, value, 16);
  }

  write32(address: number, value: number): Promise<void> {
    return this.writeMemory(address, value, 32);
  }

  async write64(address: number, value: bigint): Promise<void> {
    const bytes = new Uint8Array(8);
    const { value: checked } = WRITE64({ address, value });
    new DataView(bytes.buffer).setBigUint64(0, checked, true);
    await this.writeMemoryBlock8(address, bytes);
  }

  async readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array> {
    range(BLOCK({ address, count: bytes }), 1);
    return this.inMemory(async (memory) => {
      const read = await memory.readBytes(address, bytes);
      this.overlay?.uncover(address, read);
      return read;
    });
  }

  async writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void> {
    const { data: bytes } = WRITE_BLOCK8({ address, data });
    range({ address, count: bytes.length }, 1);
    await this.inMemory((memory) => memory.writeBytes(address, this.#covered(address, bytes)));
  }

  async readMemoryBlock32(address: number, words: number): Promise<Uint32Array> {
    range(BLOCK({ address, count: words }), 4);
    return this.inMemory(async (memory) => {
      const read = await memory.readWords(address, words);
      this.overlay?.uncover(address, new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
      return read;
    });
  }

  async writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void> {
    const { data: words } = WRITE_BLOCK32({ address, data });
    range({ address, count: words.length }, 4);
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    await this.inMemory((memory) => memory.writeWords(address, wordsOf(this.#covered(address, bytes))));
  }

  #covered(address: number, bytes: Uint8Array): Uint8Array {
    return this.overlay?.cover(address, bytes) ?? bytes;
  }
}

/** Returns little-endian bytes. */
function bytesOf(value: number, size: AccessSize): Uint8Array {
  return Uint8Array.from({ length: size / 8 }, (_, byte) => value >>> (8 * byte));
}

function valueOf(bytes: Uint8Array, size: AccessSize): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return size === 32 ? view.getUint32(0, true) : size === 16 ? view.getUint16(0, true) : view.getUint8(0);
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** Checks the range, which must end inside of the 32-bit space. */
function range(block: { readonly address: number; readonly count: number }, each: number): void {
  const size = each * block.count;
  if (block.address + size <= 2 ** 32) return;
  throw badArgument(`${size} bytes from ${hex32(block.address)} on end beyond the 32-bit address space`);
}
