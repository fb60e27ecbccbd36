/** Whether a sector is erased: asked of the algorithm, worked out by the target, or read. */
import { crc32 } from "./crc32.ts";
import type { FlashDriver } from "./driver.ts";
import { FlashFailure } from "./faults.ts";
import type { Sector } from "./region.ts";
import { hex, hex32 } from "../lib/hex.ts";

/** A wrong "no" only costs an erase that was not needed. */
export async function isBlank(flash: FlashDriver, { address, size }: Sector): Promise<boolean> {
  return (await flash.isBlank({ address, size })) ?? (await crcSaysBlank(flash, { address, size })) === true;
}

/**
 * After an erase. A "no" of the algorithm alone proves nothing (some look at more than the sector), so it is looked for the
 * byte itself. Throws `not-erased`.
 */
export async function mustBeBlank(flash: FlashDriver, sector: Sector): Promise<void> {
  if ((await flash.isBlank(sector)) === true || (await crcSaysBlank(flash, sector)) === true) return;
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
