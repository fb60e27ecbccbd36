/**
 * Opens a simulated probe with a simulated target. Packets are the only way in; everything else is for
 * observing and disturbing.
 */
import {
  call,
  either,
  options as named,
  optional,
  oneOf,
  record,
  recordOf,
  source,
  text,
  thing,
  work,
} from "../lib/arguments.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { VirtualClock } from "../lib/clock.ts";
import type { Source } from "../lib/source.ts";
import { yamlModel, type Model } from "./model/define-model.ts";
import { Injection } from "./port/injection.ts";
import { latencyModels, type LatencyName } from "./probe/latency.ts";
import type { WireWatcher } from "./port/lines.ts";
import type { TargetLog } from "./bus/log.ts";
import { knownModel } from "./models/shipped.ts";
import { readOptions, type OptionSpecs } from "./model/options.ts";
import { Probe } from "./probe/probe.ts";
import { QUIRKS, SimulatorPipe, type Quirk } from "./probe/pipe.ts";
import type { Soc } from "./soc/soc.ts";
import { readState, restoreState, stateText } from "./soc/state.ts";
import { SimulatedTarget } from "./soc/target.ts";
import { PolledPackets } from "./probe/polled-packets.ts";
import { Rounds } from "./probe/rounds.ts";
import type { Remembered } from "./bus/remembered.ts";

