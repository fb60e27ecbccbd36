/** Memory as the API shows it: values of 8 to 64 bits, blocks, any alignment. Which access port they go through is the heir's. */
import type { MemAp } from "../coresight/mem-ap.ts";
import { hex32 } from "../lib/hex.ts";
import { badArgument, memoryAddress, unsigned, unsigned64 } from "./arguments.ts";

/** Bits of one access. */
export type AccessSize = 8 | 16 | 32;

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

export abstract class MemoryAccess implements MemoryInterface {
  /** The memory, once the debug port in front of it hears. */
  protected abstract memory(): Promise<MemAp>;

  async readMemory(address: number, bits: AccessSize = 32): Promise<number> {
    return (await this.memory()).read(memoryAddress(address), bits);
  }

  async writeMemory(address: number, value: number, bits: AccessSize = 32): Promise<void> {
    const checked = unsigned(value, bits, `value for ${hex32(memoryAddress(address))}`);
    await (await this.memory()).write(address, bits, checked);
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
    new DataView(bytes.buffer).setBigUint64(0, unsigned64(value, `value for ${hex32(address)}`), true);
    await this.writeMemoryBlock8(address, bytes);
  }

  async readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array> {
    range(address, bytes);
    return (await this.memory()).readBytes(address, bytes);
  }

  async writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void> {
    range(address, data.length);
    const bytes = data instanceof Uint8Array ? data : Uint8Array.from(checked(data, 8));
    await (await this.memory()).writeBytes(address, bytes);
  }

  async readMemoryBlock32(address: number, words: number): Promise<Uint32Array> {
    range(address, 4 * words);
    return (await this.memory()).readWords(address, words);
  }

  async writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void> {
    range(address, 4 * data.length);
    const words = data instanceof Uint32Array ? data : Uint32Array.from(checked(data, 32));
    await (await this.memory()).writeWords(address, words);
  }
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
