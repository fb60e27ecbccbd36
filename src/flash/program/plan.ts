/** Plans which sectors and pages an image needs, and decides every byte of each page. Pure: knows nothing of a target. */
import { agree, plural } from "../../lib/plural.ts";
import { hex32 } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";
import type { FlashImage } from "../file/image.ts";
import { contains, sectorsIn, type FlashRegion, type Sector } from "../region.ts";
import { least } from "../../lib/lists.ts";
import type { Page } from "../driver.ts";

export interface SectorPlan extends Sector {
  readonly pages: readonly Page[];
  /** The present content, if its other bytes must be kept. */
  readonly old?: Uint8Array | undefined;
  /** True if the image has every byte of it. */
  readonly whole: boolean;
}

export interface RegionPlan<Region extends FlashRegion = FlashRegion> {
  readonly region: Region;
  readonly sectors: readonly SectorPlan[];
}

/** Plans an image. Throws `no-flash` for anything outside of the regions, before anything is touched. */
export function planImage<Region extends FlashRegion>(
  image: FlashImage,
  regions: readonly Region[],
): readonly RegionPlan<Region>[] {
  for (const { address, bytes, from } of image.parts)
    mustBeFlash(regions, { address, size: bytes.length, from });
  return regions.flatMap((region) => {
    const parts = image.within(region.start, region.size);
    const sectors = new Map<number, Sector>();
    for (const { offset, bytes } of parts)
      for (const sector of sectorsIn(region, region.start + offset, bytes.length))
        sectors.set(sector.address, sector);
    if (sectors.size === 0) return [];
    return [{ region, sectors: [...sectors.values()].map((sector) => planSector(image, region, sector)) }];
  });
}

/**
 * Plans a sector. `old` is its present content, if its other bytes must be kept; `erased` says whether those must
 * then be programmed again.
 */
export function planSector(
  image: FlashImage,
  region: FlashRegion,
  sector: Sector,
  { old, erased = true }: { readonly old?: Uint8Array | undefined; readonly erased?: boolean } = {},
): SectorPlan {
  const parts = image.within(sector.address, sector.size);
  const step = Math.min(region.pageSize, sector.size);
  const content = old === undefined ? filled(region, sector.size, step) : Uint8Array.from(old);
  for (const { offset, bytes } of parts) content.set(bytes, offset);
  const pages: Page[] = [];
  for (let offset = 0; offset < sector.size; offset += step) {
    const size = Math.min(step, sector.size - offset);
    const bytes = content.subarray(offset, offset + size);
    const touched = parts.some(
      (part) => part.offset < offset + size && offset < part.offset + part.bytes.length,
    );
    const kept = erased && old !== undefined && bytes.some((byte) => byte !== region.erased);
    if (touched || kept) pages.push({ address: sector.address + offset, bytes });
  }
  const covered = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const { address, size } = sector;
  return { address, size, old, pages, whole: covered === sector.size };
}

function filled({ erased, filler }: FlashRegion, size: number, page: number): Uint8Array {
  if (filler === undefined) return new Uint8Array(size).fill(erased);
  return Uint8Array.from({ length: size }, (_, at) =>
    Number((filler >> BigInt(8 * ((at % page) % 8))) & 0xffn),
  );
}

function mustBeFlash(
  regions: readonly FlashRegion[],
  { address, size, from }: { readonly address: number; readonly size: number; readonly from: string },
): void {
  for (let at = address; at < address + size;) {
    const region = regions.find((one) => contains(one, at));
    if (region === undefined) {
      const next = Math.min(
        least(regions.map(({ start }) => start).filter((start) => start > at)),
        address + size,
      );
      const known = regions
        .map(({ name, start, size: bytes }) => `${name} ${hex32(start)} to ${hex32(start + bytes - 1)}`)
        .join(", ");
      throw new FlashFailure(
        { kind: "no-flash", address: at, size: next - at },
        `${from}: ${plural(next - at, "byte")} at ${hex32(at)} ${agree(next - at, "is", "are")} outside of the flash, which is ${known === "" ? "not described" : known}`,
      );
    }
    at = region.start + region.size;
  }
}
