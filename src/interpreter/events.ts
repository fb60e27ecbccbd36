/** Everything that happens in a run, in order, with its place. Reports, traces and tests read only these. */
import type { U64 } from "../lib/u64.ts";
import type { Access, Ended, Site, SyncReason } from "./ports.ts";

export type InterpreterEvent = { readonly timeUs: number; readonly site: Site } & Happening;

/** An event without its time and place. */
export type Happening =
  | { readonly kind: "enter"; readonly name: string; readonly origin: string; readonly depth: number }
  | { readonly kind: "leave"; readonly name: string; readonly result: U64; readonly depth: number }
  /** The sequence is disabled for this device, so a call of it does nothing. */
  | { readonly kind: "skip"; readonly name: string; readonly origin: string; readonly depth: number }
  | { readonly kind: "assign"; readonly name: string; readonly value: U64 }
  /** An access that was posted (no value) or answered. */
  | { readonly kind: "access"; readonly access: Access; readonly value?: U64; readonly failed?: Error }
  | { readonly kind: "atomic"; readonly info?: string; readonly accesses: number }
  | { readonly kind: "condition"; readonly of: "if" | "while"; readonly value: U64 }
  /** An access that decided a condition failed; its value counts as 0. */
  | {
      readonly kind: "doubtful-condition";
      readonly of: "if" | "while";
      readonly value: U64;
      readonly failed: Error;
    }
  /** A loop's time is over while its condition still holds, or (`sleep`) a wait by a constant condition has ended. */
  | {
      readonly kind: "timeout";
      readonly limitUs: number;
      readonly turns: number;
      readonly value: U64;
      readonly sleep: boolean;
    }
  | { readonly kind: "message"; readonly level: 0 | 1 | 2; readonly text: string }
  | {
      readonly kind: "query";
      readonly text: string;
      readonly answer: U64;
      readonly by: string;
      readonly type?: number;
    }
  /** A function of buffers or of the user's machine was called with these arguments. */
  | {
      readonly kind: "outside";
      readonly fn: string;
      readonly args: readonly (U64 | string)[];
      readonly value: U64;
      readonly failed?: Error;
      /** How a program ended. */
      readonly ended?: Ended;
      /** What was found as debug information, or why none was. */
      readonly note?: string;
    }
  | { readonly kind: "sync"; readonly reason: SyncReason };
