/**
 * Lists the names that the specification gives: variables with their access, and sequences with the time at
 * which a debugger runs them.
 */

export interface PredefinedVariable {
  readonly name: string;
  readonly access: "read-only" | "read-write";
  readonly summary: string;
}

export interface PredefinedSequence {
  readonly name: string;
  /** The flow that runs it. */
  readonly context: "connect" | "disconnect" | "reset" | "flash" | "trace" | "recovery" | "verify";
  /** It gives only a warning, because working packs do it all the same. */
  readonly forbids?: Forbids;
  /** True if a read of DPIDR may fail in it, and in what it calls: the flow's own read decides (wire rule 6). */
  readonly forgivesDpidr?: true;
  /** What it does to nRESET; this is said before it runs, because the user may hold the board (wire rule 20). */
  readonly movesReset?: string;
  /** True if the debug port need not answer after it. */
  readonly endsPort?: true;
  readonly summary: string;
}

/** What the specification forbids in a sequence. */
export interface Forbids {
  /** Forbids memory and access ports, or all of the target except what DPIDR and TARGETSEL are for. */
  readonly access: "ap" | "target";
  /** The sequences in which it may be done. */
  readonly instead: string;
}

const readOnly = (name: string, summary: string): PredefinedVariable => ({
  name,
  access: "read-only",
  summary,
});
const readWrite = (name: string, summary: string): PredefinedVariable => ({
  name,
  access: "read-write",
  summary,
});

export const PREDEFINED_VARIABLES: readonly PredefinedVariable[] = [
  readOnly(
    "__protocol",
    "Bits 0-15: 1 JTAG, 2 SWD, 3 CJTAG; bit 16: SWJ-DP; bit 17: switch through dormant state.",
  ),
  readOnly(
    "__connection",
    "Bits 0-7: 1 debug, 2 flash download; 8-15: reset 1 hardware, 2 system, 3 processor; 16: under reset; 17: pre-reset.",
  ),
  readWrite("__dp", "The debug port of the accesses; restored when a called sequence returns."),
  readWrite("__ap", "The access port (APSEL) of the accesses, if the pack has no access port elements."),
  readWrite("__apid", "The access port element of the accesses, if the pack has such elements."),
  readOnly(
    "__traceout",
    "Bit 0: SWO; bit 1: parallel port; bit 2: trace buffer; bits 16-21: width of the port.",
  ),
  readOnly("__traceclockin", "Frequency in Hz of the clock behind the trace output; 0 if unknown."),
  readOnly("__traceclockout", "Frequency in Hz of the trace output; 0 if unknown."),
  readWrite("__errorcontrol", "Bit 0: a failed access yields 0 and the sequence goes on."),
  readWrite("__Result", "0 success, -1 failure; survives calls and is judged after the outermost return."),
  readOnly("__FlashOp", "0 none, 1 erase, 2 program, 3 verify."),
  readOnly("__FlashAddr", "Start address of the flash operation."),
  readOnly("__FlashLen", "Length in bytes of the flash buffer of the operation."),
  readOnly("__FlashArg", "Argument of the flash block of the operation."),
];

function sequence(
  name: string,
  context: PredefinedSequence["context"],
  summary: string,
  facts: Omit<PredefinedSequence, "name" | "context" | "summary"> = {},
): PredefinedSequence {
  return { name, context, summary, ...facts };
}

const BEHIND_START = "DebugDeviceUnlock or DebugCoreStart";

/** The sequences are in the order of the specification. */
export const PREDEFINED_SEQUENCES: readonly PredefinedSequence[] = [
  sequence("DebugPortSetup", "connect", "Selects SWD or JTAG on the wire, before the debug port answers.", {
    forbids: { access: "target", instead: BEHIND_START },
    forgivesDpidr: true,
  }),
  sequence("DebugPortStart", "connect", "Connects to the debug port and powers it up.", {
    forbids: { access: "ap", instead: BEHIND_START },
  }),
  sequence(
    "DebugPortStop",
    "disconnect",
    "Powers the debug port down, as the last step of the last connection.",
    { forbids: { access: "ap", instead: "DebugCoreStop" }, endsPort: true },
  ),
  sequence("DebugDeviceUnlock", "connect", "Finds out whether the device is locked, and unlocks it."),
  sequence("DebugCoreStart", "connect", "Enables debug of the core."),
  sequence("DebugCoreStop", "disconnect", "Disables debug of the core."),
  sequence(
    "DebugCodeMemRemap",
    "verify",
    "Maps memory as the code sees it, before flash content is verified.",
  ),
  sequence("ResetSystem", "reset", "Resets the system by software and keeps the debug connection."),
  sequence("ResetProcessor", "reset", "Resets the processor alone by software."),
  sequence("ResetHardware", "reset", "Pulses the nRESET line.", { movesReset: "pulses the nRESET line" }),
  sequence("ResetHardwareAssert", "reset", "Drives the nRESET line low.", {
    movesReset: "drives the nRESET line low and keeps it there while connecting",
  }),
  sequence("ResetHardwareDeassert", "reset", "Releases the nRESET line."),
  sequence("ResetCatchSet", "reset", "Before a reset: makes the core stop right after it."),
  sequence("ResetCatchClear", "reset", "After a reset: undoes what ResetCatchSet did."),
  sequence("FlashEraseSetup", "flash", "Before an erase phase: may select an FLM by FlashLoadAlgorithm."),
  sequence("FlashProgramSetup", "flash", "Before a program phase: may select an FLM by FlashLoadAlgorithm."),
  sequence("FlashInit", "flash", "Before a flash operation."),
  sequence("FlashUninit", "flash", "After a flash operation."),
  sequence("FlashEraseSector", "flash", "Erases one sector."),
  sequence("FlashEraseChip", "flash", "Erases all flash of the device."),
  sequence("FlashEraseDone", "flash", "After all erase operations."),
  sequence("FlashProgramPage", "flash", "Programs one page."),
  sequence("FlashProgramDone", "flash", "After all program operations."),
  sequence("TraceStart", "trace", "Enables trace."),
  sequence("TraceStop", "trace", "Disables trace."),
  sequence("TraceCapture", "trace", "Prepares the next capture, before the core runs or steps."),
  sequence("TraceFlush", "trace", "Gets out the last trace bytes, after the core has stopped."),
  sequence(
    "RecoverySupportStart",
    "recovery",
    "Before run or step: prepares for the loss of the connection.",
  ),
  sequence("RecoverySupportStop", "recovery", "After run or step: undoes RecoverySupportStart."),
  sequence("RecoveryAcknowledge", "recovery", "After the connection was lost and found again."),
];

const variables = new Map(PREDEFINED_VARIABLES.map((variable) => [variable.name, variable]));
const sequences = new Map(PREDEFINED_SEQUENCES.map((one) => [one.name, one]));

export function findPredefinedVariable(name: string): PredefinedVariable | undefined {
  return variables.get(name);
}

export function findPredefinedSequence(name: string): PredefinedSequence | undefined {
  return sequences.get(name);
}
