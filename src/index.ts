/** The public page of `dbgseq`. */
export { ConnectHelper } from "./api/connect-helper.ts";
export type { ConnectRequest, ProbeRequest, SessionRequest } from "./api/connect-helper.ts";
export { simulatedProbe } from "./api/debug-probe.ts";
export type { DebugProbe, SimulatedProbe } from "./api/debug-probe.ts";
export type { SessionOptions } from "./api/options.ts";
export type { EffectiveOptions, OptionValue } from "./api/session-options.ts";
export { Session } from "./api/session.ts";
export { Board } from "./api/board.ts";
export { Target } from "./api/target.ts";
export { DebugPort } from "./api/debug-port.ts";
export type { DebugPortIdentity } from "./api/debug-port.ts";
export { AccessPort } from "./api/access-port.ts";
export type { AccessPortIdentity } from "./api/access-port.ts";
export { AccessPorts } from "./api/access-ports.ts";
export { AHB_AP, MEM_AP } from "./api/mem-ap.ts";
export type { AccessSize, MemoryInterface } from "./api/memory.ts";
export { CortexM } from "./api/cortex-m.ts";
export type { CoreIdentity, CoreState } from "./api/cortex-m.ts";
export { exitCodeOf } from "./session/exit-codes.ts";
export type { AnyFault } from "./session/exit-codes.ts";
export type { SessionEvent } from "./session/events.ts";
export { Failure, sentences } from "./lib/fault.ts";
/** One layer below: flows and sequences without the objects above. */
export { Session as Connection } from "./session/session.ts";
export { openSession, type OpenRequest } from "./session/open.ts";
export { DeviceContext } from "./session/context.ts";
