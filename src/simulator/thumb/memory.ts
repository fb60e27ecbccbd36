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
  /** Flags for each halfword, `DECODED` and `SEEN`. Only where the core can write. */
  readonly code: Uint8Array;

  constructor({ base, bytes, writable }: PlainMemory) {
    this.base = base >>> 0;
    this.size = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.writable = writable;
    this.code = new Uint8Array(writable ? (bytes.length >>> 1) + 2 : 0);
  }
}

/** Code was decoded from it. */
const DECODED = 1;
/** It is looked at. */
const SEEN = 2;

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
  /** Called with (address, length) before a store into decoded code. */
  changed: (address: number, length: number) => void = () => undefined;
  /** Called before a store that changes what is looked at; may end the instruction. */
  seen: () => void = () => undefined;

  constructor(bus: ThumbBus, trap: FaultTrap) {
    this.bus = bus;
    this.#trap = trap;
  }

  /** Has `seen` called before stores to these bytes, wherever they are mapped, or no longer. */
  look(bytes: Uint8Array, on: boolean): void {
    for (const { view, size, code } of this.#memories) {
      if (view.buffer !== bytes.buffer || code.length === 0) continue;
      const from = Math.max(0, bytes.byteOffset - view.byteOffset);
      const to = Math.min(size, bytes.byteOffset + bytes.length - view.byteOffset);
      if (from < to) mark(code, on ? SEEN : 0, { clear: SEEN, from, to });
    }
  }

  /** A store there changes these bytes alone, of which no code was made; those that are looked at stay as they are. */
  isPlainStore(address: number, { v, d }: { readonly v: number; readonly d: number }): boolean {
    const memory = this.find(address, 4);
    if (memory?.writable !== true) return false;
    const offset = (address - memory.base) >>> 0;
    const flags = (memory.code[offset >>> 1] ?? 0) | (memory.code[(offset >>> 1) + 1] ?? 0);
    if ((flags & DECODED) !== 0) return false;
    if ((flags & SEEN) !== 0 && (d !== 0 || memory.view.getInt32(offset, true) !== v)) return false;
    const place = memory.view.byteOffset + offset;
    return this.#memories.every(({ view, size }) => {
      const isElsewhere = view.buffer !== memory.view.buffer || place + 4 <= view.byteOffset;
      return view === memory.view || isElsewhere || place >= view.byteOffset + size;
    });
  }

  /** What stands in plain memory. */
  peek(address: number, size: 1 | 2 | 4): number | undefined {
    const memory = this.find(address, size);
    if (memory === undefined) return undefined;
    const offset = (address - memory.base) >>> 0;
    if (size === 4) return memory.view.getInt32(offset, true);
    return size === 2 ? memory.view.getUint16(offset, true) : memory.view.getUint8(offset);
  }

  /** Some of these bytes are looked at. */
  isLooked(address: number, length: number): boolean {
    for (let at = address; at < address + length; at += 2) {
      const memory = this.find(at, 2);
      if (memory !== undefined && ((memory.code[((at - memory.base) >>> 0) >>> 1] ?? 0) & SEEN) !== 0)
        return true;
    }
    return false;
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
    mark(memory.code, DECODED, { clear: 0, from: offset, to: offset + length });
    return true;
  }

  /** Says that nothing decoded is left of these bytes. */
  unwatch(address: number, length: number): void {
    const memory = this.find(address, length);
    if (memory === undefined) return;
    const offset = (address - memory.base) >>> 0;
    mark(memory.code, 0, { clear: DECODED, from: offset, to: offset + length });
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
    if (memory.code[offset >>> 1] !== 0) this.#storing(memory, { address, offset, length: 1, value });
    memory.view.setUint8(offset, value);
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
    if (memory.code[offset >>> 1] !== 0) this.#storing(memory, { address, offset, length: 2, value });
    memory.view.setUint16(offset, value, true);
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
    if (memory.code[offset >>> 1] !== 0 || memory.code[(offset >>> 1) + 1] !== 0)
      this.#storing(memory, { address, offset, length: 4, value });
    memory.view.setInt32(offset, value, true);
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

  #storing({ code, view }: MappedMemory, { address, offset, length, value }: Storing): void {
    const flags = (code[offset >>> 1] ?? 0) | (length === 4 ? (code[(offset >>> 1) + 1] ?? 0) : 0);
    if ((flags & SEEN) !== 0 && changes(view, { offset, length, value })) this.seen();
    if ((flags & DECODED) !== 0) this.changed(address, length);
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

interface Storing {
  readonly address: number;
  readonly offset: number;
  readonly length: 1 | 2 | 4;
  readonly value: number;
}

function changes(view: DataView, { offset, length, value }: Omit<Storing, "address">): boolean {
  if (length === 4) return view.getInt32(offset, true) !== (value | 0);
  return length === 2
    ? view.getUint16(offset, true) !== (value & 0xffff)
    : view.getUint8(offset) !== (value & 0xff);
}

/** Sets and clears flags of the halfwords that bytes from one offset to another are in. */
function mark(
  code: Uint8Array,
  set: number,
  { clear, from, to }: { readonly clear: number; readonly from: number; readonly to: number },
): void {
  for (let at = from >>> 1; at < (to + 1) >>> 1 && at < code.length; at++)
    code[at] = ((code[at] ?? 0) & ~clear) | set;
}
