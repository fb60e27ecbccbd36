/**
 * Finds out why a probe cannot be used, or a target does not answer, as data. Only looks, unless consent is given
 * to more.
 */
import { examineHost, type ExaminedProbe, type HostReport } from "../../../doctor/examine-host.ts";
import { examineTarget, type ResetLine, type TargetReport } from "../../../doctor/examine-target.ts";
import { askedOf } from "../../../doctor/asked.ts";
import type { Host, Place as MachineKind } from "../../../doctor/host.ts";
import { probeReport } from "../../../doctor/probe-report.ts";
import { thisHost } from "../../../host/host-facts.ts";
import { openProbeLink } from "../../../session/probe/open.ts";
import { call, count, options as named, optional, record, text, thing, work } from "../../arguments.ts";
import { deviceInputs } from "../../given.ts";
import { machineGiven } from "../advice.ts";
import type { DeviceInputs } from "../gather.ts";

export { partText } from "../../../doctor/examine-target.ts";
export { fastest } from "../../../doctor/target/sweep.ts";
export type { ExaminedProbe, HostReport, MachineKind, ResetLine, TargetReport };

/** The clock of a connection without a clock option. */
const USUAL_HZ = 4_000_000;

const MACHINE = call({ machine: machineGiven });
const REPORT = call({
  examined: thing<HostReport>("a report, as examineMachine makes it", { probes: "object" }),
  options: record({ version: text, machine: optional(machineGiven) }),
});
const USABLE = call({
  report: thing<TargetReport>("a report, as examineTargetOf makes it", { findings: "object" }),
});
const EXAMINE = call({
  inputs: deviceInputs,
  options: named({ clockHz: optional(count(1)), mayPulse: optional(work) } satisfies Record<
    keyof ExamineOptions,
    unknown
  >),
});

export interface ExamineOptions {
  /** The clock to try. Default 4 MHz. */
  readonly clockHz?: number | undefined;
  /** Called once the probe is open, to ask for consent to pulling nRESET for 20 ms. Default: none. */
  readonly mayPulse?: () => Promise<boolean>;
}

/**
 * Lists the probes of this machine, and what keeps each from being used. Only asks the age of a probe's firmware.
 * `machine` is the one that this process runs on if omitted.
 *
 * `(await examineMachine()).probes.filter(({ usable }) => usable)`
 */
export async function examineMachine(machine: Host = thisHost): Promise<HostReport> {
  MACHINE({ machine });
  return examineHost(machine);
}

/**
 * Returns a text (JSON) about a machine and its probes that can be sent with a question: it holds no names of
 * people or machines, no serial numbers, no paths. `version` is that of the tool that asks.
 */
export async function machineReport(
  examined: HostReport,
  options: { readonly version: string; readonly machine?: Host | undefined },
): Promise<string> {
  REPORT({ examined, options });
  const { version, machine = thisHost } = options;
  return `${JSON.stringify(await probeReport(machine, { version, examined }), undefined, 2)}\n`;
}

/** True if a target can be used: it woke, and nothing stands in the way of a connection. */
export function isTargetUsable(report: TargetReport): boolean {
  USABLE({ report });
  const { wake, findings } = report;
  return wake !== undefined && !findings.some(({ severity }) => severity === "problem");
}

/**
 * Returns levels, identity and clock of a target. The debug port is woken and read; the core goes on running.
 * `inputs` name the probe and the device. Throws what keeps the probe from being opened.
 *
 * `isTargetUsable(await examineTargetOf(inputs))`
 */
export async function examineTargetOf(
  inputs: DeviceInputs,
  options: ExamineOptions = {},
): Promise<TargetReport> {
  EXAMINE({ inputs, options });
  const { context, probe, readText, openState } = inputs;
  const { clockHz = USUAL_HZ, mayPulse } = options;
  context.requireAp(BigInt(context.apid));
  const { link, clock } = await openProbeLink({
    context,
    readText,
    openState,
    ...(probe === undefined ? {} : { probe }),
  });
  try {
    return await examineTarget(link, clock, {
      clockHz,
      pulse: (await mayPulse?.()) ?? false,
      place: context.place,
      targetsel: context.portIdentity("swd").targetsel,
      asked: { ...askedOf(context), connect: "attach", dormant: false },
    });
  } finally {
    await link.close();
  }
}
