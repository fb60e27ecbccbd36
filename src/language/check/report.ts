/** How the checks report: what a check is given, and a finding with the severity that its code has. */
import { severityOf, type Code } from "../../diagnostics/codes.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Sequence } from "../tree.ts";
import type { Span } from "../../lib/source.ts";

export interface CheckContext {
  /** Names of the debugvars that hold for these sequences; read-only inside them. */
  readonly debugVars: ReadonlySet<string>;
  /** Every sequence that a call can reach on this device and processor. */
  readonly sequences: ReadonlySet<string>;
  /** True if the description has access port elements, so that `__apid` replaces `__ap`. */
  readonly hasAccessPorts?: boolean;
  /** The `__dp` and `__apid` that the description has; unknown where it has none. */
  readonly debugPorts?: ReadonlySet<bigint>;
  readonly apids?: ReadonlySet<bigint>;
  /** The largest version among its access ports; unknown where no device is. */
  readonly accessPortVersion?: 1 | 2;
  /** Every name that something runs; unknown where a user may run any of them by name. */
  readonly called?: ReadonlySet<string>;
  /** The sequences that calls lead to, the checked ones among them; absent if these are all. */
  readonly around?: readonly Sequence[];
  /** The sequences that the run which is about to begin surely enters; all where unset, for each may be run by itself. */
  readonly entered?: ReadonlySet<Sequence>;
  /** Sequences that only other processors than the one of these have. */
  readonly elsewhere?: ReadonlySet<string>;
  /** The processors of the device, where known; a `for` must name one of them. */
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
