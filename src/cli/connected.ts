/** Opens a session for a command, runs its work, and reports: the part that run, reset and recipe share. */
import { basename, dirname, resolve } from "node:path";
import { asFailure } from "../lib/fault.ts";
import type { Json } from "../report/json.ts";
import { DebugInfo } from "../session/debug-info.ts";
import { EXIT } from "../session/exit-codes.ts";
import { readBytes, readSource } from "../host/files.ts";
import { openStateFile } from "../host/state-file.ts";
import type { Inputs } from "../host/inputs.ts";
import { openSession, type OpenRequest } from "../session/probe/open.ts";
import type { HostEffects } from "../interpreter/ports.ts";
import { parseGrant } from "../host/effects/gate.ts";
import { openHost } from "../host/effects/host.ts";
import { findProjectFile } from "../host/project.ts";
import { DEFAULTS, scriptedOperator } from "../session/operator.ts";
import type { Connection } from "../session/connection.ts";
import type { Asked } from "./asked.ts";
import { openChosen } from "./choose-probe.ts";
import { consentOf } from "./consent.ts";
import { Exit, exitCodeFor } from "./exit.ts";
import type { Io } from "./io.ts";
import { terminalOperator } from "./operator.ts";
import { RunOutput, type OutputOptions } from "./output.ts";
import { reportError } from "./report-error.ts";
import type { TargetOptions } from "./target-options.ts";
import { openWireFile, type WireFile } from "./wire-file.ts";

/** Nothing but the command line grants anything (no file that a pack or a colleague may have written). */
function hostFor(
  io: Io,
  inputs: Inputs,
  {
    options: { allow = [], program },
    debugInfo,
  }: { readonly options: TargetOptions; readonly debugInfo: DebugInfo },
): Promise<HostEffects> {
  const { context, pack } = inputs;
  const file = findProjectFile(io.cwd);
  const project = file === undefined ? io.cwd : dirname(file);
  const description = pack?.source.path;
  return openHost({
    grants: allow.flatMap((text) => parseGrant(text) ?? []),
    places: {
      project,
      projectName: basename(project),
      ...(program === undefined ? {} : { output: resolve(io.cwd, program) }),
      ...(description === undefined || !/\.pdsc$/i.test(description) || description.includes("!")
        ? {}
        : { pack: dirname(resolve(io.cwd, description)) }),
      ...(context.description === undefined ? {} : { device: context.description.device }),
    },
    cwd: io.cwd,
    env: io.env,
    takeDebugInfo: (name, bytes) => debugInfo.load(name, bytes),
    ...packReader(inputs),
  });
}

export interface ConnectedWork {
  readonly inputs: Inputs;
  readonly options: TargetOptions & OutputOptions;
  readonly asked: Asked;
  /** For the JSON document: the command and what it was asked for. */
  readonly about: { readonly command: string; readonly [key: string]: string };
  /** More for the document, filled in by the work. */
  readonly result?: Readonly<Record<string, Json>>;
  readonly work: (session: Connection, output: RunOutput) => Promise<void>;
}

/** Ends with Exit where the work failed, so that everything has been said exactly once. */
export async function withSession(
  io: Io,
  { inputs, options, asked, about, work, result = {} }: ConnectedWork,
): Promise<void> {
  const output = new RunOutput(io, options);
  const somebody = options.batch === true ? DEFAULTS : terminalOperator(io);
  const debugInfo = new DebugInfo();
  let session: Connection | undefined;
  let wire: WireFile | undefined;
  try {
    wire = options.wire === undefined ? undefined : await openWireFile(options.wire);
    const request: OpenRequest = {
      context: inputs.context,
      layers: asked.given,
      operator: scriptedOperator(options.answers ?? [], somebody),
      host: await hostFor(io, inputs, { options, debugInfo }),
      debugInfo,
      waitMs: options.waitMs ?? 0,
      consent: consentOf(io, options, inputs.context.description?.device),
      onEvent: output.show,
      leavesOutRepeats: !output.tellsAll,
      readText: (path) => readSource(path, inputs.decided),
      openState: (path) => openStateFile(path, inputs.decided),
      ...packReader(inputs),
      ...svdFile(options),
      ...(asked.probe === undefined ? {} : { probe: asked.probe }),
      ...(wire === undefined ? {} : { wire: wire.watch }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    };
    session = await openChosen(io, options, (probe) =>
      openSession(probe === undefined ? request : { ...request, probe }),
    );
    await work(session, output);
    wire?.close();
  } catch (error) {
    const code = exitCodeFor(error, io);
    reportError(error, io, (await session?.explain(error)) ?? []);
    // What is refused before anything is connected has opened the probe all the same.
    await session?.abandon();
    output.finish({ ...about, ...result }, code, error);
    throw new Exit(code);
  } finally {
    closeAfterAll(wire);
  }
  output.finish(
    { ...about, ...result },
    io.signal?.aborted === true ? exitCodeFor(undefined, io) : EXIT.success,
  );
}

/** What is told already goes before what became of the file. */
function closeAfterAll(wire: WireFile | undefined): void {
  try {
    wire?.close();
  } catch (error) {
    if (asFailure(error) === undefined) throw error;
  }
}

function svdFile({ svd }: TargetOptions): Partial<Pick<OpenRequest, "svd">> {
  return svd === undefined ? {} : { svd: { path: svd, read: () => readBytes(svd) } };
}

function packReader({ readPackFile }: Inputs): Partial<Pick<OpenRequest, "readPackFile">> {
  return readPackFile === undefined ? {} : { readPackFile };
}
