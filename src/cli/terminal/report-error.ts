/**
 * Reports one failure on the terminal: on a screen that fits, findings with their source lines, never a stack
 * trace.
 */
import { findingsOf } from "../../diagnostics/of-failure.ts";
import { EXIT, exitCodeOf } from "../../api/exit-codes.ts";
import { adviceFor, type Finding } from "../../api/node/advice.ts";
import { keepFailure } from "../../api/node/last-failure.ts";
import type { Diagnosis } from "../../api/diagnosis.ts";
import { exitCodeFor } from "../exit.ts";
import { recordOf } from "./failure-record.ts";
import { failureScreen } from "./failure-screen.ts";
import { hintOfFailure, withFlags } from "./hints.ts";
import type { Io } from "./io.ts";
import { printFindings } from "./print-findings.ts";

export interface AboutFailure {
  /** Sentences that help to understand it. */
  readonly notes?: readonly string[];
  readonly diagnosis?: Diagnosis | undefined;
}

export function reportError(error: unknown, io: Io, about: AboutFailure = {}): void {
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
  const advice = adviceFor(error, io.host);
  const finding = advice === undefined ? undefined : withFlags(advice);
  const isKept = keep(error, io, { ...about, finding });
  io.err(
    failureScreen(error, {
      ...about,
      hint: hintOfFailure(error, io.argv ?? []),
      finding,
      argv: io.argv ?? [],
      isKept,
    }),
  );
}

/** Keeps it for `dbgseq explain`, if the user lets it and it is not the failure of that command. */
function keep(
  error: unknown,
  io: Io,
  about: AboutFailure & { readonly finding: Finding | undefined },
): boolean {
  const { argv = [], env } = io;
  const exitCode = exitCodeFor(error, io);
  if (argv[0] === "explain" || argv.includes("--no-config") || exitCode > EXIT.refused) return false;
  return keepFailure(recordOf(error, { ...about, argv, exitCode }), env);
}
