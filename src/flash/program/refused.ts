/**
 * Flash that the bus does not let be read: erased flash with error correction, or memory behind a controller that
 * is off.
 */
import { asFailure } from "../../lib/fault.ts";
import type { FlashDriver } from "../driver.ts";
import type { Sector } from "../region.ts";

/** Reads; undefined if the bus refuses it. */
export async function readOrNothing(
  flash: FlashDriver,
  { address, size }: Sector,
): Promise<Uint8Array | undefined> {
  try {
    return await flash.read(address, size);
  } catch (error) {
    if (await isRefused(flash, error)) return undefined;
    throw error;
  }
}

/** True if the bus answers with an error, and does so again: a single one may have another cause. */
export async function isRefused(flash: FlashDriver, error: unknown): Promise<boolean> {
  const address = refusedAt(error);
  if (address === undefined) return false;
  try {
    await flash.read(address & ~3, 4);
    return false;
  } catch (again) {
    return refusedAt(again) !== undefined;
  }
}

function refusedAt(error: unknown): number | undefined {
  const fault = asFailure(error)?.fault as
    { readonly kind: string; readonly ack?: string; readonly address?: number } | undefined;
  return fault?.kind === "target-fault" && fault.ack === "FAULT" ? fault.address : undefined;
}
