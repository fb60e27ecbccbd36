/** Advice on a failure, as data. Knows this machine; judges by the doctor's findings. */
import type { Finding, FindingCode, HostCode } from "../../doctor/finding.ts";
import { findingOf } from "../../doctor/finding.ts";
import type { Host } from "../../doctor/host.ts";
import { thisHost } from "../../host/host-facts.ts";
import { call, optional, thing } from "../arguments.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";

/** Accepts the facts of a machine. */
export const machineGiven = thing<Host>("the facts of a machine", { platform: "string" });
const ADVICE = call({ machine: optional(machineGiven) });

export type { Finding, FindingCode, HostCode };
/** The facts of a machine that decide whether a probe can be used. */
export type Machine = Host;

/**
 * Returns advice on a failure that has to do with the probe (exit code 3): what was found, and the steps to try
 * in their order. `machine` is the one that this process runs on if omitted. Undefined for any other failure.
 * Throws nothing but `bad-argument` for a `machine` that is not one.
 *
 * `for (const step of adviceFor(error)?.steps ?? []) console.error(step);`
 */
export function adviceFor(error: unknown, machine: Machine = thisHost): Finding | undefined {
  ADVICE({ machine });
  return exitCodeOf(error) === EXIT.noProbe ? findingOf(error, machine) : undefined;
}
