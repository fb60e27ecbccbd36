/**
 * Lists the steps of the flows around the sequences: connect, reset, disconnect (specification 1.7, figures
 * "Connect Debugger to Device", "Reset Device", "Disconnect Debugger"; wire rules 18-22). Knows the order;
 * carries nothing out.
 */
import { append } from "../../lib/lists.ts";
import type { FlowMode } from "../../options/resolve.ts";

/** An act is what a flow does itself, between the sequences. */
export type Act =
  | "scan JTAG chain"
  | "read DPIDR"
  | "read features"
  | "read CPUID"
  | "note state"
  | "halt"
  | "wait for halt"
  | "drop caches"
  /** S_RESET_ST clears when it is read, so that it tells of the reset that follows. */
  | "clear S_RESET_ST"
  /** Throws `reset-line-low` if nRESET, which a sequence has pulled, does not rise within a second. */
  | "look at nRESET"
  /** Throws `still-in-reset`, and `reset-not-seen` if nRESET was to be pulled and no reset arrived. */
  | "look at the core"
  /** Throws `port-lost` if the debug port lost its power or does not answer (wire rule 23). */
  | "look after the port";

/** A part is what a connection begins, and undoes at its end. */
export type Part = "port" | "core" | "trace" | "recovery";

export interface RunStep {
  /** The sequence to run; the step is empty if it has no definition. */
  readonly run: string;
  /** The part counts as begun even if the step fails half-way. */
  readonly begins?: Part;
  /** The sequence that ends what this one begins. */
  readonly undoneBy?: string;
  readonly ends?: Part;
  /** The step begins nothing if the sequence has no definition. */
  readonly mustExist?: true;
  /** True if it is the reset of a reset flow. */
  readonly resets?: true;
  /** True if it comes before the connection, which `__connection` tells the sequence. */
  readonly preReset?: true;
  /** True if it runs after a failure too. */
  readonly always?: true;
}

export interface ActStep {
  readonly act: Act;
}

export type FlowStep = RunStep | ActStep;

interface Beginning extends RunStep {
  readonly begins: Part;
  readonly undoneBy: string;
}

/** The parts stand in the order in which they begin. */
const BEGINNINGS: Readonly<Record<Part, Beginning>> = {
  port: { run: "DebugPortStart", begins: "port", undoneBy: "DebugPortStop" },
  core: { run: "DebugCoreStart", begins: "core", undoneBy: "DebugCoreStop" },
  trace: { run: "TraceStart", begins: "trace", undoneBy: "TraceStop" },
  recovery: {
    run: "RecoverySupportStart",
    begins: "recovery",
    undoneBy: "RecoverySupportStop",
    mustExist: true,
  },
};

/** The set has everything that a connection can begin. */
export const PARTS: ReadonlySet<Part> = new Set(Object.values(BEGINNINGS).map(({ begins }) => begins));

export function begin(part: Part): FlowStep {
  return BEGINNINGS[part];
}

export function undo(part: Part): FlowStep {
  return { run: BEGINNINGS[part].undoneBy, ends: part };
}

export type Protocol = "swd" | "jtag";

/** Makes the debug port answer, and asks for its identity. */
export function meetPort(protocol: Protocol): readonly FlowStep[] {
  return [{ run: "DebugPortSetup" }, { act: protocol === "swd" ? "read DPIDR" : "scan JTAG chain" }];
}

export interface FlowChoice {
  readonly mode: FlowMode;
  readonly trace: boolean;
  readonly protocol: Protocol;
}

export function connectSteps({ mode, trace, protocol }: FlowChoice): readonly FlowStep[] {
  if (mode === "none") return [];
  const steps: FlowStep[] = [];
  if (mode === "pre-reset") steps.push({ run: "ResetHardware", preReset: true }, { act: "look at nRESET" });
  if (mode === "under-reset") steps.push({ run: "ResetHardwareAssert" });
  append(steps, meetPort(protocol));
  steps.push(begin("port"), { act: "read features" }, { run: "DebugDeviceUnlock" });
  // A core that is held in reset may not answer; its state is known from the mode then.
  steps.push({ act: "read CPUID" });
  if (mode === "pre-reset") steps.push({ act: "look at the core" });
  steps.push({ act: "note state" }, begin("core"));
  if (mode === "under-reset") {
    steps.push({ run: "ResetCatchSet" }, { run: "ResetHardwareDeassert" }, { act: "look at nRESET" });
    steps.push({ act: "wait for halt" }, { run: "ResetCatchClear", always: true });
  }
  if (mode === "halt") steps.push({ act: "halt" });
  if (trace) steps.push(begin("trace"));
  steps.push(begin("recovery"));
  return steps;
}

export interface ResetChoice {
  /** The sequence that resets; a device may name one of its own (defaultResetSequence). */
  readonly name: string;
  readonly halt: boolean;
  readonly trace: boolean;
}

export function resetSteps({ name, halt, trace }: ResetChoice): readonly FlowStep[] {
  const steps: FlowStep[] = [];
  if (halt) steps.push({ run: "ResetCatchSet" });
  steps.push({ act: "clear S_RESET_ST" }, { run: name, resets: true }, { act: "drop caches" });
  steps.push({ act: "look after the port" }, { act: "look at the core" });
  if (halt) steps.push({ act: "wait for halt" }, { run: "ResetCatchClear", always: true });
  if (trace) steps.push(begin("trace"));
  return steps;
}

/**
 * Repeats the connect flow as far as it was lost, then runs the device's own acknowledge. The state of the
 * core is left as it is.
 */
export function recoverySteps(protocol: Protocol, halt: boolean): readonly FlowStep[] {
  const halting: readonly FlowStep[] = halt ? [{ act: "halt" }] : [];
  return [
    ...meetPort(protocol),
    begin("port"),
    { run: "DebugDeviceUnlock" },
    begin("core"),
    ...halting,
    { run: "RecoveryAcknowledge" },
  ];
}

/**
 * A target that stays halted keeps its debug domain, so neither DebugCoreStop nor DebugPortStop runs (wire
 * rule 21).
 */
export function disconnectSteps(begun: ReadonlySet<Part>, leaveHalted: boolean): readonly FlowStep[] {
  const undone: readonly Part[] = leaveHalted ? ["recovery", "trace"] : ["recovery", "trace", "core", "port"];
  return undone.filter((part) => begun.has(part)).map(undo);
}

/**
 * Returns true if the flow runs this sequence by itself, so that asking for it by name must not run it twice
 * (wire rule 18).
 */
export function includes(steps: readonly FlowStep[], name: string): boolean {
  return sequencesOf(steps).includes(name);
}

/** Returns the steps up to and including one sequence, if that is named and among them. */
export function upTo(steps: readonly FlowStep[], name: string | undefined): readonly FlowStep[] {
  const index = steps.findIndex((step) => "run" in step && step.run === name);
  return index < 0 ? steps : steps.slice(0, index + 1);
}

export function sequencesOf(steps: readonly FlowStep[]): readonly string[] {
  return steps.flatMap((step) => ("run" in step ? [step.run] : []));
}
