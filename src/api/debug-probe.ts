/** A probe as the API shows it, and a simulated one. The host lists those that are attached. */
import { call, optional, options as named, text } from "./arguments.ts";
import type { OpenLink, OpenProbe, OpenRequest } from "../session/assemble.ts";
import { openSimulator, simulatorSpec, type Simulator, type SimulatorSpec } from "../simulator/open.ts";

export interface DebugProbe {
  /** The serial number if it is unique; `usb@BUS-PORT` if it is missing or shared; the name of a simulated one. */
  readonly uniqueId: string;
  readonly vendorName: string;
  readonly productName: string;
  /** The description, one line for people. */
  readonly description: string;
  /** What prevents its use, if anything does. */
  readonly obstacle?: "no-permission" | "no-driver" | "busy";
  open(request: OpenRequest): Promise<OpenProbe | OpenLink>;
}

const SIMULATED = call({
  spec: simulatorSpec,
  options: named({ uniqueId: optional(text) }),
});

export interface SimulatedProbe extends DebugProbe {
  /** What was opened, newest last: the target's log, faults to inject, power. */
  readonly opened: readonly Simulator[];
}

/**
 * Makes a probe with a simulated target, for tests without hardware. Each opening starts with a target that was
 * just powered.
 */
export function simulatedProbe(
  spec: SimulatorSpec,
  options: { readonly uniqueId?: string } = {},
): SimulatedProbe {
  const { uniqueId } = SIMULATED({ spec, options }).options;
  const opened: Simulator[] = [];
  const name = typeof spec.model === "string" ? spec.model : "model";
  return {
    uniqueId: uniqueId ?? `SIM-${name}`,
    vendorName: "dbgseq",
    productName: "dbgseq simulated CMSIS-DAP",
    description: `dbgseq simulated CMSIS-DAP with ${name} [${uniqueId ?? `SIM-${name}`}]`,
    opened,
    open: ({ wire }) => {
      const simulator = openSimulator(spec, { watch: wire });
      opened.push(simulator);
      return Promise.resolve(simulator);
    },
  };
}
