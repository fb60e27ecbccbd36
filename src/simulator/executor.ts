/** The port for executing instructions. Without one a running core stays where it is, and a step moves it by one halfword. */
import type { Bus } from "./bus.ts";

/** The core as an executor sees it: registers by number, and the bus of the core. */
export interface ExecutingCore {
  /** r0 to r15; 13 is the stack pointer in use, 15 the address of the next instruction. */
  readonly registers: Uint32Array;
  xpsr: number;
  readonly bus: Bus;
  /** Whether a breakpoint unit stops the core before the instruction at this address. */
  breaksAt(address: number): boolean;
}

export interface Executed {
  readonly instructions: number;
  /** Absent where the core would go on. */
  readonly stop?: "breakpoint" | "lockup";
}

export interface Executor {
  /** Runs at most `limit` instructions. */
  run(core: ExecutingCore, limit: number): Executed;
  /** Instructions in a microsecond of target time. */
  readonly perUs: number;
}
