/** The memory of a device as its pack describes it, and the flash of each flash region. Reads nothing of the target. */
import type { Memory } from "../../device/description.ts";
import type { Connection } from "../../session/connection.ts";
import { hex32 } from "../../lib/hex.ts";
import { SessionFailure } from "../../project/faults.ts";
import { memoryKinds, type MemoryKind } from "../../project/memory-kinds.ts";
import { Flash } from "./flash.ts";
import type { OpenFlash } from "./open-flash.ts";
import { call, memoryAddress, oneOf, madeBy } from "../arguments.ts";

const MEMORY_MAP_MADE = madeBy("a session", "context");
const MEMORY_REGION_MADE = madeBy("a session", "start");

const REGIONS_OF = call({ type: oneOf(["flash", "rom", "ram", "device"]) });
const REGION_FOR = call({ address: memoryAddress });

/** `device` means registers of peripherals. */
export type MemoryType = MemoryKind;

/** What the architecture defines if a pack describes nothing (Armv7-M B3.1, Armv8-M B8.1). */
const ARCHITECTURE: readonly { readonly name: string; readonly start: bigint; readonly size: bigint }[] = [
  { name: "Peripheral", start: 0x4000_0000n, size: 0x2000_0000n },
  { name: "Private peripheral bus", start: 0xe000_0000n, size: 0x10_0000n },
];

type Described = Pick<Memory, "name" | "start" | "size" | "access" | "startup" | "isDefault" | "alias">;

export class MemoryRegion {
  readonly name: string;
  /** The type; flash is what the pack has an algorithm or `flashinfo` for. */
  readonly type: MemoryType;
  readonly start: number;
  /** The size in bytes. */
  readonly size: number;
  /** The pack's letters: r, w, x, p, s, n, c. */
  readonly access: string;
  /** True if the core starts from it. */
  readonly isBootMemory: boolean;
  readonly isDefault: boolean;
  /** The name of the region that is visible here as well. */
  readonly alias: string | undefined;
  readonly #flash: Flash | undefined;

  constructor(memory: Described, type: MemoryType, flash: ((region: MemoryRegion) => Flash) | undefined) {
    MEMORY_REGION_MADE("MemoryRegion", memory);
    this.name = memory.name ?? hex32(Number(memory.start));
    this.type = type;
    this.start = Number(memory.start);
    this.size = Number(memory.size);
    this.access = memory.access;
    this.isBootMemory = memory.startup;
    this.isDefault = memory.isDefault;
    this.alias = memory.alias;
    this.#flash = flash?.(this);
  }

  /** The address of the last byte. */
  get end(): number {
    return this.start + this.size - 1;
  }

  contains(address: number): boolean {
    REGION_FOR({ address });
    return address >= this.start && address <= this.end;
  }

  /** Programs the region. Throws `not-flash` for RAM and ROM. */
  get flash(): Flash {
    if (this.#flash !== undefined) return this.#flash;
    throw new SessionFailure(
      { kind: "not-flash", region: this.name },
      `${this.name} (${hex32(this.start)}) is ` +
        (this.alias === undefined
          ? `${this.type.toUpperCase()}: the pack has nothing that programs it`
          : `an alias of ${this.alias}: program that`),
    );
  }
}

/** Regions by address: those of the pack, and those of the architecture beside them; empty without a pack. */
export class MemoryMap {
  readonly regions: readonly MemoryRegion[];

  constructor(connection: Connection, open: OpenFlash) {
    MEMORY_MAP_MADE("MemoryMap", connection);
    const { description, pname } = connection.context;
    const regions = memoryKinds(description, pname).map(
      ({ memory, kind, isProgrammed }) =>
        new MemoryRegion(memory, kind, isProgrammed ? (region) => new Flash(region, open) : undefined),
    );
    const others = description === undefined ? [] : ARCHITECTURE;
    for (const { name, start, size } of others) {
      const plain = { access: "rwp", startup: false, isDefault: false } as const;
      regions.push(new MemoryRegion({ name, start, size, ...plain }, "device", undefined));
    }
    this.regions = regions.sort((one, other) => one.start - other.start);
  }

  /** Returns the region that the core starts from; undefined if the pack does not say. */
  getBootMemory(): MemoryRegion | undefined {
    return this.regions.find(({ isBootMemory }) => isBootMemory);
  }

  getRegionForAddress(address: number): MemoryRegion | undefined {
    REGION_FOR({ address });
    // Inside of the peripheral space, a description of the pack says more than that space.
    const [smallest] = this.regions
      .filter((region) => region.contains(address))
      .sort((one, other) => one.size - other.size);
    return smallest;
  }

  getRegionsOfType(type: MemoryType): readonly MemoryRegion[] {
    REGIONS_OF({ type });
    return this.regions.filter((region) => region.type === type);
  }

  /** Returns the region that the pack names as default, else the first of its type. */
  getDefaultRegionOfType(type: MemoryType): MemoryRegion | undefined {
    const regions = this.getRegionsOfType(type);
    return regions.find(({ isDefault }) => isDefault) ?? regions[0];
  }
}
