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
  /** The value of erased bytes. */
  readonly erased: number;
  /** Fills a page after the image: 64 bits, repeated from the page's start; erased bytes by default. */
  readonly filler?: bigint | undefined;
  readonly erasesSectors: boolean;
  /**
   * False if reading its addresses need not show its content: memory behind a controller, option bytes. Expected
   * content is a proof all the same; other content does not prove a fault.
   */
  readonly readable: boolean;
  readonly programLimitUs: number;
  readonly eraseLimitUs: number;
  /** Sorted by address, without gaps between groups; `start` is absolute. */
  readonly groups: readonly { readonly start: number; readonly size: number }[];
}

export function contains({ start, size }: FlashRegion, address: number): boolean {
  return address >= start && address < start + size;
}

/** Finds the sector that contains an address of the region. */
export function sectorAt({ groups }: FlashRegion, address: number): Sector {
  const group = groups.findLast(({ start }) => start <= address) ?? { start: address, size: 1 };
  return { address: address - ((address - group.start) % group.size), size: group.size };
}

/** As many sectors as the address space has at 4 KiB each; a file may say sectors of one byte. */
const MOST_SECTORS = 1 << 20;

/** Lists the sectors that hold any of these bytes, by address. Throws `bad-algorithm` if they are unreasonably many. */
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
