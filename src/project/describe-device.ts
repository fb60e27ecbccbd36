/** Finds the description of a device by the name that the user gave. Opens no pack. */
import { matchDevice, parseDevice } from "../device/match.ts";
import type { Described } from "../pack/pdsc/describe.ts";
import type { Pack } from "../pack/pdsc/pdsc.ts";
import { SessionFailure } from "./faults.ts";

/** Returns the named device; the only device of a pack needs no name. */
export function describeDevice(pack: Pack, device: string | undefined): Described {
  const devices = pack.devices();
  const [only] = devices;
  if (device === undefined) {
    if (devices.length === 1 && only !== undefined) return described(pack, only.name);
    const what = `${pack.id} describes ${devices.length} devices: name one of them`;
    throw new SessionFailure({ kind: "bad-request", what, missing: ["device"] }, what);
  }
  const match = matchDevice(parseDevice(device), devices);
  if (match.kind === "found") return described(pack, match.device.name);
  if (match.kind === "ambiguous") {
    const candidates = match.candidates.map(({ name }) => name);
    throw new SessionFailure(
      { kind: "ambiguous-device", device, candidates },
      `"${device}" may be ${candidates.length} devices of ${pack.id}: ${listed(candidates)}`,
    );
  }
  const hint = match.near.length === 0 ? "" : `; did you mean ${match.near.join(" or ")}?`;
  throw new SessionFailure(
    { kind: "unknown-device", device, near: match.near },
    `${pack.id} has no device "${device}"${hint}`,
  );
}

function described(pack: Pack, name: string): Described {
  const found = pack.describe(name);
  if (found === undefined) throw new RangeError(`the pack lists ${name} and does not have it`);
  return found;
}

const MOST_LISTED = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).join(", ");
  return names.length > MOST_LISTED ? `${shown}, ... (${names.length} in all)` : shown;
}
