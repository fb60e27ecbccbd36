/** What the wire carries: accesses with their origin, and the steps that they are made of. Types only. */
import type { ApPlace } from "../ap-place.ts";
import type { ReadPatch } from "./data-patches.ts";
import type { CoreSightFailure } from "./faults.ts";
import type { WireOp } from "./link.ts";

/** One logical access, from any caller: a statement of a sequence, a step of a flow, a call of the API. */
export interface Origin {
  /** The text for people: `Write32(0xE000ED0C, 0x05FA0004)`, `read of CPUID`. */
  readonly label: string;
  /** A failure counts as value 0 and is recorded; the rest goes on. */
  readonly tolerate: boolean;
  /** Its place in a sequence; opaque here. */
  readonly site?: unknown;
  /** Its number there; opaque here. */
  readonly order?: number;
}

/** One operation of an access, and what it reaches, as far as a report can name it. */
export interface Step {
  readonly op: WireOp;
  /** The name of the register: `DRW`, `CTRL/STAT`, `AP 0x0C`. */
  readonly register?: string;
  readonly ap?: ApPlace;
  /** The offset of the register in that access port, as the port itself has it. */
  readonly offset?: number;
  /** The memory address of the first word. */
  readonly address?: number;
  /**
   * The access port (its placeKey) of a data register access (DRW, BD0-3), which the DP posts: its error comes
   * late (wire rule 2).
   */
  readonly dataOf?: string;
  /**
   * A register of an access port for its own sake, as ReadAP and WriteAP reach it. Its kind is not known, so its
   * error may come late too.
   */
  readonly raw?: true;
  /** Reads CTRL/STAT after an access on JTAG, or selects it; the value does not belong to an access (wire rule 3). */
  readonly check?: true;
  /** Bits of the value that the device's description corrects (wire rule 27). */
  readonly patch?: ReadPatch;
}

/**
 * The steps of an access. They are made when they are about to be sent, and again if they must be sent again:
 * SELECT, CSW and TAR may have changed by then.
 */
export type Plan = () => readonly Step[];

/** A write that needs the user's consent: what it does, and which consent it needs. */
export interface GuardedWrite {
  readonly grant: "erase" | "lock" | "lock=forever";
  /** The end of a sentence that begins with the write. */
  readonly does: string;
}

/** Sees every write before it is sent. */
export interface WriteGuard {
  /**
   * Returns what of these steps still needs consent; undefined if they may be sent. The guard sees steps in their
   * order.
   */
  refuses(steps: readonly Step[]): GuardedWrite | undefined;
  /** Notes that the values of the access ports' registers are no longer known. */
  forget(): void;
  /** Notes that another debug port is the current one from here on. */
  elsewhere(): void;
  /** Asks the user for consent. Resolves to undefined if the steps may be sent after all. */
  consent(steps: readonly Step[], peek: Peek): Promise<GuardedWrite | undefined>;
}

/** Reads what is needed to judge a write, and restores everything that it changes. */
export interface Peek {
  /** Reads a register of an access port, by its offset of ADIv5; undefined if it does not answer. */
  register(ap: ApPlace, offset: number): Promise<number | undefined>;
  /** Reads words of memory behind an access port; undefined if they do not answer. */
  memory(ap: ApPlace, addresses: readonly number[]): Promise<readonly number[] | undefined>;
}

/** An access that failed under `tolerate`. */
export interface Failed {
  readonly failed: CoreSightFailure;
}
