/**
 * Reports one failure on the terminal: a sentence for each layer, findings with their source lines, never a stack
 * trace.
 */
import { findingsOf } from "../../diagnostics/of-failure.ts";
import { sentences } from "../../lib/fault.ts";
import { exitCodeOf } from "../../api/exit-codes.ts";
import { adviceFor } from "../../api/node/advice.ts";
import type { Diagnosis } from "../../api/diagnosis.ts";
import { failureScreen } from "./failure-screen.ts";
import { findingPieces } from "./findings.ts";
import { hintOfFailure, withFlags } from "./hints.ts";
import type { Io } from "./io.ts";
import { printFindings } from "./print-findings.ts";

export interface AboutFailure {
  /** Sentences that help to understand it. */
  readonly notes?: readonly string[];
  readonly diagnosis?: Diagnosis | undefined;
}

export function reportError(error: unknown, io: Io, { notes = [], diagnosis }: AboutFailure = {}): void {
  const findings = findingsOf(error);
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
  if (diagnosis !== undefined) {
    // What was tried, a line each, before the cause of it all.
    const [, ...tried] = sentences(error)[0]?.split("\n") ?? [];
    if (tried.length > 0) io.err(`tried:\n${tried.join("\n")}\n`);
    io.err(failureScreen(error, diagnosis, { argv: io.argv ?? [], notes }));
    return;
  }
  const [first = "", ...causes] = sentences(error);
  io.err(`error: ${first}\n`);
  for (const cause of causes) io.err(`  because ${cause}\n`);
  const ours = hintOfFailure(error, io.argv ?? []);
  for (const hint of [...notes, ...(ours === undefined ? [] : [ours])]) io.err(`  note: ${hint}\n`);
  const finding = adviceFor(error, io.host);
  if (finding !== undefined) io.err(findingPieces(withFlags(finding)));
}
