/**
 * The flows around the sequences: connect, reset, disconnect, as lists of steps (specification 1.7, figures "Connect
 * Debugger to Device", "Reset Device", "Disconnect Debugger"; wire rules 18-22). Knows the order; carries nothing out.
 */
import type { FlowMode } from "../../options/settings.ts";

/** What a flow does itself, between the sequences. */
export type Act =
  | "scan JTAG chain"
  | "read DPIDR"
  | "read features"
  | "read CPUID"
  | "note state"
  | "halt"
  | "wait for halt"
  | "drop caches"
  /** So that S_RESET_ST, which clears when it is read, tells of the reset that follows. */
  | "clear S_RESET_ST"
  /** Throws `reset-line-low` if nRESET, which a sequence has pulled, does not rise within a second. */
  | "look at nRESET"
  /** Throws `still-in-reset`, and `reset-not-seen` where nRESET was to be pulled and no reset arrived. */
  | "look at the core"
  /** Throws `port-lost` where the debug port lost its power or does not answer (wire rule 23). */
  | "look after the port";

export type Step =
  | {
      readonly kind: "sequence";
      readonly name: string;
      readonly preReset?: boolean;
      readonly always?: boolean;
    }
  | { readonly kind: "act"; readonly act: Act };

const sequence = (name: string): Step => ({ kind: "sequence", name });
const act = (name: Act): Step => ({ kind: "act", act: name });

export interface FlowChoice {
  readonly mode: FlowMode;
  readonly trace: boolean;
  readonly protocol: "swd" | "jtag";
}

export function connectSteps({ mode, trace, protocol }: FlowChoice): readonly Step[] {
  if (mode === "none") return [];
  const steps: Step[] = [];
  if (mode === "pre-reset")
    steps.push({ kind: "sequence", name: "ResetHardware", preReset: true }, act("look at nRESET"));
  if (mode === "under-reset") steps.push(sequence("ResetHardwareAssert"));
  steps.push(sequence("DebugPortSetup"));
  steps.push(act(protocol === "swd" ? "read DPIDR" : "scan JTAG chain"));
  steps.push(sequence("DebugPortStart"), act("read features"), sequence("DebugDeviceUnlock"));
  // A core that is held in reset may not answer; its state is known from the mode then.
  steps.push(act("read CPUID"));
  if (mode === "pre-reset") steps.push(act("look at the core"));
  steps.push(act("note state"), sequence("DebugCoreStart"));
  if (mode === "under-reset") {
    steps.push(sequence("ResetCatchSet"), sequence("ResetHardwareDeassert"), act("look at nRESET"));
    steps.push(act("wait for halt"));
    steps.push({ kind: "sequence", name: "ResetCatchClear", always: true });
  }
  if (mode === "halt") steps.push(act("halt"));
  if (trace) steps.push(sequence("TraceStart"));
  steps.push(sequence("RecoverySupportStart"));
  return steps;
}

export interface ResetChoice {
  /** The sequence that resets; a device may name one of its own (defaultResetSequence). */
  readonly name: string;
  readonly halt: boolean;
  readonly trace: boolean;
}

export function resetSteps({ name, halt, trace }: ResetChoice): readonly Step[] {
  const steps: Step[] = [];
  if (halt) steps.push(sequence("ResetCatchSet"));
  steps.push(act("clear S_RESET_ST"), sequence(name), act("drop caches"), act("look after the port"));
  steps.push(act("look at the core"));
  if (halt) steps.push(act("wait for halt"), { kind: "sequence", name: "ResetCatchClear", always: true });
  if (trace) steps.push(sequence("TraceStart"));
  return steps;
}

export interface Started {
  readonly port: boolean;
  readonly core: boolean;
  readonly trace: boolean;
  readonly recovery: boolean;
}

/** A target that stays halted keeps its debug domain: neither DebugCoreStop nor DebugPortStop (wire rule 21). */
export function disconnectSteps(started: Started, leaveHalted: boolean): readonly Step[] {
  const steps: Step[] = [];
  if (started.recovery) steps.push(sequence("RecoverySupportStop"));
  if (started.trace) steps.push(sequence("TraceStop"));
  if (leaveHalted) return steps;
  if (started.core) steps.push(sequence("DebugCoreStop"));
  if (started.port) steps.push(sequence("DebugPortStop"));
  return steps;
}

/** Whether the flow runs this sequence by itself, so that asking for it by name must not run it twice (wire rule 18). */
export function includes(steps: readonly Step[], name: string): boolean {
  return steps.some((step) => step.kind === "sequence" && step.name === name);
}
