/** The memory of a device as its pack describes it, and the flash of each region that is flash. Reads nothing of the target. */
import type { Memory } from "../device/description.ts";
import type { Session as Connection } from "../session/session.ts";
import { hex32 } from "../lib/hex.ts";
import { SessionFailure } from "../session/faults.ts";
import { Flash } from "./flash.ts";
import type { OpenFlash } from "./open-flash.ts";

export type MemoryType = "flash" | "rom" | "ram";

export class MemoryRegion {
  readonly name: string;
  /** Flash is what the pack has an algorithm or `flashinfo` for. */
  readonly type: MemoryType;
  readonly start: number;
  /** In bytes. */
  readonly size: number;
  /** Letters as in the pack: r, w, x, p, s, n, c. */
  readonly access: string;
  /** The core starts from it. */
  readonly isBootMemory: boolean;
  readonly isDefault: boolean;
  readonly #flash: Flash | undefined;

  constructor(memory: Memory, type: MemoryType, flash: ((region: MemoryRegion) => Flash) | undefined) {
    this.name = memory.name ?? hex32(Number(memory.start));
    this.type = type;
    this.start = Number(memory.start);
    this.size = Number(memory.size);
    this.access = memory.access;
    this.isBootMemory = memory.startup;
    this.isDefault = memory.isDefault;
    this.#flash = flash?.(this);
  }

  /** The address of the last byte. */
  get end(): number {
    return this.start + this.size - 1;
  }

  contains(address: number): boolean {
    return address >= this.start && address <= this.end;
  }

  /** Its programming. Throws `not-flash` for RAM and ROM. */
  get flash(): Flash {
    if (this.#flash !== undefined) return this.#flash;
    throw new SessionFailure(
      { kind: "not-flash", region: this.name },
      `${this.name} (${hex32(this.start)}) is ${this.type.toUpperCase()}: the pack has nothing that programs it`,
    );
  }
}

/** Regions by address; empty without a pack. */
export class MemoryMap {
  readonly regions: readonly MemoryRegion[];

  constructor(connection: Connection, open: OpenFlash) {
    const { description, pname } = connection.context;
    const programmed = [
      ...(description?.algorithms ?? []).map(({ start, size, pname: core }) => ({ start, size, core })),
      ...(description?.flashInfos ?? []).map(({ start, blocks, pname: core }) => ({
        start,
        size: blocks.reduce((sum, { count, size }) => sum + BigInt(count) * size, 0n),
        core,
      })),
    ].filter(({ core }) => core === undefined || core === pname);
    this.regions = (description?.memories ?? [])
      .filter((memory) => memory.pname === undefined || memory.pname === pname)
      .map((memory) => {
        const isFlash = programmed.some(
          ({ start, size }) => start < memory.start + memory.size && memory.start < start + size,
        );
        const type = isFlash ? "flash" : memory.access.includes("w") ? "ram" : "rom";
        return new MemoryRegion(memory, type, isFlash ? (region) => new Flash(region, open) : undefined);
      })
      .sort((one, other) => one.start - other.start);
  }

  /** Where the core starts; undefined where the pack does not say. */
  getBootMemory(): MemoryRegion | undefined {
    return this.regions.find(({ isBootMemory }) => isBootMemory);
  }

  getRegionForAddress(address: number): MemoryRegion | undefined {
    return this.regions.find((region) => region.contains(address));
  }

  getRegionsOfType(type: MemoryType): readonly MemoryRegion[] {
    return this.regions.filter((region) => region.type === type);
  }

  /** The one that the pack names as default, else the first of its type. */
  getDefaultRegionOfType(type: MemoryType): MemoryRegion | undefined {
    const regions = this.getRegionsOfType(type);
    return regions.find(({ isDefault }) => isDefault) ?? regions[0];
  }
}
