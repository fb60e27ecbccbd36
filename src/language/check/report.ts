/** How the checks report: what a check is given, and a finding with the severity that its code has. */
import { severityOf, type Code } from "../../diagnostics/codes.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../lib/source.ts";

export interface CheckContext {
  /** Names of the debugvars that hold for these sequences; read-only inside them. */
  readonly debugVars: ReadonlySet<string>;
  /** Every sequence that a call can reach on this device and processor. */
  readonly sequences: ReadonlySet<string>;
  /** True where the description has access port elements, so that `__apid` replaces `__ap`. */
  readonly hasAccessPorts?: boolean;
  /** The processors of the device, where known; a `for` must name one of them. */
  readonly processors?: ReadonlySet<string>;
}

export interface Report {
  (code: Code, message: string, span: Span, extra?: Extra): void;
}

export type Extra = Pick<Diagnostic, "related" | "hint">;

export function reporter(into: Diagnostic[]): Report {
  return (code, message, span, extra = {}) => {
    into.push({ code, severity: severityOf(code), message, span, ...extra });
  };
}
