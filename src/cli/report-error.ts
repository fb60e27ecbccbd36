/** One failure on the terminal: a sentence for each layer, findings with their source lines, never a stack trace. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { findingPieces } from "../diagnostics/text.ts";
import { Failure, sentences } from "../lib/fault.ts";
import type { Span } from "../lib/source.ts";
import { exitCodeOf } from "../api/exit-codes.ts";
import { adviceFor } from "../api/node/advice.ts";
import { findingLines } from "./findings.ts";
import { hintOfFailure, hintOfFinding } from "./hints.ts";
import type { Io } from "./io.ts";

export function reportError(error: unknown, io: Io, hints: readonly string[] = []): void {
  const findings = diagnosticsOf(error);
  if (findings.length > 0) {
    printFindings(findings, io);
    return;
  }
  if (exitCodeOf(error) === undefined) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    io.err(
      `internal error: ${what}\nThis is a defect of dbgseq. Please report it with the command that showed it.\n`,
    );
    return;
  }
  const [first = "", ...causes] = sentences(error);
  io.err(`error: ${first}\n`);
  for (const cause of causes) io.err(`  because ${cause}\n`);
  const ours = hintOfFailure(error);
  for (const hint of [...hints, ...(ours === undefined ? [] : [ours])]) io.err(`  note: ${hint}\n`);
  const finding = adviceFor(error, io.host);
  if (finding !== undefined) io.err(`${findingLines(finding)}\n`);
}

export function printFindings(findings: readonly Diagnostic[], io: Io): void {
  for (const finding of findings) {
    const hint = finding.hint ?? hintOfFinding(finding);
    io.err([...findingPieces(hint === undefined ? finding : { ...finding, hint }), { text: "\n" }]);
  }
}

interface PlacedFault {
  readonly kind: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly reason?: string;
  readonly span?: Span;
}

/** The findings that a failure is about; a fault with one reason at one place counts as one. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof Failure)) return [];
  const { kind, diagnostics, reason, span } = error.fault as PlacedFault;
  if (diagnostics !== undefined) return diagnostics;
  if (reason === undefined || span === undefined) return [];
  return [{ code: kind, severity: "error", message: reason, span, malformed: true }];
}
