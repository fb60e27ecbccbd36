/** The one port between CoreSight and whatever moves its bits. Declared here, implemented by probe/. */
import type { Repeats } from "../../lib/repeats.ts";

/** A DP or AP register by A[3:2]; which AP and bank is the business of SELECT. */
export interface Register {
  readonly port: "DP" | "AP";
  readonly address: 0x0 | 0x4 | 0x8 | 0xc;
}

/** One list of operations is one order on the wire. */
export type WireOp =
  /**
   * `words` accesses to the same register, for a block through DRW with auto-increment. `ahead`: part of a block transfer,
   * whose packets may be sent before those before them were answered (wire rule 1).
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
  /** The CMSIS-DAP ABORT command, taken even while the DP answers FAULT. */
  | { readonly kind: "abort"; readonly value: number }
  /** Drives the lines in `select` to `output` and waits up to waitUs until they read so; yields one word, the pins. */
  | { readonly kind: "pins"; readonly output: number; readonly select: number; readonly waitUs: number }
  /** SWDIO/TMS bits, least significant first. */
  | { readonly kind: "swj"; readonly count: number; readonly bits: bigint }
  /** TDI bits with TMS held; yields the TDO bits, in words. */
  | { readonly kind: "jtag"; readonly count: number; readonly tms: 0 | 1; readonly tdi: bigint }
  /** JTAG only: the TAP that later accesses are for, by its place from TDO. Nothing moves. */
  | { readonly kind: "tap"; readonly index: number }
  | { readonly kind: "delay"; readonly us: number }
  | { readonly kind: "clock"; readonly hz: number }
  /** SWD only: how the probe frames what follows. */
  | ({ readonly kind: "framing" } & Framing)
  /**
   * SWD only: a write of DP address 4 behind which nothing comes in the same frame: the target frames what follows otherwise,
   * and the probe's own check of a write would not be understood. `turnaround`: of this write.
   */
  | { readonly kind: "bare write"; readonly value: number; readonly turnaround: number };

export interface Framing {
  /** Clocks of a turnaround, 1 to 4. */
  readonly turnaround: number;
  /** A data phase follows WAIT and FAULT too, as overrun detection needs it. */
  readonly dataPhase: boolean;
}

/** As a connection and a line reset begin with. */
export const FIRST_FRAMING: Framing = { turnaround: 1, dataPhase: false };

export type LinkFault = "WAIT" | "FAULT" | "NO_ACK" | "PARITY" | "MISMATCH";

export interface Outcome {
  /**
   * How many single operations (words of reads and writes, other ops count one) the probe counted as accepted. With
   * FAULT the culprit may be older: AP writes are posted by the DP (wire rule 2).
   */
  readonly done: number;
  /**
   * How many of them are known to have completed, because the probe had their data or its own check behind them
   * succeeded. An error that shows later cannot be theirs.
   */
  readonly confirmed: number;
  /** One entry an op, in order, empty if it yields nothing; as far as the run came. */
  readonly values: readonly Uint32Array[];
  readonly endUs: number;
  /** Request/response exchanges that this run took. */
  readonly exchanges: number;
  readonly fault?: LinkFault;
  /**
   * Operations behind the one that failed that ran, or may have run, all the same: packets that were under way, later
   * commands of a block without the host. Empty after a FAULT in a block transfer: the sticky bit kept them out.
   */
  readonly ranOn?: readonly { readonly from: number; readonly to: number }[];
}

/** A run was sent, in part at least, and the probe did not say what became of it. Counts are as in Outcome. */
export interface LostRun {
  readonly kind: "lost-run";
  readonly confirmed: number;
  /** Operations that the probe was given; it may have done all of them. */
  readonly sent: number;
}

export interface LinkAbilities {
  /** The far side manages SELECT itself (a pyOCD server). */
  readonly selects: boolean;
  /** It can run several commands without the host (DAP_ExecuteCommands). */
  readonly atomic: boolean;
  readonly match: boolean;
  /** Mask of the pins that can be driven and read. */
  readonly pins: number;
}

export interface LinkSettings {
  readonly protocol: "swd" | "jtag";
  readonly clockHz: number;
  readonly idleCycles: number;
  readonly waitRetries: number;
}

export interface DapLink {
  readonly can: LinkAbilities;
  /** Name, serial number, firmware, as far as the probe says. */
  readonly identity: Readonly<Record<string, string>>;
  /** Passes over runs that would be the same again; only what is simulated knows that. */
  readonly repeats?: Repeats;
  /** What the probe did not say of itself as it should; it is used all the same. */
  readonly notes: readonly string[];
  /** DAP_Connect, clock, transfer and SWD configuration; no bit of the target's protocol yet. */
  connect(settings: LinkSettings): Promise<void>;
  /** JTAG only: the lengths of the instruction registers in the chain, from TDO to TDI. */
  chain(irLengths: readonly number[]): Promise<void>;
  /**
   * Rejects only for the probe itself; what the target answered is in the outcome. With `lost-run`, around what happened,
   * where operations were under way.
   */
  run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome>;
  /** Most words of block data that one exchange can carry, for callers that cut long transfers. */
  readonly blockWords: { readonly read: number; readonly write: number };
  /** Ends what the probe is doing, at once and without waiting: the run that is under way rejects with `interrupted`. */
  interrupt(): void;
  status(light: "connected" | "running", on: boolean): Promise<void>;
  disconnect(): Promise<void>;
  close(): Promise<void>;
}
