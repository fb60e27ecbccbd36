/** What can go wrong with flash: a file, a layout, a call on the target, a result. The sentences are made where they happen. */
import type { Grant } from "../device/guarded/index.ts";
import { Failure } from "../lib/fault.ts";

/** A base address, an algorithm's place instead of a program's, or a format. */
export type ImageNeed = "base" | "algorithm" | "format";

export type FlashFault =
  /** An algorithm's file cannot be used. */
  | { readonly kind: "bad-algorithm"; readonly file: string; readonly reason: string }
  /** The algorithm with its stack and buffers does not fit the RAM that it may use. */
  | { readonly kind: "no-room"; readonly needed: number; readonly available: number }
  /** What was loaded into RAM does not read back. */
  | { readonly kind: "ram-differs"; readonly address: number; readonly wrote: number; readonly read: number }
  /** A function of the algorithm said that it failed. */
  | {
      readonly kind: "algorithm-failed";
      readonly fn: string;
      readonly result: number;
      readonly address?: number;
    }
  /** It did not come back in its own time. */
  | { readonly kind: "algorithm-hangs"; readonly fn: string; readonly limitUs: number; readonly pc: number }
  /** It ran into a fault or stopped where it should not. */
  | {
      readonly kind: "algorithm-crashed";
      readonly fn: string;
      readonly pc: number;
      /** What it accessed, where the core kept that. */
      readonly address?: number;
    }
  | { readonly kind: "stack-overflow"; readonly fn: string }
  /** A file with what is to be programmed cannot be read. */
  /** `needs`: what the caller can give so that it can be read or written. */
  | {
      readonly kind: "bad-image";
      readonly file: string;
      readonly reason: string;
      readonly needs?: ImageNeed;
    }
  /** A UF2 file has blocks for other families of devices, or for several. */
  | { readonly kind: "other-family"; readonly file: string; readonly families: readonly string[] }
  /** Two parts of what is to be programmed want the same bytes. */
  | {
      readonly kind: "overlap";
      readonly address: number;
      readonly size: number;
      /** Each as FILE, FILE:LINE or FILE (PLACE). */
      readonly between: readonly [string, string];
      /** Both say the same bytes there. */
      readonly same: boolean;
    }
  /** It is for RAM, which was not asked for; `only` if nothing else is in the image. */
  | {
      readonly kind: "ram-part";
      readonly address: number;
      readonly size: number;
      readonly only: boolean;
      readonly files: readonly string[];
    }
  /** It is for something else than RAM; `mixed` if some of the image is for RAM. */
  | {
      readonly kind: "not-ram";
      readonly address: number;
      readonly size: number;
      readonly mixed: boolean;
      readonly files: readonly string[];
    }
  /** It stands where no flash is. */
  | { readonly kind: "no-flash"; readonly address: number; readonly size: number }
  /** A range that would erase more than it says. */
  | { readonly kind: "part-of-sector"; readonly address: number; readonly size: number }
  | { readonly kind: "whole-only"; readonly region: string }
  | { readonly kind: "not-erased"; readonly address: number; readonly found: number }
  /** The cause says what. */
  | { readonly kind: "flash-sequence-failed"; readonly sequence: string; readonly address: number }
  | { readonly kind: "bad-flashinfo"; readonly name: string; readonly what: string }
  /** `pnames`: processors that have one. */
  | { readonly kind: "no-algorithm"; readonly address: number; readonly pnames?: readonly string[] }
  /** Everything would be erased, and there is no consent to that. */
  | { readonly kind: "no-consent"; readonly effect: Grant }
  /** What would be programmed locks the debugger out, or cannot be taken back. */
  | {
      readonly kind: "would-lock";
      readonly address: number;
      readonly value: number;
      readonly grant: Grant;
    }
  /** Only the vendor's algorithm says that it holds what it should; more was asked for. */
  | { readonly kind: "not-proved"; readonly region: string; readonly address: number }
  | { readonly kind: "differs"; readonly address: number; readonly expected: number; readonly found: number };

export class FlashFailure extends Failure<FlashFault> {}
