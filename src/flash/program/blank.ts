/** Tells whether a sector is erased, as it is seen in the flash: worked out by the target, or read. */
import { crc32 } from "../crc32.ts";
import type { FlashDriver } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import { isRefused } from "./refused.ts";
import type { Verification } from "./report.ts";
import type { Sector } from "../region.ts";
import { hex, hex32 } from "../../lib/hex.ts";

/**
 * Tells whether reads at these addresses show the flash. If they need not, erased bytes prove nothing: an
 * unanswered bus reads like that, too. One sector with other content shows that it is the flash.
 */
export async function isSeen(flash: FlashDriver, sectors: readonly Sector[]): Promise<boolean> {
  if (flash.readable) return true;
  const crcs = await flash.crcs(sectors);
  return sectors.some(
    ({ size }, index) => (crcs?.[index] ?? blankCrc(flash, size)) !== blankCrc(flash, size),
  );
}

/**
 * Tells whether a sector is erased. A wrong "no" only costs an unneeded erase. The algorithm's own "no" saves
 * looking; its "yes" is not enough, for some algorithms always say so.
 */
export async function isBlank(flash: FlashDriver, sector: Sector): Promise<boolean> {
  return (await flash.isBlank(sector)) !== false && (await crcSaysBlank(flash, sector));
}

/**
 * Checks a sector after an erase and says how it is known. The algorithm's own check counts only if erased flash
 * cannot be read, as with some error correction. It is also needed if nothing of the flash was `seen` before the
 * erase. Throws `not-erased`.
 */
export async function mustBeBlank(flash: FlashDriver, sector: Sector, seen: boolean): Promise<Verification> {
  const way = await seenBlank(flash, sector);
  if (seen || way === "algorithm") return way;
  if ((await flash.isBlank(sector)) !== false) return "algorithm";
  const { address } = sector;
  throw new FlashFailure(
    { kind: "algorithm-failed", fn: "BlankCheck", result: 1, address },
    `after ${hex32(address)} was erased, BlankCheck of ${flash.by} says that it is not blank`,
  );
}

async function seenBlank(flash: FlashDriver, sector: Sector): Promise<Verification> {
  if (await crcSaysBlank(flash, sector)) return "crc";
  let bytes: Uint8Array;
  try {
    bytes = await flash.read(sector.address, sector.size);
  } catch (error) {
    if ((await isRefused(flash, error)) && (await flash.isBlank(sector)) === true) return "algorithm";
    throw error;
  }
  const at = bytes.findIndex((byte) => byte !== flash.erased);
  if (at < 0) return "read";
  if (!flash.readable && (await flash.isBlank(sector)) === true) return "algorithm";
  const address = sector.address + at;
  throw new FlashFailure(
    { kind: "not-erased", address, found: bytes[at] ?? 0 },
    `after ${hex32(sector.address)} was erased, ${hex32(address)} holds ${hex(bytes[at] ?? 0, 2)} and not ${hex(flash.erased, 2)}: ` +
      "is the flash locked or write-protected?",
  );
}

/** The CRC of so many erased bytes. */
export function blankCrc({ erased }: FlashDriver, size: number): number {
  return crc32(new Uint8Array(size).fill(erased));
}

async function crcSaysBlank(flash: FlashDriver, { address, size }: Sector): Promise<boolean> {
  const crcs = await flash.crcs([{ address, size }]);
  return crcs?.[0] === blankCrc(flash, size);
}
