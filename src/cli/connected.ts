/** Opens a session for a command, runs its work, and reports: the part that run, reset and recipe share. */
import type { Json } from "../report/json.ts";
import { EXIT, exitCodeOf } from "../session/exit-codes.ts";
import { readSource } from "../session/node/files.ts";
import { readPackFile, type Inputs } from "../session/node/inputs.ts";
import { openSession, type OpenRequest } from "../session/open.ts";
import { scriptedOperator } from "../session/operator.ts";
import type { Session } from "../session/session.ts";
import type { Asked } from "./asked.ts";
import { Exit } from "./exit.ts";
import type { Io } from "./io.ts";
import { terminalOperator } from "./operator.ts";
import { RunOutput, type OutputOptions } from "./output.ts";
import { printFindings, reportError } from "./report-error.ts";
import type { TargetOptions } from "./target-options.ts";

export interface ConnectedWork {
  readonly inputs: Inputs;
  readonly options: TargetOptions & OutputOptions;
  readonly asked: Asked;
  /** For the JSON document: the command and what it was asked for. */
  readonly about: { readonly command: string; readonly [key: string]: string };
  /** More for the document, filled in by the work. */
  readonly result?: Readonly<Record<string, Json>>;
  readonly work: (session: Session, output: RunOutput) => Promise<void>;
}

/** Ends with Exit where the work failed, so that everything has been said exactly once. */
export async function withSession(
  io: Io,
  { inputs, options, asked, about, work, result = {} }: ConnectedWork,
): Promise<void> {
  printFindings(inputs.warnings, io);
  const output = new RunOutput(io, options);
  const terminal = options.batch === true ? undefined : terminalOperator(io);
  let session: Session | undefined;
  try {
    session = await openSession({
      context: inputs.context,
      layers: asked.layers,
      operator: scriptedOperator(options.answer ?? [], terminal),
      onEvent: output.show,
      readText: readSource,
      ...packReader(inputs),
      ...(asked.probe === undefined ? {} : { probe: asked.probe }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
    await work(session, output);
  } catch (error) {
    const code = exitCodeOf(error) ?? EXIT.failed;
    reportError(error, io, session?.explain(error) ?? []);
    output.finish({ ...about, ...result }, code, error);
    throw new Exit(code);
  }
  output.finish({ ...about, ...result }, EXIT.success);
}

function packReader({ packName }: Inputs): Partial<Pick<OpenRequest, "readPackFile">> {
  return packName === undefined ? {} : { readPackFile: (file) => readPackFile(packName, file) };
}
