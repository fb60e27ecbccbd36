/** What can go wrong with flash: a file, a layout, a call on the target, a result. The sentences are made where they happen. */
import type { Grant } from "../device/guarded/index.ts";
import { Failure } from "../lib/fault.ts";

/** What is missing: a base address, the place of an algorithm instead of a program, or a format. */
export type ImageNeed = "base" | "algorithm" | "format";

export type FlashFault =
  /** An algorithm's file cannot be used. */
  | { readonly kind: "bad-algorithm"; readonly file: string; readonly reason: string }
  /** The algorithm with its stack and buffers does not fit the RAM that it may use. */
  | { readonly kind: "no-room"; readonly needed: number; readonly available: number }
  /** The content of RAM does not read back as it was loaded. */
  | { readonly kind: "ram-differs"; readonly address: number; readonly wrote: number; readonly read: number }
  /** A function of the algorithm said that it failed. */
  | {
      readonly kind: "algorithm-failed";
      readonly fn: string;
      readonly result: number;
      readonly address?: number;
    }
  /** A function did not come back in its own time. */
  | { readonly kind: "algorithm-hangs"; readonly fn: string; readonly limitUs: number; readonly pc: number }
  /** A function ran into a fault or stopped in the wrong place. */
  | {
      readonly kind: "algorithm-crashed";
      readonly fn: string;
      readonly pc: number;
      /** The address that it accessed, if the core kept it. */
      readonly address?: number;
    }
  | { readonly kind: "stack-overflow"; readonly fn: string }
  /** A file with what is to be programmed cannot be read. */
  /** `needs` is what the caller can give so that it can be read or written. */
  | {
      readonly kind: "bad-image";
      readonly file: string;
      readonly reason: string;
      readonly needs?: ImageNeed;
    }
  /** A UF2 file has blocks for other families of devices, or for several. */
  | { readonly kind: "other-family"; readonly file: string; readonly families: readonly string[] }
  /** Two parts of what is to be programmed occupy the same bytes. */
  | {
      readonly kind: "overlap";
      readonly address: number;
      readonly size: number;
      /** Each is written as FILE, FILE:LINE or FILE (PLACE). */
      readonly between: readonly [string, string];
      /** True if both have the same bytes there. */
      readonly same: boolean;
    }
  /** Content is for RAM, which was not asked for; `only` if nothing else is in the image. */
  | {
      readonly kind: "ram-part";
      readonly address: number;
      readonly size: number;
      readonly only: boolean;
      readonly files: readonly string[];
    }
  /** Content is for something other than RAM; `mixed` if some of the image is for RAM. */
  | {
      readonly kind: "not-ram";
      readonly address: number;
      readonly size: number;
      readonly mixed: boolean;
      readonly files: readonly string[];
    }
  /** Content lies outside of any flash. */
  | { readonly kind: "no-flash"; readonly address: number; readonly size: number }
  /** A range would erase more than it says. */
  | { readonly kind: "part-of-sector"; readonly address: number; readonly size: number }
  | { readonly kind: "whole-only"; readonly region: string }
  | { readonly kind: "not-erased"; readonly address: number; readonly found: number }
  /** A sequence failed; the cause says why. */
  | { readonly kind: "flash-sequence-failed"; readonly sequence: string; readonly address: number }
  | { readonly kind: "bad-flashinfo"; readonly name: string; readonly what: string }
  /** No algorithm is known for the address; `pnames` are the processors that have one. */
  | { readonly kind: "no-algorithm"; readonly address: number; readonly pnames?: readonly string[] }
  /** Everything would be erased, and there is no consent to that. */
  | { readonly kind: "no-consent"; readonly effect: Grant }
  /** Content would lock the debugger out or could not be undone. */
  | {
      readonly kind: "would-lock";
      readonly address: number;
      readonly value: number;
      readonly grant: Grant;
    }
  /** Only the vendor's algorithm says that the flash holds what it should; more was required. */
  | { readonly kind: "not-proved"; readonly region: string; readonly address: number }
  | {
      readonly kind: "differs";
      readonly address: number;
      readonly expected: number;
      readonly found: number;
      /** True if a comparison was asked for, and nothing was programmed. */
      readonly compared?: true;
    };

export class FlashFailure extends Failure<FlashFault> {}
