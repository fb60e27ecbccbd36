/**
 * What a sequence is lowered to: a flat list of five kinds of instructions over numbered slots. Knows neither how
 * it is made nor how it is run. The program counter, the slots and the loops are the whole continuation.
 */
import type { Span } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";
import type { Fact } from "./faults.ts";
import type { SyncReason } from "./ports.ts";

/** The values of one activation. The slot of an outer variable that is not defined stays undefined. */
export type Slots = (U64 | undefined)[];

/** A synchronous function without effects: accesses and assignments were lifted out into instructions of their own. */
export type Closure = (slots: Slots) => U64;

/** The read-write variables have the same slot in every program; the first four are copied in, and never back. */
export const SLOT = { __dp: 0, __ap: 1, __apid: 2, __errorcontrol: 3, __Result: 4 } as const;
export const FIXED_SLOTS = 5;

export interface Program {
  readonly name: string;
  readonly span: Span;
  readonly instructions: readonly Instruction[];
  readonly slotCount: number;
  readonly loopCount: number;
  /** Read-only variables from outside (predefined or `debugvars`), filled in when the sequence is entered. */
  readonly outer: readonly { readonly name: string; readonly slot: number }[];
}

export type Instruction =
  SetInstruction | CallInstruction | JumpInstruction | BackInstruction | SequenceInstruction;

/** A closure with the slots that its value depends on, for atomic blocks and for values of failed reads. */
export interface Computed {
  readonly value: Closure;
  readonly reads: readonly number[];
}

export interface SetInstruction extends Computed {
  readonly kind: "set";
  readonly slot: number;
  /** Absent for a value that only the program knows. */
  readonly name?: string;
  readonly span: Span;
}

/** Calls anything that reaches outside or needs the clock. */
export interface CallInstruction {
  readonly kind: "call";
  readonly call: Call;
  readonly span: Span;
}

export type Call =
  | TargetCall
  | MessageCall
  | {
      readonly to: "query";
      readonly type: Computed;
      readonly message: string;
      readonly fallback: Computed;
      readonly into: number;
    }
  | {
      readonly to: "queryValue";
      readonly message: string;
      readonly fallback: Computed;
      readonly into: number;
    }
  | {
      readonly to: "flashLoad";
      readonly path: string;
      readonly ramStart: Computed;
      readonly ramSize: Computed;
      readonly into: number;
    }
  /** A loop with a constant condition and nothing in it; without a limit it can only end by the deadline. */
  | { readonly to: "sleep"; readonly limitUs: number | undefined; readonly value: U64 }
  | OutsideCall
  | { readonly to: "loop"; readonly loop: number }
  | { readonly to: "atomic" }
  | { readonly to: "atomic end"; readonly info?: string }
  | { readonly to: "fault"; readonly fact: Fact };

export interface TargetCall {
  readonly to: "target";
  readonly fn: string;
  readonly args: readonly Closure[];
  readonly reads: readonly number[];
  /** The slot for the answer; absent if the answer is not needed, so that the access is posted. */
  readonly into?: number;
  /** Why posting it may have to wait. */
  readonly waits: SyncReason;
  /** Index of the argument that says how long it takes, in microseconds. */
  readonly lasts?: number;
}

/** Calls a function of buffers or of the user's machine. */
export interface OutsideCall {
  readonly to: "outside";
  readonly fn: string;
  /** The arguments in the order of the parameters; strings are as written. */
  readonly args: readonly (Closure | string)[];
  readonly into?: number;
}

export interface MessageCall {
  readonly to: "message";
  readonly type: Computed;
  readonly format: string;
  readonly args: readonly (Computed | string)[];
}

/** Goes on at `target` when the value is zero (or nonzero, or always); falls through otherwise. */
export interface JumpInstruction {
  readonly kind: "jump";
  readonly when: "zero" | "nonzero" | "always";
  readonly test: Computed;
  readonly target: number;
  /** Set if this decides an `if` or `while` of the text. */
  readonly of?: "if" | "while";
  readonly loop?: LoopHead;
  readonly span: Span;
}

export interface LoopHead {
  readonly index: number;
  /** Undefined if the run's deadline bounds the loop; reaching that is a fault. */
  readonly limitUs: number | undefined;
  /** True if the condition cannot change: the loop is meant to end by its timeout. */
  readonly constant: boolean;
}

/** Ends a turn of a loop. */
export interface BackInstruction {
  readonly kind: "back";
  readonly target: number;
  readonly loop: number;
  readonly limitUs: number | undefined;
  /** Set if a probe can do all turns but the last by itself. */
  readonly poll?: Poll;
  readonly span: Span;
}

/** An empty loop that waits for bits of one word (wire rule 9). */
export interface Poll {
  readonly call: TargetCall;
  /** The mask of all bits that the access yields. */
  readonly all: U64;
  readonly mask: Closure;
  readonly value: Closure;
  /** The loop goes on while the masked word differs from `value`, or equals it. */
  readonly holdsWhile: "differs" | "equals";
}

export interface SequenceInstruction {
  readonly kind: "sequence";
  readonly name: string;
  readonly span: Span;
}

/** Thrown by a closure, which knows its span but not who called its sequence. */
export class Trap extends Error {
  readonly fact: Fact;
  readonly span: Span;

  constructor(fact: Fact, span: Span) {
    super(fact.kind);
    this.fact = fact;
    this.span = span;
  }
}
