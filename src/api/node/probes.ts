/** Probes on this machine's USB, as data. Opens none. */
import { describe } from "../../probe/usb/choice.ts";
import { versionOf } from "../../probe/usb/known.ts";
import { listAttachedProbes } from "../../probe/usb/libusb.ts";
import type { UsbProbe } from "../../probe/usb/probes.ts";

export interface AttachedProbe {
  /** The name that selects it: the serial number if it is unique, `usb@BUS-PORT` if it is missing or shared. */
  readonly id: string;
  /** The serial number; empty if the probe has none. */
  readonly serial: string;
  readonly product: string;
  /** The port, such as `1-2.3`; stays the same when the probe is plugged in again at the same place. */
  readonly port: string;
  /** The versions of CMSIS-DAP, best first. */
  readonly generations: UsbProbe["generations"];
  /** Anything but `usable` keeps it from being opened. */
  readonly state: UsbProbe["state"];
  readonly vendorId: number;
  readonly productId: number;
  /** The version of the probe's firmware, as its maker numbers it: `2.2.3`. */
  readonly release: string;
  /** The kind of probe, if it is known. */
  readonly known?: string;
  /** The description, one line for people. */
  readonly text: string;
}

/**
 * Lists the CMSIS-DAP probes on this machine's USB, by their place. Rejects with `no-usb-library` without the
 * native package, with `no-usb-bus` if the machine has no USB.
 *
 * `(await listProbes()).filter(({ state }) => state === "usable").map(({ id }) => id)`
 */
export async function listProbes(): Promise<readonly AttachedProbe[]> {
  return (await listAttachedProbes()).map(attachedProbe);
}

function attachedProbe(probe: UsbProbe): AttachedProbe {
  const { id, serial, product, port, generations, state, vendorId, productId, release, known } = probe;
  return {
    ...{ id, serial, product, port, generations, state, vendorId, productId, release: versionOf(release) },
    ...(known === undefined ? {} : { known: known.name }),
    text: describe(probe),
  };
}
