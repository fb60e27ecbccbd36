/** What the interpreter needs from outside. It knows no debug port, no probe and no terminal; these are its only ways out. */
import type { Span } from "../lib/source.ts";
import type { Repeats } from "../lib/repeats.ts";
import type { U64 } from "../lib/u64.ts";
import type { Sequence } from "../language/tree.ts";

/** Where an access was asked for: an immutable call chain, so that it outlives the frame that posted it. */
export interface Site {
  readonly span: Span;
  readonly sequence: string;
  readonly caller?: Site;
}

/** One access function with its evaluated arguments and the state that it runs under. */
export interface Access {
  /** The builtin's name in the specification's spelling. */
  readonly fn: string;
  readonly args: readonly U64[];
  readonly dp: number;
  /** `__ap`; used if the description has no access port elements. */
  readonly ap: U64;
  /** `__apid`; used instead of dp and ap if the description has access port elements. */
  readonly apid: U64;
  /** Grows with each access: the smaller of two came first. */
  readonly order?: number;
  /** `__errorcontrol` bit 0 (or wire rule 6): a failure is recorded and yields 0, and the run goes on. */
  readonly tolerate: boolean;
}

/** Why a run had to wait for the target (wire rule 17). */
export type SyncReason =
  | "value used"
  | "query"
  | "message abort"
  | "host effect"
  | "host wait"
  | "error control"
  | "line command"
  | "delay"
  | "poll"
  | "atomic"
  | "queue full"
  | "debug port"
  | "end of sequence";

/** An access that failed under `tolerate`; its value counts as 0. */
export interface FailedAccess {
  readonly failed: Error;
}

/** What a DebugAccess throws for an access that failed: one site is certain, several are a short list (wire rule 2). */
export interface AccessFault {
  readonly kind: string;
  readonly sites: readonly Site[];
  /** The numbers of these accesses, if they have any. */
  readonly orders?: readonly number[];
}

/** An access to a run of items in memory: one address for all of them, or counting up. */
export interface BlockAccess extends Access {
  readonly address: U64;
  /** Number of bytes, a multiple of the size. */
  readonly length: number;
  /** Bits of each access. */
  readonly size: 8 | 16 | 32 | 64;
  readonly increments: boolean;
}

/** A condition on a word: (word & mask) == value. */
export interface WordCondition {
  readonly mask: number;
  readonly value: number;
}

export interface DebugAccess {
  /**
   * Queues an access whose answer is not needed, in order. Returns a promise only if it must wait (a full queue,
   * a line command).
   */
  post(access: Access, site: Site): Promise<void> | undefined;
  /** Sends everything up to and including this access and waits for its value. Throws the first fault, naming its Site. */
  ask(access: Access, site: Site): Promise<U64 | FailedAccess>;
  /** Sends what is queued and judges it. Throws the first fault, naming its Site. */
  settle(reason: SyncReason): Promise<void>;
  /**
   * Lets the probe repeat a read until it fits or the limit passes; false if it did not fit, or failed under
   * `tolerate`. Returns undefined if this access cannot be left to the probe. The value stays unknown. Throws
   * like `ask`.
   */
  poll?(
    access: Access,
    site: Site,
    end: WordCondition & { readonly limitUs: number },
  ): Promise<boolean> | undefined;
  /** Passes over turns of a loop if all of their accesses are known to have the same answers again. */
  readonly repeats?: Repeats | undefined;
  /** Sends everything up to and including these reads, and waits for them. The bytes are in the order of addresses. */
  readBlock(access: BlockAccess, site: Site): Promise<Uint8Array | FailedAccess>;
  /** Sends everything up to and including these writes. Returns undefined if they were all accepted. */
  writeBlock(access: BlockAccess, data: Uint8Array, site: Site): Promise<FailedAccess | undefined>;
  /** True while something is queued and not judged; otherwise the interpreter goes on without a promise. */
  readonly pending: boolean;
  /** Runs a block without a round trip to the host, or rejects with the reason why it cannot. Answers in list order. */
  atomic(
    list: readonly { readonly access: Access; readonly site: Site }[],
  ): Promise<readonly (U64 | FailedAccess)[]>;
}

/** Finds the definition that wins for the current device and Pname, at the time of each call. */
export interface SequenceSource {
  find(name: string): { readonly sequence: Sequence; readonly origin: string } | undefined;
}

/** An answer and, for people, where it came from: `the terminal`, or an answer given in advance. */
export interface Answered {
  readonly value: U64;
  readonly by: string;
}

/**
 * The person, or the script that stands in for one. A plain value is the operator's own answer; undefined means
 * no answer. Query results: 0 Error, 1 OK, 2 Cancel, 3 Yes, 4 No.
 */
export interface Operator {
  query(type: number, message: string, fallback: U64, site: Site): Promise<U64 | Answered | undefined>;
  queryValue(message: string, fallback: U64, site: Site): Promise<U64 | Answered | undefined>;
}

/** Takes the flash algorithm that a setup sequence selects, for a caller that programs flash. */
export interface FlashLoad {
  /** Takes `path` as it stands in the text. Yields 0, or 1 if it cannot be had. */
  select(path: string, ramStart: U64, ramSize: U64): Promise<U64>;
}

export interface Within {
  /** Undefined sets no limit. */
  readonly limitUs: number | undefined;
}

/**
 * What a sequence may do on the user's machine. Paths are as the sequence has them, with placeholders. A call
 * rejects if it was not permitted, reaches a stated limit, or cannot be done on this machine.
 */
export interface HostEffects {
  /** Tells whether the file is there now. */
  exists(path: string): Promise<boolean>;
  /** Reads the start of a file, at most `most` bytes. */
  readFile(path: string, wanted: Within & { readonly most: number }): Promise<Uint8Array>;
  writeFile(path: string, data: Uint8Array, how: Within & { readonly append: boolean }): Promise<void>;
  /** Waits until the program and all that it started have ended. */
  run(program: HostProgram, signal: AbortSignal | undefined): Promise<Ended>;
  loadDebugInfo(file: string): Promise<LoadedDebugInfo>;
}

export interface HostProgram {
  readonly path: string;
  readonly python: boolean;
  readonly args: string;
  /** The folder in which it runs; empty for the project's folder. */
  readonly folder: string;
  readonly limitUs: number;
}

/** How a program ended, and the first part of what it printed. */
export interface Ended {
  readonly exitCode: number;
  /** The program that was found, and its arguments. */
  readonly command: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  /** How many bytes were cut off both outputs. */
  readonly dropped: number;
}

/** What was found, or why nothing was. */
export type LoadedDebugInfo = { readonly note: string } | { readonly problem: string };

/** The predefined read-only variables that the flow sets, and the read-write ones' initial values. */
export interface Environment {
  readonly __protocol: U64;
  readonly __connection: U64;
  readonly __dp: U64;
  readonly __ap: U64;
  readonly __apid: U64;
  readonly __traceout: U64;
  readonly __traceclockin: U64;
  readonly __traceclockout: U64;
  readonly __FlashOp: U64;
  readonly __FlashAddr: U64;
  readonly __FlashLen: U64;
  readonly __FlashArg: U64;
}
