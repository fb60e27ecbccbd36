/** Returns the findings that a failure carries. */
import { Failure } from "../lib/fault.ts";
import type { Span } from "../lib/source.ts";
import type { Diagnostic } from "./diagnostic.ts";

interface PlacedFault {
  readonly kind: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly reason?: string;
  readonly span?: Span;
}

/**
 * Returns the findings that a failure is about; a fault with one reason at one place counts as one. Any other
 * error has none.
 *
 * `for (const { message, span } of findingsOf(error)) ...`
 */
export function findingsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof Failure)) return [];
  const { kind, diagnostics, reason, span } = error.fault as PlacedFault;
  if (diagnostics !== undefined) return diagnostics;
  if (reason === undefined || span === undefined) return [];
  return [{ code: kind, severity: "error", message: reason, span, malformed: true }];
}
