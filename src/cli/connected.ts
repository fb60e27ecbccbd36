/**
 * Opens a session for a command, does its work, and says what became of it: the part that all commands with a
 * target share.
 */
import { EXIT } from "../api/exit-codes.ts";
import { askingOperator } from "../api/asking-operator.ts";
import type { DeviceInputs } from "../api/node/gather.ts";
import type { Session } from "../api/session.ts";
import type { Json } from "../report/json.ts";
import { consentOf } from "./terminal/consent.ts";
import { Exit, exitCodeFor } from "./exit.ts";
import type { Io } from "./terminal/io.ts";
import { RunOutput, type OutputOptions } from "./terminal/output.ts";
import { reportError } from "./terminal/report-error.ts";
import type { TargetOptions } from "./flags/target-options.ts";

export interface ConnectedWork {
  readonly inputs: DeviceInputs;
  readonly options: TargetOptions & OutputOptions;
  /** The command and its request, for the JSON document. */
  readonly about: { readonly command: string; readonly [key: string]: string };
  /** More for the document, filled in by the work. */
  readonly result?: Readonly<Record<string, Json>>;
  /** The work; it gets a session that is not open. */
  readonly work: (session: Session, output: RunOutput) => Promise<void>;
}

/** Runs the work. Ends with Exit if it failed, so that everything has been said exactly once. */
export async function withSession(
  io: Io,
  { inputs, options, about, work, result = {} }: ConnectedWork,
): Promise<void> {
  const output = new RunOutput(io, options);
  io.waiting("the probe");
  const session = await inputs.session({
    operator: io.ask === undefined ? undefined : askingOperator(io.ask),
    consent: consentOf(io, options, inputs.context.description?.device),
    ask: io.ask,
    signal: io.signal,
    onEvent: output.show,
    leavesOutRepeats: !output.tellsAll,
  });
  try {
    await work(session, output);
  } catch (error) {
    const code = exitCodeFor(error, io);
    io.waiting("the target to be looked at");
    const diagnosis = await session.diagnose(error);
    io.waiting("");
    reportError(error, io, { notes: await session.explain(error), diagnosis });
    output.finish({ ...about, ...result }, code, error, diagnosis);
    throw new Exit(code);
  }
  output.finish(
    { ...about, ...result },
    io.signal?.aborted === true ? exitCodeFor(undefined, io) : EXIT.success,
  );
}
