/** A piece of flash memory and its sectors, as an algorithm or a pack's flashinfo describes it. Pure. */
import { hex32 } from "../lib/hex.ts";
import { FlashFailure } from "./faults.ts";

export interface Sector {
  readonly address: number;
  readonly size: number;
}

export interface FlashRegion {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly pageSize: number;
  /** What erased bytes read. */
  readonly erased: number;
  /** What stands in a page behind the image, as 64 bits again and again from its start; erased bytes by default. */
  readonly filler?: bigint | undefined;
  readonly erasesSectors: boolean;
  /**
   * False if reading its addresses need not show what it holds: memory behind a controller, option bytes. What is read there
   * and is as wanted is a proof all the same; what is not proves no fault.
   */
  readonly readable: boolean;
  readonly programLimitUs: number;
  readonly eraseLimitUs: number;
  /** By address, without gaps between groups; `start` is absolute. */
  readonly groups: readonly { readonly start: number; readonly size: number }[];
}

export function contains({ start, size }: FlashRegion, address: number): boolean {
  return address >= start && address < start + size;
}

/** The sector that an address of the region is in. */
export function sectorAt({ groups }: FlashRegion, address: number): Sector {
  const group = groups.findLast(({ start }) => start <= address) ?? { start: address, size: 1 };
  return { address: address - ((address - group.start) % group.size), size: group.size };
}

/** All of the address space in sectors of 4 KiB; a file may say sectors of one byte. */
const MOST_SECTORS = 1 << 20;

/** The sectors that hold any of these bytes, by address. Throws `bad-algorithm` if they are beyond all reason. */
export function sectorsIn(region: FlashRegion, address: number, size: number): readonly Sector[] {
  const sectors: Sector[] = [];
  const end = Math.min(address + size, region.start + region.size);
  for (let at = Math.max(address, region.start); at < end;) {
    if (sectors.length === MOST_SECTORS) throw tooMany(region);
    const sector = sectorAt(region, at);
    sectors.push(sector);
    at = sector.address + sector.size;
  }
  return sectors;
}

function tooMany({ name, start, size }: FlashRegion): FlashFailure {
  const reason = `the ${size} bytes at ${hex32(start)} have more than ${MOST_SECTORS} sectors`;
  return new FlashFailure(
    { kind: "bad-algorithm", file: name, reason },
    `the flash "${name}" cannot be used: ${reason}`,
  );
}
