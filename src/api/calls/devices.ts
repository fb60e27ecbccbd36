/** What a pack describes. Pure. */
import type { Source } from "../../lib/source.ts";
import { readPdsc, type DeviceEntry, type Pack } from "../../pack/pdsc.ts";
import { malformedInput } from "../../project/faults.ts";
import { sourceOf } from "./source.ts";

export type { DeviceEntry };

export interface DeviceList {
  /** `Vendor::Name@version`, without `@` if the file names no release. */
  readonly pack: string;
  /** Devices and their variants, in the order of the file. */
  readonly devices: readonly DeviceEntry[];
}

/**
 * The devices that the text of a pack description (.pdsc) describes. Throws `malformed-input` for what is not one.
 *
 * `devicesOf(text).devices.map(({ name, cores }) => [name, cores])`
 */
export function devicesOf(pdsc: string | Source): DeviceList {
  const { pack, diagnostics } = readPdsc(sourceOf(pdsc, "<pack>"));
  if (pack === undefined) throw malformedInput(diagnostics);
  return listOf(pack);
}

export function listOf(pack: Pack): DeviceList {
  return { pack: pack.id, devices: pack.devices() };
}
