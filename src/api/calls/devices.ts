/** What a pack describes. Pure. */
import type { Source } from "../../lib/source.ts";
import { readPdsc, type DeviceEntry, type Pack } from "../../pack/pdsc/pdsc.ts";
import { malformedInput } from "../../project/faults.ts";
import { call, sourceOrText } from "../arguments.ts";

export type { DeviceEntry };

export interface DeviceList {
  /** `Vendor::Name@version`, without `@` if the file names no release. */
  readonly pack: string;
  /** Devices and their variants, in the order of the file. */
  readonly devices: readonly DeviceEntry[];
}

const DEVICES_OF = call({ pdsc: sourceOrText });

/**
 * Lists the devices that the text of a pack description (.pdsc) describes. Throws `malformed-input` if it is not
 * one.
 *
 * `devicesOf(text).devices.map(({ name, cores }) => [name, cores])`
 */
export function devicesOf(pdsc: string | Source): DeviceList {
  const { pack, diagnostics } = readPdsc(DEVICES_OF({ pdsc }).pdsc);
  if (pack === undefined) throw malformedInput(diagnostics);
  return listOf(pack);
}

export function listOf(pack: Pack): DeviceList {
  return { pack: pack.id, devices: pack.devices() };
}
