/** One request in one class of its arguments, and how its answers are compared between two probes. Knows no probe. */

import type { Capabilities } from "../../../src/cmsis-dap/info.ts";

/** What holds before the request; states.ts brings a probe there. */
export type State =
  /** After DAP_Disconnect. */
  | "off"
  /** Awake, powered, TAR at the first word of RAM, words counted by CSW. */
  | "swd"
  | "jtag"
  /** As before, with a sticky error. */
  | "swd with an error"
  | "jtag with an error"
  /** After a line reset: nothing but DPIDR is answered. */
  | "swd after a line reset";

export type FaultKind = "WAIT" | "FAULT" | "NO_ACK" | "PARITY";

export interface PutFault {
  readonly kind: FaultKind;
  /** Transfers before it, and how many in a row it disturbs. */
  readonly skip: number;
  readonly times: number;
}

export interface RawCase {
  /** As the CMSIS-DAP documentation spells it. */
  readonly command: string;
  /** The class of its arguments. */
  readonly about: string;
  readonly state: State;
  readonly packets: readonly Uint8Array[];
  readonly fault?: PutFault;
  /** It is asked of probes only that have this. */
  readonly needs?: keyof Capabilities;
  /** It is asked of probes only that have none of these. */
  readonly without?: readonly (keyof Capabilities)[];
  /** What of an answer is the same on every probe: all of it where it is left away. */
  readonly same?: (answer: Uint8Array) => string;
}

export function bytes(...parts: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...part])));
}

export function word(value: number): readonly number[] {
  return [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);
}

export function half(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function shown(answer: Uint8Array): string {
  return [...answer].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** The unsigned word at a place of an answer is each probe's own, a time say. */
export function ownWords(...places: readonly number[]): (answer: Uint8Array) => string {
  return (answer) => {
    const bytesOf = shown(answer).split(" ");
    for (const place of places)
      bytesOf.splice(place, 4, ..."....".split("").slice(0, bytesOf.length - place));
    return bytesOf.join(" ");
  };
}
