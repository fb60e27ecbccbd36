/** The one port between CoreSight and whatever moves its bits. Declared here, implemented by probe/. */
import type { Repeats } from "../../lib/repeats.ts";

/** A DP or AP register by A[3:2]; SELECT decides which AP and bank it belongs to. */
export interface Register {
  readonly port: "DP" | "AP";
  readonly address: 0x0 | 0x4 | 0x8 | 0xc;
}

/** A list of operations runs on the wire in its order. */
export type WireOp =
  /**
   * `words` accesses to the same register, for a block through DRW with auto-increment. `ahead` marks a part of a
   * block transfer whose packets may be sent before earlier ones were answered (wire rule 1).
   */
  | { readonly kind: "read"; readonly register: Register; readonly words: number; readonly ahead?: boolean }
  | {
      readonly kind: "write";
      readonly register: Register;
      readonly words: Uint32Array;
      readonly ahead?: boolean;
    }
  /** Reads until (value & mask) == value or the limit passes; yields nothing. */
  | {
      readonly kind: "match";
      readonly register: Register;
      readonly mask: number;
      readonly value: number;
      readonly limitUs: number;
    }
  /** The CMSIS-DAP ABORT command, which is accepted even while the DP answers FAULT. */
  | { readonly kind: "abort"; readonly value: number }
  /** Drives the lines in `select` to `output` and waits up to waitUs until they read so; yields one word, the pins. */
  | { readonly kind: "pins"; readonly output: number; readonly select: number; readonly waitUs: number }
  /** Bits of SWDIO or TMS, least significant first. */
  | { readonly kind: "swj"; readonly count: number; readonly bits: bigint }
  /** Bits of TDI with TMS held; yields the TDO bits, in words. */
  | { readonly kind: "jtag"; readonly count: number; readonly tms: 0 | 1; readonly tdi: bigint }
  /** On JTAG only: selects the TAP of later accesses, by its place from TDO. Nothing moves. */
  | { readonly kind: "tap"; readonly index: number }
  | { readonly kind: "delay"; readonly us: number }
  | { readonly kind: "clock"; readonly hz: number }
  /** On SWD only: tells the probe how to frame what follows. */
  | ({ readonly kind: "framing" } & Framing)
  /**
   * On SWD only: a write of DP address 4 after which nothing comes in the same frame. The target frames what
   * follows differently, so the probe's own check of the write would not be understood. `turnaround` is that of
   * this write.
   */
  | { readonly kind: "bare write"; readonly value: number; readonly turnaround: number };

export interface Framing {
  /** The clocks of a turnaround, 1 to 4. */
  readonly turnaround: number;
  /** True if a data phase follows WAIT and FAULT, too, as overrun detection needs it. */
  readonly dataPhase: boolean;
}

/** The framing at the start of a connection and after a line reset. */
export const FIRST_FRAMING: Framing = { turnaround: 1, dataPhase: false };

export type LinkFault = "WAIT" | "FAULT" | "NO_ACK" | "PARITY" | "MISMATCH";

export interface Outcome {
  /**
   * How many single operations (words of reads and writes; other ops count one) the probe counted as accepted.
   * After FAULT the culprit may be older: AP writes are posted by the DP (wire rule 2).
   */
  readonly done: number;
  /**
   * How many of them are known to have completed, because the probe had their data, or because its own check
   * after them succeeded. They cannot cause an error that shows later.
   */
  readonly confirmed: number;
  /** One entry per op, in order, empty if it yields nothing; as far as the run came. */
  readonly values: readonly Uint32Array[];
  readonly endUs: number;
  /** The request/response exchanges that this run took. */
  readonly exchanges: number;
  readonly fault?: LinkFault;
  /**
   * Operations after the failed one that ran, or may have run, all the same: packets that were under way, or
   * later commands of a block without the host. Empty after a FAULT in a block transfer: the sticky bit kept them
   * out.
   */
  readonly ranOn?: readonly { readonly from: number; readonly to: number }[];
}

/** A run was sent, at least in part, and the probe did not say what became of it. Counts are as in Outcome. */
export interface LostRun {
  readonly kind: "lost-run";
  readonly confirmed: number;
  /** The operations that the probe was given; it may have done all of them. */
  readonly sent: number;
}

export interface LinkAbilities {
  /** True if the far side manages SELECT itself (a pyOCD server). */
  readonly selects: boolean;
  /** True if it can run several commands without the host (DAP_ExecuteCommands). */
  readonly atomic: boolean;
  readonly match: boolean;
  /** The mask of the pins that can be driven and read. */
  readonly pins: number;
}

/** The probe itself retries this many WAIT answers; the reference firmware's own default setup uses 100. */
export const WAIT_RETRIES = 100;

export interface LinkSettings {
  readonly protocol: "swd" | "jtag";
  readonly clockHz: number;
  readonly idleCycles: number;
  readonly waitRetries: number;
}

export interface DapLink {
  readonly can: LinkAbilities;
  /** Name, serial number and firmware, as far as the probe says. */
  readonly identity: Readonly<Record<string, string>>;
  /** Passes over runs that would be the same again; only a simulated link knows that. */
  readonly repeats?: Repeats;
  /** Mistakes in what the probe says of itself; it is used all the same. */
  readonly notes: readonly string[];
  /** Sends DAP_Connect, clock, transfer and SWD configuration, but not a bit of the target's protocol yet. */
  connect(settings: LinkSettings): Promise<void>;
  /** On JTAG only: sets the lengths of the instruction registers in the chain, from TDO to TDI. */
  chain(irLengths: readonly number[]): Promise<void>;
  /**
   * Runs operations. Rejects only for the probe itself; the target's answer is in the outcome. If operations were
   * under way, it rejects with `lost-run` around the failure.
   */
  run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome>;
  /** The most words of block data that one exchange can carry, for callers that split long transfers. */
  readonly blockWords: { readonly read: number; readonly write: number };
  /** Ends what the probe is doing, at once and without waiting: the current run rejects with `interrupted`. */
  interrupt(): void;
  status(light: "connected" | "running", on: boolean): Promise<void>;
  disconnect(): Promise<void>;
  close(): Promise<void>;
}
