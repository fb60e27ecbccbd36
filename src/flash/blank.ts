/** Whether a sector is erased: worked out by the target, or read; the algorithm's own check only saves looking. */
import { crc32 } from "./crc32.ts";
import type { FlashDriver } from "./driver.ts";
import { FlashFailure } from "./faults.ts";
import type { Sector } from "./region.ts";
import { hex, hex32 } from "../lib/hex.ts";

/**
 * A wrong "no" only costs an erase that was not needed. A "yes" of the algorithm is not enough: there are some that always
 * say so.
 */
export async function isBlank(flash: FlashDriver, sector: Sector): Promise<boolean> {
  const own = await flash.isBlank(sector);
  return own !== false && ((await crcSaysBlank(flash, sector)) ?? own === true);
}

/**
 * After an erase. The algorithm's own check is asked only where the target cannot read erased flash, as with some error
 * correction. Throws `not-erased`.
 */
export async function mustBeBlank(flash: FlashDriver, sector: Sector): Promise<void> {
  const blank = await crcSaysBlank(flash, sector);
  if (blank === true || (blank === undefined && (await flash.isBlank(sector)) === true)) return;
  const bytes = await flash.read(sector.address, sector.size);
  const at = bytes.findIndex((byte) => byte !== flash.erased);
  if (at < 0) return;
  const address = sector.address + at;
  throw new FlashFailure(
    { kind: "not-erased", address, found: bytes[at] ?? 0 },
    `after ${hex32(sector.address)} was erased, ${hex32(address)} holds ${hex(bytes[at] ?? 0, 2)} and not ${hex(flash.erased, 2)}: ` +
      "is the flash locked or write-protected?",
  );
}

/** Of so many erased bytes. */
export function blankCrc({ erased }: FlashDriver, size: number): number {
  return crc32(new Uint8Array(size).fill(erased));
}

async function crcSaysBlank(flash: FlashDriver, { address, size }: Sector): Promise<boolean | undefined> {
  const crcs = await flash.crcs([{ address, size }]);
  return crcs === undefined ? undefined : crcs[0] === blankCrc(flash, size);
}
