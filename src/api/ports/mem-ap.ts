/** Memory access ports as the API shows them: an access port, and memory through that very port. */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { AccessPort, isAhb, isMemory, identityOf, type AccessPortParts } from "./access-port.ts";
import {
  readAttributes,
  writeAttributes,
  type BusAttributes,
  type KnownBusAttributes,
} from "./bus-attributes.ts";
import { MemoryAccess, type AccessSize, type MemoryInterface } from "../memory/memory.ts";

class Through extends MemoryAccess {
  readonly #parts: AccessPortParts;

  constructor(parts: AccessPortParts) {
    super();
    this.#parts = parts;
  }

  protected override inMemory<T>(work: (memory: MemAp) => Promise<T>): Promise<T> {
    return this.#parts.inTurn(() => work(this.#parts.raw));
  }
}

/** An access port with a bus behind it. The name is that of CoreSight. */
export class MEM_AP extends AccessPort implements MemoryInterface {
  readonly #memory: MemoryInterface;

  constructor(parts: AccessPortParts) {
    super(parts);
    this.#memory = new Through(parts);
  }

  /** Returns how its accesses are marked on the bus now. Throws `target-fault`. */
  getAttributes(): Promise<KnownBusAttributes> {
    return this.parts.inTurn(() => readAttributes(this.parts.raw));
  }

  /**
   * Marks all further accesses through this port in this way, including those of its cores; omitted attributes
   * stay. Throws `not-supported` if the port does not accept them, with the attributes that it has.
   */
  setAttributes(attributes: Partial<BusAttributes>): Promise<void> {
    return this.parts.inTurn(() => writeAttributes(this.parts.raw, attributes));
  }

  /**
   * Runs work with other attributes and then restores the old ones, also after a failure: `await
   * ap.withAttributes({ nonSecure: true }, () => ap.read32(0x2000_0000))`.
   */
  async withAttributes<T>(attributes: Partial<BusAttributes>, work: () => Promise<T>): Promise<T> {
    const { hprot, nonSecure } = await this.getAttributes();
    await this.setAttributes(attributes);
    try {
      return await work();
    } finally {
      await this.setAttributes({ hprot, nonSecure });
    }
  }

  readMemory(address: number, bits?: AccessSize): Promise<number> {
    return this.#memory.readMemory(address, bits);
  }
  writeMemory(address: number, value: number, bits?: AccessSize): Promise<void> {
    return this.#memory.writeMemory(address, value, bits);
  }
  read8(address: number): Promise<number> {
    return this.#memory.read8(address);
  }
  read16(address: number): Promise<number> {
    return this.#memory.read16(address);
  }
  read32(address: number): Promise<number> {
    return this.#memory.read32(address);
  }
  read64(address: number): Promise<bigint> {
    return this.#memory.read64(address);
  }
  write8(address: number, value: number): Promise<void> {
    return this.#memory.write8(address, value);
  }
  write16(address: number, value: number): Promise<void> {
    return this.#memory.write16(address, value);
  }
  write32(address: number, value: number): Promise<void> {
    return this.#memory.write32(address, value);
  }
  write64(address: number, value: bigint): Promise<void> {
    return this.#memory.write64(address, value);
  }
  readMemoryBlock8(address: number, bytes: number): Promise<Uint8Array> {
    return this.#memory.readMemoryBlock8(address, bytes);
  }
  writeMemoryBlock8(address: number, data: Uint8Array | readonly number[]): Promise<void> {
    return this.#memory.writeMemoryBlock8(address, data);
  }
  readMemoryBlock32(address: number, words: number): Promise<Uint32Array> {
    return this.#memory.readMemoryBlock32(address, words);
  }
  writeMemoryBlock32(address: number, data: Uint32Array | readonly number[]): Promise<void> {
    return this.#memory.writeMemoryBlock32(address, data);
  }
}

/** A memory access port in front of an AHB, as Cortex-M has. */
export class AHB_AP extends MEM_AP {}

/** Makes an access port of the class that the identification register asks for. */
export function accessPortOf(parts: AccessPortParts): AccessPort {
  const identity = identityOf(parts.idr);
  if (isAhb(identity)) return new AHB_AP(parts);
  return isMemory(identity) ? new MEM_AP(parts) : new AccessPort(parts);
}
