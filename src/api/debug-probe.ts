/** Probes as the API lists them: those on USB, one that is named, a simulated one. Opens nothing before it is asked to. */
import { listUsbProbes, type UsbProbe } from "../probe/usb.ts";
import { HostClock } from "../lib/clock.ts";
import { openProbe, type OpenLink, type OpenProbe, type OpenRequest } from "../session/open.ts";
import { openSimulator, type Simulator, type SimulatorSpec } from "../simulator/open.ts";

export interface DebugProbe {
  /** The serial number where it is unique; `usb@BUS-PORT` where it is missing or shared; the name of a simulated one. */
  readonly uniqueId: string;
  readonly vendorName: string;
  readonly productName: string;
  /** One line for people. */
  readonly description: string;
  /** What stands in the way of using it, else undefined. */
  readonly obstacle?: "no-permission" | "no-driver";
  open(request: OpenRequest): Promise<OpenProbe | OpenLink>;
}

/** The CMSIS-DAP probes on this machine's USB. Throws `no-usb-bus` or `no-usb-library`. */
export async function listProbes(): Promise<readonly DebugProbe[]> {
  return (await listUsbProbes()).map(usbProbe);
}

export function usbProbe(probe: UsbProbe): DebugProbe {
  const { id, manufacturer, product, port, state } = probe;
  return {
    uniqueId: id,
    vendorName: manufacturer,
    productName: product,
    description: `${product || "CMSIS-DAP probe"} [${id}]${id.endsWith(port) ? "" : ` at usb@${port}`}`,
    ...(state === "usable" ? {} : { obstacle: state }),
    open: async () => ({ pipe: await probe.open(), clock: new HostClock() }),
  };
}

/** A probe by what `--probe` would say. */
export function namedProbe(name: string): DebugProbe {
  return {
    uniqueId: name,
    vendorName: "",
    productName: "",
    description: name,
    open: (request) => openProbe({ ...request, probe: name }),
  };
}

export interface SimulatedProbe extends DebugProbe {
  /** What was opened, newest last: the target's log, faults to inject, power. */
  readonly opened: readonly Simulator[];
}

/** A probe with a simulated target, for tests without hardware. Each opening starts with a target that was just powered. */
export function simulatedProbe(
  spec: SimulatorSpec,
  { uniqueId }: { readonly uniqueId?: string } = {},
): SimulatedProbe {
  const opened: Simulator[] = [];
  const name = typeof spec.model === "string" ? spec.model : "model";
  return {
    uniqueId: uniqueId ?? `SIM-${name}`,
    vendorName: "dbgseq",
    productName: "dbgseq simulated CMSIS-DAP",
    description: `dbgseq simulated CMSIS-DAP with ${name} [${uniqueId ?? `SIM-${name}`}]`,
    opened,
    open: () => {
      const simulator = openSimulator(spec);
      opened.push(simulator);
      return Promise.resolve(simulator);
    },
  };
}
