/** Flash whose content locks the debugger out after the next reset: it is programmed with consent only. */
import { hex, hex32 } from "../lib/hex.ts";
import { FlashFailure } from "./faults.ts";
import type { SectorPlan } from "./plan.ts";
import type { FlashRegion } from "./region.ts";

/** NXP Kinetis and S32K1: FSEC of the flash configuration field (K64 reference manual, 30.4.3 and 29.33.2, FTFE_FSEC). */
const FSEC = 0x40c;
const SEC = 0x3;
const UNSECURED = 0x2;
const HAS_FSEC = /^(MK|S32K1|K32L|KEA)/i;

/**
 * Throws `would-lock` where the sector's new content does. `erases`: what is not programmed is erased, which counts as secured
 * too.
 */
export function mustNotLock(
  { name, start, erased }: FlashRegion & { readonly name: string },
  sector: SectorPlan,
  erases: boolean,
): void {
  if (start !== 0 || !HAS_FSEC.test(name)) return;
  if (FSEC < sector.address || FSEC >= sector.address + sector.size) return;
  const page = sector.pages.find(({ address, bytes }) => address <= FSEC && FSEC < address + bytes.length);
  if (page === undefined && !erases) return;
  const value = page?.bytes[FSEC - page.address] ?? erased;
  if ((value & SEC) === UNSECURED) return;
  throw new FlashFailure(
    { kind: "would-lock", address: FSEC, value },
    `FSEC at ${hex32(FSEC)} would become ${hex(value, 2)}, which secures the device at its next reset: nobody could debug it ` +
      "until it is erased as a whole; 0xFE leaves it open, --keep keeps what is there, and --allow lock is consent",
  );
}