export interface SimulatorSpec {
  /** The name of a shipped model, the text of a YAML one, or one that was defined in code. */
  readonly model: string | Source | Model;
  /** The options stand after the `?` in `sim:NAME?option=value`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Checks what a simulator is opened with. */
export const simulatorSpec = record({
  model: either(
    either(text, source, ""),
    thing<Model>("a model", { create: "function" }),
    "the name of a shipped model, a Source, or what defineModel makes",
  ),
  options: optional(recordOf(text)),
} satisfies Record<keyof SimulatorSpec, unknown>);
const OPEN = call({
  spec: simulatorSpec,
  options: named({
    clock: optional(thing<VirtualClock>("a VirtualClock", { nowUs: "function", advance: "function" })),
    watch: optional(work),
    state: optional(source),
    polling: optional(oneOf(["passed over", "simulated"])),
  }),
});

export interface Simulator {
  readonly model: Model;
  readonly pipe: PacketPipe;
  readonly clock: VirtualClock;
  /** Records what happened on the target's side. */
  readonly log: TargetLog;
  readonly injection: Injection;
  /** Tests use it for power and the content of memories. */
  readonly soc: Soc;
  /** The lights of the probe. */
  readonly lights: { readonly connected: boolean; readonly running: boolean };
  /**
   * Returns the state of the device as text, from which `openSimulator` can continue; work under way is
   * finished first.
   */
  keep(): string;
}

/** This is longer than any erase. */
const LONGEST_WORK_US = 60_000_000;

const SLOW_WIRES_HZ = 2_000_000;

/** Every model has these besides its own. */
export const commonOptions = {
  latency: {
    type: "choice",
    values: Object.keys(latencyModels),
    default: "none",
    about: "how long packets take: none, a full-speed HID probe, a full-speed or a high-speed bulk probe",
  },
  quirk: {
    type: "choice",
    values: QUIRKS,
    default: "none",
    about:
      "of real probes: answers filled up to the packet size; room for one packet where four are claimed; no pins before DAP_Connect; DAP_TransferAbort answered with 0xFF; DAP_QueueCommands refused though atomic commands are claimed; no nRESET, which reads as 0; room for one packet less than it says; silent until a report has 512 bytes",
  },
  execute: {
    type: "choice",
    values: ["yes", "no"],
    default: "yes",
    about: "no: the probe does not know DAP_QueueCommands and DAP_ExecuteCommands",
  },
  nreset: {
    type: "choice",
    values: ["wired", "open", "low"],
    default: "wired",
    about:
      "open: the probe's nRESET is not connected with the target's; low: the board holds it low, and the target in reset",
  },
  wires: {
    type: "choice",
    values: ["good", "slow", "noisy"],
    default: "good",
    about: "slow: nothing arrives above 2 MHz; noisy: on SWD, every word arrives with wrong parity",
  },
  supply: {
    type: "choice",
    values: ["on", "off", "debug-port"],
    default: "on",
    about:
      "off: the target has no power; debug-port: its debug port alone has power, and a request for more is never acknowledged",
  },
  seed: { type: "integer", min: 0, max: 0xffff_ffff, default: 1, about: "for what a model leaves to chance" },
} as const satisfies OptionSpecs;

/** Throws `unknown-model`, `unknown-option`, `bad-option-value` or `bad-model`. */
export function openSimulator(
  spec: SimulatorSpec,
  options: {
    readonly clock?: VirtualClock;
    /** The text of `keep()` from an earlier simulator of the same model. */
    readonly state?: Source | undefined;
    /** Says whether polling that finds nothing new is simulated each time; the result is the same. */
    readonly polling?: "passed over" | "simulated";
    /** Hears the levels of the wires between probe and target. */
    readonly watch?: WireWatcher | undefined;
  } = {},
): Simulator {
  OPEN({ spec, options });
  const { clock = new VirtualClock(), watch, state, polling = "passed over" } = options;
  const model = modelOf(spec.model);
  const given = Object.entries(spec.options ?? {});
  const common = readOptions(model.name, commonOptions, pick(given, true)) as {
    readonly latency: LatencyName;
    readonly quirk: Quirk;
    readonly execute: "yes" | "no";
    readonly nreset: "wired" | "open" | "low";
    readonly wires: "good" | "slow" | "noisy";
    readonly supply: "on" | "off" | "debug-port";
    readonly seed: number;
  };
  const kept = state === undefined ? undefined : readState(state, model.name);
  const restore = (soc: Soc): void => {
    if (kept !== undefined) restoreState(state?.path ?? "", kept, soc);
  };
  const soc = model.create(pick(given, false), {
    clockUs: () => clock.nowUs(),
    seed: common.seed,
    beforePower: restore,
  });
  // Power-up has ended long before a session connects.
  clock.advance(soc.settings.resetUs);
  soc.catchUp();
  clock.advance(soc.settings.bootUs);
  soc.catchUp();
  if (kept !== undefined) {
    clock.advance(Math.max(0, kept.timeUs - clock.nowUs()));
    soc.catchUp();
    restore(soc);
  }
  if (common.supply === "off") soc.power(false);
  const injection = new Injection(common.wires === "noisy" ? "PARITY" : undefined);
  const latency = latencyModels[common.latency];
  const identity = {
    vendor: "dbgseq",
    product: "dbgseq simulated CMSIS-DAP",
    serialNumber: `SIM-${model.name}`,
    packetSize: latency.packetSize,
    packetCount: latency.packetCount,
    executes: common.execute === "yes",
    pinsBeforeConnect: common.quirk !== "pins-after-connect",
    hasNreset: common.quirk !== "no-nreset",
  };
  const target = new SimulatedTarget(soc, injection, {
    nreset: common.quirk === "no-nreset" && common.nreset === "wired" ? "open" : common.nreset,
    fastestHz: common.wires === "slow" ? SLOW_WIRES_HZ : Infinity,
    acknowledgesPower: common.supply !== "debug-port",
  });
  const probe = new Probe(target, clock, identity, watch);
  const remembered = (): Remembered | undefined => {
    const { remembered: behind } = target;
    return behind && [...behind, ...probe.remembered];
  };
  const parts = {
    clock,
    soc,
    injection,
    remembered,
    dueUs: (afterUs: number): number => target.dueUs(afterUs),
  };
  const isPassedOver = polling === "passed over" && watch === undefined;
  if (isPassedOver) probe.passOver(new Rounds({ ...parts, within: true }), () => soc.agenda.nextUs);
  const pipe = new SimulatorPipe(probe, clock, {
    injection,
    latency,
    quirk: common.quirk,
    ...(isPassedOver ? { polled: new PolledPackets(new Rounds(parts), () => clock.nowPs()) } : {}),
  });
  const keep = (): string => {
    soc.live();
    finish(soc, clock);
    return stateText(model.name, soc, clock.nowUs());
  };
  return { model, pipe, clock, log: soc.log, injection, soc, lights: probe.lights, keep };
}

/** An erase that was begun ends. Work that begins anew for ever is cut off. */
function finish(soc: Soc, clock: VirtualClock): void {
  const endUs = clock.nowUs() + LONGEST_WORK_US;
  for (let { nextUs } = soc.agenda; nextUs <= endUs; { nextUs } = soc.agenda) {
    clock.advance(Math.max(0, nextUs - clock.nowUs()));
    soc.catchUp();
  }
}

function pick(
  given: readonly (readonly [string, string])[],
  common: boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(given.filter(([name]) => Object.hasOwn(commonOptions, name) === common));
}

function modelOf(model: string | Source | Model): Model {
  if (typeof model !== "string") return "create" in model ? model : yamlModel(model);
  return knownModel(model);
}
