/**
 * Declares what a Thumb core needs from the chip around it, and what it tells its caller. Knows no debug port
 * and no device.
 */

/**
 * The bus answers everything that is not plain memory. Addresses are unsigned, and values are as wide as the
 * name says (reads may be signed or unsigned). A failed access sets `failed`; the core clears it and takes a
 * bus fault. Nothing is allocated on the way.
 */
export interface ThumbBus {
  failed: boolean;
  read8(address: number): number;
  read16(address: number): number;
  /** Fetches a halfword of an instruction. */
  fetch16(address: number): number;
  read32(address: number): number;
  write8(address: number, value: number): void;
  write16(address: number, value: number): void;
  write32(address: number, value: number): void;
}

/**
 * Memory without side effects, which is accessed without the bus. If `writable` is false, stores go to the
 * bus all the same.
 */
export interface PlainMemory {
  readonly base: number;
  readonly bytes: Uint8Array;
  readonly writable: boolean;
}

/** The architecture variants; `baseline` and `mainline` are Armv8-M's own words. */
export type ThumbArchitecture = "v6-M" | "v7-M" | "v8-M.base" | "v8-M.main";

export interface ThumbProfile {
  readonly architecture: ThumbArchitecture;
  /** True for the DSP extension: Armv7E-M, or Armv8-M mainline with DSP. */
  readonly dsp: boolean;
  /** The number of external interrupts. */
  readonly interrupts: number;
  /** The number of implemented bits of a priority, at the top of its byte. */
  readonly priorityBits: number;
  /** CPUID as the core shows it. */
  readonly cpuid: number;
  /**
   * True if exception returns carry the Secure bits on Armv8-M, as on a core that never left Secure state
   * after reset.
   */
  readonly secure?: boolean;
}

/**
 * Why `step` came back: the budget is used, a breakpoint address was reached or BKPT met (PC at it), a fault happened and
 * faults stop the core, the core sleeps, is locked up, was caught by a vector catch, made an access that is watched, asked
 * for a system reset, or is about to do what it may not.
 */
export type StopReason =
  | "budget"
  | "breakpoint"
  | "bkpt"
  | "fault"
  | "sleep"
  | "lockup"
  | "vector-catch"
  | "watchpoint"
  | "reset-request"
  | "refused";

export type FaultKind =
  | "none"
  | "undefined"
  | "unpredictable"
  | "coprocessor"
  | "invalid-state"
  | "invalid-return"
  | "unaligned"
  | "divide-by-zero"
  | "stack-limit"
  | "bus-read"
  | "bus-write"
  | "bus-fetch"
  | "execute-never"
  | "stacking"
  | "unstacking"
  | "vector-read"
  | "breakpoint-instruction"
  | "supervisor-call";

/** The latest fault; there is one mutable record for each core. */
export interface FaultRecord {
  kind: FaultKind;
  /** The address of the instruction, unsigned. */
  pc: number;
  /** The address of the failed access; 0 if there was none. */
  address: number;
  /** The instruction: 16 bits, or 32 with the first halfword on top; 0 if it could not be fetched. */
  opcode: number;
}
