/**
 * Does loads and stores of the core: plain memories directly, the rest through the bus, with alignment rules
 * and code watching. Knows nothing of instructions.
 */
import type { FaultTrap } from "./fault-trap.ts";
import type { PlainMemory, ThumbBus } from "./port.ts";

class MappedMemory {
  readonly base: number;
  readonly size: number;
  readonly view: DataView;
  readonly writable: boolean;
  /** There is one flag for each halfword from which code was decoded, but only if the core can write there. */
  readonly code: Uint8Array;

  constructor({ base, bytes, writable }: PlainMemory) {
    this.base = base >>> 0;
    this.size = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.writable = writable;
    this.code = new Uint8Array(writable ? (bytes.length >>> 1) + 2 : 0);
  }
}

const NOWHERE = new MappedMemory({ base: 0, bytes: new Uint8Array(0), writable: false });

/**
 * Addresses come as int32 or unsigned; values go out as the architecture's zero-extended bytes and halfwords,
 * or as int32.
 */
export class Memory {
  readonly bus: ThumbBus;
  readonly #trap: FaultTrap;
  #memories: readonly MappedMemory[] = [];
  /** The latest hits, one for loads and one for stores: code and data usually live apart. */
  #loads = NOWHERE;
  #stores = NOWHERE;
  /** It is 0 if unaligned words and halfwords are split, and all ones if they trap. */
  alignment = 0;
  /** It is called with (address, length) after a store into decoded code. */
  changed: (address: number, length: number) => void = () => undefined;

  constructor(bus: ThumbBus, trap: FaultTrap) {
    this.bus = bus;
    this.#trap = trap;
  }

  map(memories: readonly PlainMemory[]): void {
    this.#memories = memories.map((memory) => new MappedMemory(memory));
    this.#loads = NOWHERE;
    this.#stores = NOWHERE;
  }

  /** Returns the plain memory that holds all of these bytes. */
  find(address: number, length: number): MappedMemory | undefined {
    for (const memory of this.#memories) {
      if (((address - memory.base) >>> 0) + length <= memory.size) return memory;
    }
    return undefined;
  }

  /** Marks bytes as decoded; returns false if they are not plain memory and must be fetched each time. */
  watch(address: number, length: number): boolean {
    const memory = this.find(address, length);
    if (memory === undefined) return false;
    const offset = (address - memory.base) >>> 0;
    memory.code.fill(1, offset >>> 1, (offset + length + 1) >>> 1);
    return true;
  }

  /** Says that nothing decoded is left of these bytes. */
  unwatch(address: number, length: number): void {
    const memory = this.find(address, length);
    if (memory === undefined) return;
    const offset = (address - memory.base) >>> 0;
    memory.code.fill(0, offset >>> 1, (offset + length + 1) >>> 1);
  }

  load8(address: number): number {
    const memory = this.#loads;
    const offset = (address - memory.base) >>> 0;
    if (offset < memory.size) return memory.view.getUint8(offset);
    const other = this.#findLoad(address, 1);
    if (other !== undefined) return other.view.getUint8((address - other.base) >>> 0);
    return this.#checked(this.bus.read8(address >>> 0) & 0xff, "bus-read", address);
  }

  load16(address: number): number {
    const memory = this.#loads;
    const offset = (address - memory.base) >>> 0;
    if (offset + 1 < memory.size && (address & 1) === 0) return memory.view.getUint16(offset, true);
    if ((address & 1) !== 0) return this.#unalignedLoad(address, 2);
    const other = this.#findLoad(address, 2);
    if (other !== undefined) return other.view.getUint16((address - other.base) >>> 0, true);
    return this.#checked(this.bus.read16(address >>> 0) & 0xffff, "bus-read", address);
  }

  load32(address: number): number {
    const memory = this.#loads;
    const offset = (address - memory.base) >>> 0;
    if (offset + 3 < memory.size && (address & 3) === 0) return memory.view.getInt32(offset, true);
    if ((address & 3) !== 0) return this.#unalignedLoad(address, 4);
    const other = this.#findLoad(address, 4);
    if (other !== undefined) return other.view.getInt32((address - other.base) >>> 0, true);
    return this.#checked(this.bus.read32(address >>> 0) | 0, "bus-read", address);
  }

  store8(address: number, value: number): void {
    const memory = this.#storeFor(address, 1);
    if (memory === undefined) {
      this.bus.write8(address >>> 0, value & 0xff);
      this.#checked(0, "bus-write", address);
      return;
    }
    const offset = (address - memory.base) >>> 0;
    memory.view.setUint8(offset, value);
    if (memory.code[offset >>> 1] !== 0) this.changed(address, 1);
  }

  store16(address: number, value: number): void {
    if ((address & 1) !== 0) {
      this.#unalignedStore(address, value, 2);
      return;
    }
    const memory = this.#storeFor(address, 2);
    if (memory === undefined) {
      this.bus.write16(address >>> 0, value & 0xffff);
      this.#checked(0, "bus-write", address);
      return;
    }
    const offset = (address - memory.base) >>> 0;
    memory.view.setUint16(offset, value, true);
    if (memory.code[offset >>> 1] !== 0) this.changed(address, 2);
  }

  store32(address: number, value: number): void {
    if ((address & 3) !== 0) {
      this.#unalignedStore(address, value, 4);
      return;
    }
    const memory = this.#storeFor(address, 4);
    if (memory === undefined) {
      this.bus.write32(address >>> 0, value >>> 0);
      this.#checked(0, "bus-write", address);
      return;
    }
    const offset = (address - memory.base) >>> 0;
    memory.view.setInt32(offset, value, true);
    if (memory.code[offset >>> 1] !== 0 || memory.code[(offset >>> 1) + 1] !== 0) this.changed(address, 4);
  }

  /** Checks accesses that must be aligned whatever CCR says: multiples, doublewords, exclusives, stacking. */
  align(address: number, size: number): void {
    if ((address & (size - 1)) !== 0) this.#trap.raise("unaligned", address);
  }

  /** Returns an instruction's halfword, or -1 if the fetch fails. */
  fetch(address: number): number {
    const memory = this.find(address, 2);
    if (memory !== undefined) return memory.view.getUint16((address - memory.base) >>> 0, true);
    const value = this.bus.fetch16(address >>> 0) & 0xffff;
    if (!this.bus.failed) return value;
    this.bus.failed = false;
    return -1;
  }

  #findLoad(address: number, length: number): MappedMemory | undefined {
    const found = this.find(address, length);
    if (found !== undefined) this.#loads = found;
    return found;
  }

  #storeFor(address: number, length: number): MappedMemory | undefined {
    const memory = this.#stores;
    if (((address - memory.base) >>> 0) + length <= memory.size) return memory;
    const found = this.find(address, length);
    if (found?.writable !== true) return undefined;
    this.#stores = found;
    return found;
  }

  #checked(value: number, kind: "bus-read" | "bus-write", address: number): number {
    if (!this.bus.failed) return value;
    this.bus.failed = false;
    return this.#trap.raise(kind, address);
  }

  /** The access is split into bytes, as the architecture allows for accesses that are not single-copy atomic. */
  #unalignedLoad(address: number, size: number): number {
    if (this.alignment !== 0) this.#trap.raise("unaligned", address);
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.load8((address + i) | 0) << (8 * i);
    return value;
  }

  #unalignedStore(address: number, value: number, size: number): void {
    if (this.alignment !== 0) this.#trap.raise("unaligned", address);
    for (let i = 0; i < size; i++) this.store8((address + i) | 0, value >>> (8 * i));
  }
}
