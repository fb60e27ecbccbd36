/** Opens a session for a command, runs its work, and reports: the part that run, reset and recipe share. */
import { basename, dirname, resolve } from "node:path";
import type { Json } from "../report/json.ts";
import { EXIT, exitCodeOf } from "../session/exit-codes.ts";
import { readSource } from "../session/node/files.ts";
import { readPackFile, type Inputs } from "../session/node/inputs.ts";
import { openSession, type OpenRequest } from "../session/open.ts";
import { parseGrant, type Grants } from "../session/node/grants.ts";
import { NodeHost } from "../session/node/host.ts";
import { findProjectFile } from "../session/node/project.ts";
import { scriptedOperator } from "../session/operator.ts";
import type { Session } from "../session/session.ts";
import type { Asked } from "./asked.ts";
import { Exit } from "./exit.ts";
import type { Io } from "./io.ts";
import { terminalOperator } from "./operator.ts";
import { RunOutput, type OutputOptions } from "./output.ts";
import { printFindings, reportError } from "./report-error.ts";
import type { TargetOptions } from "./target-options.ts";

/** Nothing but the command line grants anything (no file that a pack or a colleague may have written). */
function hostFor(
  io: Io,
  { context, pack }: Inputs,
  { allow = [], program, deadline }: TargetOptions,
): NodeHost {
  const grants = allow.flatMap((text) => parseGrant(text) ?? []);
  const of = (effect: keyof Grants): readonly string[] =>
    grants.flatMap((grant) => (grant.effect === effect ? [grant.path] : []));
  const file = findProjectFile(io.cwd);
  const project = file === undefined ? io.cwd : dirname(file);
  const description = pack?.source.path;
  return new NodeHost({
    grants: { run: of("run"), read: of("read"), write: of("write") },
    places: {
      project,
      projectName: basename(project),
      ...(program === undefined ? {} : { output: resolve(io.cwd, program) }),
      ...(description === undefined || !/\.pdsc$/i.test(description)
        ? {}
        : { pack: dirname(resolve(io.cwd, description)) }),
      ...(context.description === undefined ? {} : { device: context.description.device }),
    },
    cwd: io.cwd,
    env: io.env,
    say: (text) => {
      io.err(`${text}\n`);
    },
    deadlineUs: deadline ?? DEFAULT_PROGRAM_US,
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  });
}

/** As the deadline of loops. */
const DEFAULT_PROGRAM_US = 60_000_000;

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
      host: hostFor(io, inputs, options),
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
