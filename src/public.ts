/** What `dbgseq` and `dbgseq/browser` both export. What only one of them has stands in its own page, and a test names it. */
/// <reference lib="esnext.disposable" preserve="true" />
export type { ConnectRequest, ProbeRequest, SessionRequest } from "./api/connect-helper.ts";
export { simulatedProbe } from "./api/debug-probe.ts";
export type { DebugProbe, SimulatedProbe } from "./api/debug-probe.ts";
export type { SessionOptions } from "./api/options.ts";
export type { EffectiveOptions, OptionValue } from "./api/session-options.ts";
export { Session } from "./api/session.ts";
export { Board } from "./api/target/board.ts";
export { Target } from "./api/target/target.ts";
export { DebugPort } from "./api/ports/debug-port.ts";
export type { DebugPortIdentity } from "./api/ports/debug-port.ts";
export { AccessPort } from "./api/ports/access-port.ts";
export type { AccessPortIdentity } from "./api/ports/access-port.ts";
export { AccessPorts } from "./api/ports/access-ports.ts";
export type { BusAttributes, KnownBusAttributes } from "./api/ports/bus-attributes.ts";
export { AHB_AP, MEM_AP } from "./api/ports/mem-ap.ts";
export type { AccessSize, MemoryInterface } from "./api/memory/memory.ts";
export { DeviceRegister } from "./api/target/device-register.ts";
export { CortexM } from "./api/cores/cortex-m.ts";
export { MemoryMap, MemoryRegion } from "./api/memory/memory-map.ts";
export type { MemoryType } from "./api/memory/memory-map.ts";
export { Flash } from "./api/memory/flash.ts";
export type { FlashInfo, FlashOperation } from "./api/memory/flash.ts";
export { FlashLoader } from "./api/flash/loader.ts";
export type { FlashLoaderOptions } from "./api/flash/loader.ts";
export { FlashEraser } from "./api/flash/eraser.ts";
export type { EraseMode } from "./api/flash/eraser.ts";
export { FileProgrammer } from "./api/flash/file-programmer.ts";
export type { FileChoice } from "./api/flash/file-programmer.ts";
export type { OutputFile } from "./session/flash/program-image.ts";
export type {
  FlashProgress,
  FlashReport,
  Proof,
  SectorReport,
  Verification,
} from "./flash/program/report.ts";
export type { CoreIdentity } from "./api/cores/core-base.ts";
export type { HaltReason } from "./api/cores/cortex-m.ts";
export type { CoreFeatures } from "./api/cores/core-registers.ts";
export type { Breakpoint, BreakpointKind } from "./coresight/core/breakpoints.ts";
export { ResetType } from "./api/cores/reset-type.ts";
export type { VectorCatchName } from "./api/cores/vector-catch.ts";
export type { CoreState } from "./coresight/core/cortex-m.ts";
export type { FaultReport } from "./coresight/core/fault-report.ts";
export type { Watch, Watchpoint } from "./coresight/core/watchpoints.ts";
export { askingOperator, type Operator } from "./api/asking-operator.ts";
export type { Grant, SessionWishes } from "./api/open-request.ts";
/** Whole runs, from connecting to leaving. */
export * from "./api/jobs/index.ts";
/** What needs no target: scripts, packs and models as texts. */
export * from "./api/calls/index.ts";
export type { SessionEvent } from "./session/flow/events.ts";
export { Failure, sentences } from "./lib/fault.ts";
/** One layer below: flows and sequences without the objects above. */
export { Connection } from "./session/connection.ts";
export type { OpenRequest } from "./session/assemble.ts";
export { DeviceContext } from "./project/context.ts";
export { deviceContext, type DeviceTexts } from "./project/device-context.ts";
export { Source } from "./lib/source.ts";
