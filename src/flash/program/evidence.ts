/** Looks at the flash after a function of an algorithm failed; if it can be read, it tells the causes apart. */
import { asFailure } from "../../lib/fault.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { FlashDriver } from "../driver.ts";
import { FlashFailure, type FlashFault } from "../faults.ts";
import type { Page } from "../driver.ts";
import type { SectorReport } from "./report.ts";
import type { Sector } from "../region.ts";

const CLOSED = "the flash is locked or write-protected, or this algorithm is for another device";

/** Adds what the flash shows of a failed erase. */
export async function eraseEvidence(error: unknown, flash: FlashDriver, sector: Sector): Promise<unknown> {
  return withEvidence(error, async () => {
    const found = await flash.read(sector.address, sector.size);
    const at = found.findIndex((byte) => byte !== flash.erased);
    return at < 0
      ? "yet the sector is erased"
      : `the sector still holds ${hex(found[at] ?? 0, 2)} at ${hex32(sector.address + at)}: ${CLOSED}`;
  });
}

/** Adds what the flash shows of failed programming. Corrects a report that claims an erase of which nothing shows. */
export async function programEvidence(
  error: unknown,
  flash: FlashDriver,
  { page, report }: { readonly page: Page; readonly report: SectorReport },
): Promise<unknown> {
  return withEvidence(error, async () => {
    const { address, bytes } = page;
    const found = await flash.read(address, bytes.length);
    const at = found.findIndex((byte, index) => byte !== bytes[index]);
    if (at < 0) return "yet the page holds what was to be programmed";
    if (found.every((byte) => byte === flash.erased)) return `nothing was programmed there: ${CLOSED}`;
    const [wanted, byte] = [bytes[at] ?? 0, found[at] ?? 0];
    const place = `${hex32(address + at)} holds ${hex(byte, 2)} instead of ${hex(wanted, 2)}`;
    // Programming only ever moves bits away from their erased state.
    const isStale = ((wanted ^ byte) & ~(byte ^ flash.erased)) === 0;
    if (!isStale) return `the page was programmed in part: ${place}`;
    if (report.erase !== "erased") return `it was not erased before: ${place}`;
    report.erase = "no";
    return `the erase before it said that it had succeeded, and erased nothing: ${place}; ${CLOSED}`;
  });
}

/** Adds what a failed proof shows: bytes that could not be there if the erase had done what it said. */
export function proofEvidence(error: unknown, erased: number, reports: readonly SectorReport[]): unknown {
  const failure = asFailure(error);
  const fault = failure?.fault as FlashFault | undefined;
  if (failure === undefined || fault?.kind !== "differs") return error;
  const { address, expected, found } = fault;
  const report = reports.find((one) => address >= one.address && address < one.address + one.size);
  const isStale = found !== erased && ((expected ^ found) & ~(found ^ erased)) === 0;
  if (report?.erase !== "erased" || !isStale) return error;
  report.erase = "no";
  return new FlashFailure(
    fault,
    `the flash holds ${hex(found, 2)} at ${hex32(address)} instead of ${hex(expected, 2)}; the erase before it said that it had succeeded, and bits that should be erased are not: ${CLOSED}`,
    failure.cause,
  );
}

/** Adds a sentence to the failure. Leaves it as it is if the flash cannot be read, or if the failure is of another kind. */
async function withEvidence(error: unknown, look: () => Promise<string>): Promise<unknown> {
  const failure = asFailure(error);
  if (failure?.fault.kind !== "algorithm-failed") return error;
  const seen = await look().catch(() => undefined);
  if (seen === undefined) return error;
  return new FlashFailure(failure.fault as FlashFault, `${failure.message}; ${seen}`, failure.cause);
}
