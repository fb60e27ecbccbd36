/** Flash whose new content erases, locks the debugger out or cannot be undone: it is programmed with consent only. */
import { effectOf, isMeant, type Grant, type Guarded } from "../../device/guarded/index.ts";
import { hex32 } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";
import type { SectorPlan } from "./plan.ts";
import type { FlashRegion } from "../region.ts";
import type { FlashConsent } from "../driver.ts";

const WORD = 4;

/**
 * Throws `would-lock` if the sector's new content needs consent. `erases` means that bytes that are not
 * programmed are erased.
 */
export async function mustNotLock(
  { name, erased, consent }: FlashRegion & { readonly consent?: FlashConsent | undefined },
  sector: SectorPlan,
  { erases, mayLock }: { readonly erases: boolean; readonly mayLock: boolean },
): Promise<void> {
  const lockingIn = (rows: readonly Guarded[]): Locking | undefined =>
    firstLocking(rows, sector, { erases, erased });
  const rows = await consent?.rows(name, (all) => lockingIn(all) !== undefined);
  const found = rows && lockingIn(rows);
  if (consent === undefined || found === undefined) return;
  const { row, address, value, isLeft } = found;
  if ((mayLock && row.grant === "lock") || (await consent.allows(row.grant, effectOf(row)))) return;
  throw new FlashFailure(
    { kind: "would-lock", address, value, grant: row.grant },
    `${name} at ${hex32(address)} would ${isLeft ? "be left erased as" : "become"} ${hex32(value)}, which ${effectOf(row)}: ` +
      `${LASTS[row.grant]}; nothing was erased or programmed there. ` +
      `An image with another value there avoids it; to program this one, consent is required (${row.grant})`,
  );
}

const LASTS: Readonly<Record<Grant, string>> = {
  erase: "what the device holds is lost",
  lock: "debuggers are locked out until everything is erased",
  "lock=forever": "nothing takes that back",
};

interface Locking {
  readonly row: Guarded;
  readonly address: number;
  readonly value: number;
  /** True if it is not programmed, and stays as erasing leaves it. */
  readonly isLeft: boolean;
}

function firstLocking(
  rows: readonly Guarded[],
  sector: SectorPlan,
  { erases, erased }: { readonly erases: boolean; readonly erased: number },
): Locking | undefined {
  for (const row of rows) {
    if (!("address" in row.at)) continue;
    const { address, size = WORD } = row.at;
    const end = Math.min(address + size, sector.address + sector.size);
    for (let at = Math.max(address, sector.address); at < end; at += WORD) {
      const { value, written } = wordAt(sector, at, erased);
      const isLeft = written === 0;
      if (isLeft && !(erases && row.erased === "locks")) continue;
      if (isMeant(row, value, isLeft ? undefined : written)) return { row, address: at, value, isLeft };
    }
  }
  return undefined;
}

/** Returns what four bytes become, and which of them an image has. */
function wordAt({ pages }: SectorPlan, address: number, erased: number): { value: number; written: number } {
  let [value, written] = [0, 0];
  for (let byte = 0; byte < WORD; byte++) {
    const at = address + byte;
    const page = pages.find((one) => one.address <= at && at < one.address + one.bytes.length);
    const content = page?.bytes[at - page.address] ?? erased & 0xff;
    value |= content << (8 * byte);
    if (page !== undefined) written |= 0xff << (8 * byte);
  }
  return { value: value >>> 0, written: written >>> 0 };
}

/** Throws `no-consent` unless the user consents to erasing everything. */
export async function mustMayErase(consent: FlashConsent | undefined, name: string): Promise<void> {
  if (consent === undefined || (await consent.allows("erase", `erases all of ${name}`))) return;
  throw new FlashFailure(
    { kind: "no-consent", effect: "erase" },
    `erasing all of ${name}: consent required; nothing was erased`,
  );
}
