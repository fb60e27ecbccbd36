/** Memory as the API shows it: values of 8 to 64 bits, blocks, any alignment. Which access port they go through is the heir's. */
import type { MemAp } from "../coresight/adi/mem-ap.ts";
import { hex32 } from "../lib/hex.ts";
import { badArgument, memoryAddress, oneOf, unsigned, unsigned64 } from "./arguments.ts";

/** Bits of one access. */
export type AccessSize = 8 | 16 | 32;

const SIZES: readonly AccessSize[] = [8, 16, 32];
const SIZE_IS = "bits of one access (read64 and write64 are for 64)";

/** What a target, a core and a memory access port have in common. Addresses and sizes are in bytes, values unsigned. */
export interface MemoryInterface {
  /** One value. An address that is no multiple of the size is read in parts. */
  readMemory(address: number, bits?: AccessSize): Promise<number>;
  writeMemory(address: number, value: number, bits?: AccessSize): Promise<void>;
  read8(address: number): Promise<number>;
  read16(address: number): Promise<number>;
  read32(address: number): Promise<number>;
  /** Little-endian, the lower word first. */
  read64(address: number): Promise<bigint>;
  write8(address: number, value: number): Promise<void>;
  write16(address: number, value: number): Promise<void>;
  write32(address: number, value: number): Promise<void>;
  write64(address: number, value: bigint): Promise<void>;
  /** Any range; words where it is aligned, smaller accesses at its ends. */
  readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array>;
  writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void>;
  /** Whole words from an address that is a multiple of 4. */
  readMemoryBlock32(address: number, words: number): Promise<Uint32Array>;
  writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void>;
}

export interface Overlay {
  /** Puts into the bytes, which were read from the address, what counts there. */
  uncover(address: number, bytes: Uint8Array): void;
  /** The bytes to write there in place of these. */
  cover(address: number, bytes: Uint8Array): Uint8Array;
}

export abstract class MemoryAccess implements MemoryInterface {
  /** Something with the memory, once the debug port in front of it hears; nothing else comes between. */
  protected abstract inMemory<T>(work: (memory: MemAp) => Promise<T>): Promise<T>;

  /** What its users see in place of what is there: the code below software breakpoints. */
  protected get overlay(): Overlay | undefined {
    return undefined;
  }

  async readMemory(address: number, bits: AccessSize = 32): Promise<number> {
    const size = oneOf(bits, SIZES, SIZE_IS);
    const checked = memoryAddress(address);
    return this.inMemory(async (memory) => {
      const bytes = bytesOf(await memory.read(checked, size), size);
      this.overlay?.uncover(checked, bytes);
      return valueOf(bytes, size);
    });
  }

  async writeMemory(address: number, value: number, bits: AccessSize = 32): Promise<void> {
    const size = oneOf(bits, SIZES, SIZE_IS);
    const checked = unsigned(value, size, `value for ${hex32(memoryAddress(address))}`);
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
    const checked = unsigned64(value, `value for ${hex32(memoryAddress(address))}`);
    new DataView(bytes.buffer).setBigUint64(0, checked, true);
    await this.writeMemoryBlock8(address, bytes);
  }

  async readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array> {
    range(address, bytes);
    return this.inMemory(async (memory) => {
      const read = await memory.readBytes(address, bytes);
      this.overlay?.uncover(address, read);
      return read;
    });
  }

  async writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void> {
    range(address, lengthOf(data));
    const bytes = data instanceof Uint8Array ? data : Uint8Array.from(checked(data, 8));
    await this.inMemory((memory) => memory.writeBytes(address, this.#covered(address, bytes)));
  }

  async readMemoryBlock32(address: number, words: number): Promise<Uint32Array> {
    range(address, 4 * words);
    return this.inMemory(async (memory) => {
      const read = await memory.readWords(address, words);
      this.overlay?.uncover(address, new Uint8Array(read.buffer, read.byteOffset, read.byteLength));
      return read;
    });
  }

  async writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void> {
    range(address, 4 * lengthOf(data));
    const words = data instanceof Uint32Array ? data : Uint32Array.from(checked(data, 32));
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    await this.inMemory((memory) => memory.writeWords(address, wordsOf(this.#covered(address, bytes))));
  }

  #covered(address: number, bytes: Uint8Array): Uint8Array {
    return this.overlay?.cover(address, bytes) ?? bytes;
  }
}

/** Little-endian. */
function bytesOf(value: number, size: AccessSize): Uint8Array {
  return Uint8Array.from({ length: size / 8 }, (_, byte) => value >>> (8 * byte));
}

function valueOf(bytes: Uint8Array, size: AccessSize): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return size === 32 ? view.getUint32(0, true) : size === 16 ? view.getUint16(0, true) : view.getUint8(0);
}

function lengthOf(data: Uint8Array | Uint32Array | readonly number[]): number {
  if (Array.isArray(data) || ArrayBuffer.isView(data)) return data.length;
  throw badArgument("the data of a block is an array of numbers");
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function checked(data: readonly number[], bits: number): readonly number[] {
  return data.map((value, at) => unsigned(value, bits, `value ${at} of the block`));
}

/** The range must end inside of the 32-bit space. */
function range(address: number, bytes: number): void {
  memoryAddress(address);
  if (Number.isInteger(bytes) && bytes >= 0 && address + bytes <= 2 ** 32) return;
  throw badArgument(`a block of ${String(bytes)} bytes at ${hex32(address)} does not fit the 32-bit space`);
}
