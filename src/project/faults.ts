/**
 * Lists the faults of the session itself: an unknown name, a flow that cannot go on, a run that was
 * interrupted.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ArgumentFault } from "../lib/arguments.ts";
import { Failure } from "../lib/fault.ts";
import { where } from "../lib/source.ts";
import type { OptionName } from "../options/given.ts";

/** What a wrong request is about, for a face that has a word of its own for it. */
export type RequestSubject = "algorithm-ram" | "virtual-time" | "target-log" | "served-protocol";

export type SessionFault =
  | { readonly kind: "unknown-sequence-name"; readonly name: string; readonly near: readonly string[] }
  /** A value was given for a debugvar that neither the pack nor a script declares. */
  | {
      readonly kind: "unknown-variable";
      readonly name: string;
      readonly origin: string;
      readonly near: readonly string[];
    }
  | { readonly kind: "unknown-processor"; readonly pname: string; readonly known: readonly string[] }
  /** The checker found errors in what is about to run; nothing was sent to the target. */
  | { readonly kind: "sequence-errors"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "flow-step"; readonly step: string }
  | { readonly kind: "not-released" }
  | { readonly kind: "port-lost" }
  /** `connect: auto` tried all it has; each attempt comes with the reason why it failed. */
  | {
      readonly kind: "no-way-in";
      readonly tried: readonly { readonly name: string; readonly reason: string }[];
    }
  | { readonly kind: "no-halt"; readonly after: string; readonly limitUs: number; readonly state: string }
  /** The reset was done, but the core has not come out of it. */
  | { readonly kind: "still-in-reset"; readonly limitUs: number }
  /** nRESET was pulled, but the core saw no reset. */
  | { readonly kind: "reset-not-seen"; readonly line: "nRESET" }
  /** nRESET was released, but still reads low. */
  | { readonly kind: "reset-line-low"; readonly line: "nRESET" }
  | { readonly kind: "unknown-debug-port"; readonly dp: number }
  /** The pack names an access port that none of its elements describes. */
  | {
      readonly kind: "undescribed-access-port";
      readonly apid: number;
      readonly known: readonly number[];
    }
  /** The JTAG chain was read, but the debug port is not in it. */
  | { readonly kind: "no-debug-port"; readonly taps: string }
  | { readonly kind: "not-supported"; readonly what: string }
  | { readonly kind: "unreadable-file"; readonly path: string; readonly reason: string }
  | { readonly kind: "unwritable-file"; readonly path: string; readonly reason: string }
  /** Another process uses the kept state of a simulated device. */
  | { readonly kind: "state-in-use"; readonly path: string; readonly by: string }
  /** An input cannot be parsed; each finding has its place. */
  | { readonly kind: "malformed-input"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "unknown-device"; readonly device: string; readonly near: readonly string[] }
  | { readonly kind: "ambiguous-device"; readonly device: string; readonly candidates: readonly string[] }
  | { readonly kind: "expectation-failed"; readonly condition: string }
  | { readonly kind: "recipe-deadline"; readonly limitUs: number }
  /** `missing` lists options that were not given, and that would help. */
  | {
      readonly kind: "bad-request";
      readonly what: string;
      readonly missing?: readonly OptionName[];
      readonly about?: RequestSubject;
    }
  | { readonly kind: "bad-flash-buffer"; readonly what: string }
  /** The caller did not consent to something that cannot be undone. */
  | { readonly kind: "no-consent"; readonly effect: "erase" }
  /** The API was asked for an access port, register, value or option that does not exist. */
  | { readonly kind: "no-access-port"; readonly ap: number; readonly known: readonly number[] }
  | { readonly kind: "not-flash"; readonly region: string }
  | ArgumentFault
  | { readonly kind: "unknown-session-option"; readonly name: string; readonly near: readonly string[] }
  /** A file names a probe on another machine, and the user does not. */
  | { readonly kind: "remote-probe"; readonly probe: string; readonly file: string }
  /** A sequence needs something of the user's machine; `allow` is the grant that would permit it: `read=DIR`. */
  | {
      readonly kind: "not-allowed";
      readonly effect: "run" | "read" | "write" | "model";
      readonly path: string;
      readonly allow: string;
    }
  | { readonly kind: "no-debug-info"; readonly file: string }
  /** Nothing tells the names of the device's registers. */
  | { readonly kind: "no-svd" }
  | { readonly kind: "no-such-name"; readonly name: string; readonly near: readonly string[] }
  /** No consent makes this path usable. */
  | { readonly kind: "refused-path"; readonly path: string; readonly reason: string }
  /** The amount is in microseconds, bytes, or a number of effects. */
  | {
      readonly kind: "host-limit";
      readonly what: "time" | "output" | "written" | "effects";
      readonly limit: number;
    }
  /** It was allowed, but this machine could not do it. */
  | { readonly kind: "host-problem"; readonly path: string; readonly reason: string }
  /** A placeholder of a path means nothing here. */
  | { readonly kind: "no-place"; readonly placeholder: string }
  | { readonly kind: "not-open" }
  /** These end a run from outside, besides the keyboard (`interrupted`). */
  | { readonly kind: "hung-up" | "quit" | "terminated" }
  | { readonly kind: "reader-gone"; readonly stream: string }
  | { readonly kind: "output-failed"; readonly stream: string; readonly code: string }
  /** A core did not reach what it should within the time that the caller gave. */
  | {
      readonly kind: "not-in-time";
      readonly wanted: string;
      readonly limitMs: number;
      readonly state: string;
    }
  /** The core register exists, but not on this core. */
  | { readonly kind: "no-such-register"; readonly name: string; readonly core: string }
  | { readonly kind: "no-core"; readonly known: readonly string[] };

export class SessionFailure extends Failure<SessionFault> {}

export function resetNotSeen(): SessionFailure {
  return new SessionFailure(
    { kind: "reset-not-seen", line: "nRESET" },
    "the core saw no reset (DHCSR.S_RESET_ST is 0): nRESET is not wired, or does not reset the core; a system reset needs no line",
  );
}

export function resetLineLow(): SessionFailure {
  return new SessionFailure(
    { kind: "reset-line-low", line: "nRESET" },
    "nRESET still reads low after it was let go: the probe has no nRESET (Raspberry Pi Debug Probe), or something holds the line low; a system reset needs no line",
  );
}

export function stillInReset(limitUs: number): SessionFailure {
  return new SessionFailure(
    { kind: "still-in-reset", limitUs },
    `the core is still in reset ${limitUs / 1000} ms after the reset (DHCSR.S_RESET_ST stays set); ` +
      "does something hold nRESET or the reset of the core?",
  );
}

/** Makes one failure of all findings that keep a file from being used. */
export function malformedInput(diagnostics: readonly Diagnostic[]): SessionFailure {
  const [first] = diagnostics;
  const place = first === undefined ? "" : `${where(first.span)}: ${first.message}`;
  const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : "";
  return new SessionFailure({ kind: "malformed-input", diagnostics }, `${place}${more}`);
}
