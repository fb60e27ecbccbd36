/**
 * A connection that is lost while the target goes on: found out, made again, acknowledged (wire rule 23). A reset or a low
 * power mode may take the debug port down, with all that it was told. Knows which steps; carries them out by others.
 */
import type { TargetFault } from "../../coresight/wire/faults.ts";
import { asFailure } from "../../lib/fault.ts";
import type { Step } from "./flow.ts";

const CDBGPWRUPACK = 1 << 29;

/** Whether a failure looks as if the port were gone: no answer, or one without debug power. */
export function looksLost(error: unknown): boolean {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause)) {
    if (at.fault.kind === "port-lost") return true;
    if (at.fault.kind !== "target-fault") continue;
    const { ack, ctrlStat } = at.fault as TargetFault;
    if (ack === "NO_ACK") return true;
    if (ctrlStat !== undefined && (ctrlStat & CDBGPWRUPACK) === 0) return true;
  }
  return false;
}

/** The connect flow as far as it was lost, then the device's own acknowledge. What the core does is left as it is. */
export function recoverySteps(protocol: "swd" | "jtag", halt: boolean): readonly Step[] {
  return [
    { kind: "sequence", name: "DebugPortSetup" },
    { kind: "act", act: protocol === "swd" ? "read DPIDR" : "scan JTAG chain" },
    { kind: "sequence", name: "DebugPortStart" },
    { kind: "sequence", name: "DebugDeviceUnlock" },
    { kind: "sequence", name: "DebugCoreStart" },
    ...(halt ? [{ kind: "act", act: "halt" } as const] : []),
    { kind: "sequence", name: "RecoveryAcknowledge" },
  ];
}
