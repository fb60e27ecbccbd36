/** Reports findings: what a check is given, and a finding with the severity of its code. */
import { severityOf, type Code } from "../../diagnostics/codes.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Sequence } from "../tree.ts";
import type { Span } from "../../lib/source.ts";

export interface CheckContext {
  /** The names of the debugvars that hold for these sequences; read-only inside them. */
  readonly debugVars: ReadonlySet<string>;
  /** Lists every sequence that a call can reach on this device and processor. */
  readonly sequences: ReadonlySet<string>;
  /** True if the description has access port elements, so that `__apid` replaces `__ap`. */
  readonly hasAccessPorts?: boolean;
  /** The `__dp` and `__apid` of the description; unknown if it has none. */
  readonly debugPorts?: ReadonlySet<bigint>;
  readonly apids?: ReadonlySet<bigint>;
  /** The largest version among its access ports; unknown without a device. */
  readonly accessPortVersion?: 1 | 2;
  /** Every name that something runs; unknown if a user may run any of them by name. */
  readonly called?: ReadonlySet<string>;
  /** The sequences that calls lead to, including the checked ones; absent if these are all. */
  readonly around?: readonly Sequence[];
  /**
   * The sequences that the coming run surely enters. If unset these are all, because each may be run by
   * itself.
   */
  readonly entered?: ReadonlySet<Sequence>;
  /** The sequences that only other processors of the device have. */
  readonly elsewhere?: ReadonlySet<string>;
  /** The processors of the device, if known; a `for` must name one of them. */
  readonly processors?: ReadonlySet<string>;
}

export interface Report {
  (code: Code, message: string, span: Span, extra?: Extra): void;
}

export type Extra = Pick<Diagnostic, "related" | "hint" | "fix">;

export function reporter(into: Diagnostic[]): Report {
  return (code, message, span, extra = {}) => {
    into.push({ code, severity: severityOf(code), message, span, ...extra });
  };
}
