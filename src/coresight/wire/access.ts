/** What the wire carries: accesses with their origin, and the steps that they are made of. Types only. */
import type { ApPlace } from "../ap-place.ts";
import type { ReadPatch } from "./data-patches.ts";
import type { CoreSightFailure } from "./faults.ts";
import type { WireOp } from "./link.ts";

/** One logical access, from any caller: a statement of a sequence, a step of a flow, a call of the API. */
export interface Origin {
  /** For people: `Write32(0xE000ED0C, 0x05FA0004)`, `read of CPUID`. */
  readonly label: string;
  /** A failure counts as value 0 and is recorded; the rest goes on. */
  readonly tolerate: boolean;
  /** Where it stands in a sequence; opaque here. */
  readonly site?: unknown;
  /** Its number there; opaque here. */
  readonly order?: number;
}

/** One operation of an access, and what it reaches, as far as a report can name it. */
export interface Step {
  readonly op: WireOp;
  /** `DRW`, `CTRL/STAT`, `AP 0x0C`. */
  readonly register?: string;
  readonly ap?: ApPlace;
  /** Of the register in that access port, as the port itself has it. */
  readonly offset?: number;
  /** Memory address of the first word. */
  readonly address?: number;
  /** The access port (its placeKey) of a data register access (DRW, BD0-3), which the DP posts: its error comes late (wire rule 2). */
  readonly dataOf?: string;
  /** A register of an access port for its own sake, as ReadAP and WriteAP reach it: what it is nobody knows, so its error may come late too. */
  readonly raw?: true;
  /** Reads CTRL/STAT behind an access on JTAG, or selects it: what it reads is nobody's value (wire rule 3). */
  readonly check?: true;
  /** Bits of what it reads that the device's description corrects (wire rule 27). */
  readonly patch?: ReadPatch;
}

/**
 * The steps of an access. Made when they are about to be sent, and once more if they must be sent again: what SELECT,
 * CSW and TAR hold may have changed by then.
 */
export type Plan = () => readonly Step[];

/** A write that the user has to consent to: what it does, and the consent that it takes. */
export interface GuardedWrite {
  readonly grant: "erase" | "lock" | "lock=forever";
  /** As a sentence goes on after what does it. */
  readonly does: string;
}

/** Sees every write before it is sent. */
export interface WriteGuard {
  /** What of these steps still needs consent; undefined if they may be sent. They are seen in their order. */
  refuses(steps: readonly Step[]): GuardedWrite | undefined;
  /** It is no longer known what the registers of access ports hold. */
  forget(): void;
  /** Another debug port hears from here on. */
  elsewhere(): void;
  /** Asks the user for consent. Resolves to undefined if the steps may be sent after all. */
  consent(steps: readonly Step[], peek: Peek): Promise<GuardedWrite | undefined>;
}

/** Reads what is needed to judge a write; nothing that it changes stays changed. */
export interface Peek {
  /** A register of an access port, by its offset of ADIv5; undefined if it does not answer. */
  register(ap: ApPlace, offset: number): Promise<number | undefined>;
  /** Words of memory behind an access port; undefined if they do not answer. */
  memory(ap: ApPlace, addresses: readonly number[]): Promise<readonly number[] | undefined>;
}

/** An access that failed under `tolerate`. */
export interface Failed {
  readonly failed: CoreSightFailure;
}
