/** Finds mistakes in files and folders, one file after the other. */
import { extname } from "node:path";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { findingsOf } from "../../../diagnostics/of-failure.ts";
import { readSource } from "../../../host/files/input-files.ts";
import { importsAround } from "../../../host/imports.ts";
import { readInputs } from "../../../host/inputs.ts";
import { CHECKED_KINDS, filesOf, type FoundFile } from "../../../host/files/walk.ts";
import { fileFindings, packFindings } from "../../../lint/pack-findings.ts";
import { openPack } from "../../../pack/open.ts";
import type { Decided } from "../../../pack/files/decided.ts";
import { SessionFailure } from "../../../project/faults.ts";
import { isScriptName } from "../../../project/script-names.ts";
import { signal, call, listOf, options as named, optional, text, work } from "../../arguments.ts";
import { findingsIn, type CheckSurroundings } from "../../calls/check.ts";

const CHECK = call({
  paths: listOf(text),
  options: named({
    pack: optional(text),
    device: optional(text),
    cwd: optional(text),
    signal,
    onNote: optional(work),
  }),
});

export interface CheckFilesOptions {
  /** The pack whose names the .seq files use: a path, or `Vendor::Name[@version]`. */
  readonly pack?: string | undefined;
  /** A device of that pack. */
  readonly device?: string | undefined;
  /** Imports are followed around the checked paths, and around this folder. Default: the working folder. */
  readonly cwd?: string | undefined;
  /** Ends the check between two files; it rejects with the reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with a sentence about each link that is skipped. */
  readonly onNote?: ((text: string) => void) | undefined;
}

export interface CheckedFile {
  readonly path: string;
  /** The findings; empty if nothing was found. */
  readonly findings: readonly Diagnostic[];
}

/**
 * Yields the findings in files and in those below folders: packs (.pdsc, .pack), .seq, .dbgconf, recipes, models,
 * cbuild-run.yml. Each file is yielded as soon as it is checked and then forgotten. A YAML in a folder that is
 * none of these is skipped. Rejects with `bad-request` for a named file of another kind, `unreadable-file`, and
 * what keeps the pack from being read.
 *
 * `for await (const { path, findings } of checkFiles(["sequences"])) console.log(path, findings.length);`
 */
export async function* checkFiles(
  paths: readonly string[],
  options: CheckFilesOptions = {},
): AsyncGenerator<CheckedFile, void, undefined> {
  CHECK({ paths, options });
  const around = await surroundings(paths, options);
  for (const file of await filesOf(paths, options.onNote ?? (() => undefined))) {
    options.signal?.throwIfAborted();
    const findings = await checkFile(file, around);
    if (findings !== undefined) yield { path: file.path, findings };
  }
}

async function surroundings(
  paths: readonly string[],
  { pack, device, cwd = process.cwd() }: CheckFilesOptions,
): Promise<CheckSurroundings> {
  const readImport = await importsAround(paths, cwd);
  if (pack === undefined) return { readImport };
  const request = { pack, seq: [], overrides: [], ...(device === undefined ? {} : { device }) };
  const { context, pack: read } = await readInputs(request);
  return { readImport, context, devices: read?.devices() };
}

/** Checks a file; undefined for the YAML of another tool in a folder. */
async function checkFile(
  { path, named, decision }: FoundFile,
  around: CheckSurroundings,
): Promise<readonly Diagnostic[] | undefined> {
  const decided: Decided = (wanted) => (wanted === path ? decision : undefined);
  const extension = isScriptName(path) ? ".seq" : extname(path).toLowerCase();
  if (!CHECKED_KINDS.includes(extension))
    throw badRequest(`${path}: only ${CHECKED_KINDS.join(", ")} can be checked`);
  try {
    if (extension === ".pdsc" || extension === ".pack") return await ofPack(path, decided);
    return await findingsIn(await readSource(path, decided), around, named);
  } catch (error) {
    const found = findingsOf(error);
    if (found.length > 0) return found;
    throw error;
  }
}

async function ofPack(path: string, decided: Decided): Promise<readonly Diagnostic[]> {
  const opened = await openPack(path, decided);
  try {
    return [...packFindings(opened), ...(await fileFindings(opened, opened.files))];
  } finally {
    await opened.files.close();
  }
}

function badRequest(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-request", what }, what);
}
