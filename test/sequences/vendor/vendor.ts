/** Runs the sequences that ship for vendors' parts as a user does: the command line in, text and exit code out. */
import { dbgseq, type Finished } from "../../support/command-line.ts";

export type Run = (sequence: string, probe: string, ...more: readonly string[]) => Promise<Finished>;

/** Sequences of one file, on a connection that sends nothing by itself. */
export function sequencesOf(file: string): Run {
  return (sequence, probe, ...more) =>
    dbgseq(
      "run",
      `sequences/vendor/${file}#${sequence}`,
      "--probe",
      probe,
      "--connect",
      "none",
      "--no-config",
      ...more,
    );
}

/** Statements beside the sequences of a file, on one and the same simulated part. */
export function statementsWith(file: string): Run {
  return (statements, probe, ...more) =>
    dbgseq(
      "run",
      "-e",
      statements,
      "--seq",
      `sequences/vendor/${file}`,
      "--probe",
      probe,
      "--connect",
      "none",
      "--no-config",
      ...more,
    );
}
