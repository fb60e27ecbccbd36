/** Which files a check looks at, and which check each kind gets. Knows files; what is a mistake is known elsewhere. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { DeviceDescription } from "../device/description.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseExpression, parseScript } from "../language/text/parse.ts";
import { Failure } from "../lib/fault.ts";
import type { Source } from "../lib/source.ts";
import { parseYaml } from "../lib/yaml.ts";
import { readCbuildRun } from "../pack/cbuild-run.ts";
import { readDbgconf } from "../pack/dbgconf.ts";
import { openPack } from "../pack/open.ts";
import type { Decided, Decision } from "../pack/opened.ts";
import type { Pack } from "../pack/pdsc.ts";
import { readRecipeFile } from "../recipe/read.ts";
import { variableNames } from "../lint/pack-parts.ts";
import { scriptFindings } from "../lint/findings.ts";
import { fileFindings, packFindings } from "../lint/pack-findings.ts";
import { SessionFailure } from "../project/faults.ts";
import { contains } from "../host/effects/gate.ts";
import { exchanged } from "../host/effects/resolve.ts";
import { importsOf, type ReadImport } from "../project/scripts.ts";
import { strayScopes } from "../lint/stray-scopes.ts";
import { readSource, unreadable } from "../host/files.ts";
import { readModel } from "../simulator/model/yaml.ts";
import type { Io } from "./io.ts";
import { diagnosticsOf } from "./report-error.ts";
import { append } from "../lib/lists.ts";

const KINDS = [".pdsc", ".pack", ".seq", ".dbgconf", ".yaml", ".yml"];

/** Folders that hold other people's files. */
const PASSED_OVER = /^(\..*|node_modules|dist)$/;

export interface FileToCheck {
  readonly path: string;
  /** Named on the command line, rather than found in a folder. */
  readonly named: boolean;
  /** What was found out about one in a folder: where it lies. */
  readonly decision?: Decision;
}

/** Files as they are named, folders walked in alphabetical order. A link in a folder that leads out of it is passed over, and said. */
export async function filesOf(paths: readonly string[], io: Io): Promise<readonly FileToCheck[]> {
  const found: FileToCheck[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      found.push({ path, named: true });
      continue;
    }
    const root = await read(path, (folder) => realpath(folder));
    for (const file of await walk(path)) {
      const real = await realpath(file).catch(() => undefined);
      if (real === undefined)
        found.push({ path: file, named: false }); // its reader says what is wrong with it
      else if (contains(root, real, "read"))
        found.push({ path: file, named: false, decision: { real, exchanged: () => exchanged(file) } });
      else io.err(`${file} is passed over: it is a link that leads out of ${path}\n`);
    }
  }
  return found;
}

/** A folder may go away while it is walked. Rejects with `unreadable-file`. */
async function read<T>(folder: string, how: (folder: string) => Promise<T>): Promise<T> {
  try {
    return await how(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What is missing is left to the reader of the file, which says so. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function walk(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await read(folder, (path) => readdir(path, { withFileTypes: true }));
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.test(entry.name)) append(files, await walk(path));
    } else if (KINDS.includes(extname(entry.name).toLowerCase())) files.push(path);
  }
  return files;
}

/** What scripts and configuration files are for, where the command line says it. */
export interface Surroundings {
  readonly imports: ReadImport;
  readonly device?: DeviceDescription;
  readonly pack?: Pack;
}

/** Undefined for a file in a folder that is none of ours: a YAML that is neither recipe, model nor cbuild-run.yml. */
export async function checkFile(
  { path, named, decision }: FileToCheck,
  { device, pack, imports }: Surroundings,
): Promise<readonly Diagnostic[] | undefined> {
  const decided: Decided = (wanted) => (wanted === path ? decision : undefined);
  try {
    const extension = extname(path).toLowerCase();
    if (!KINDS.includes(extension)) throw badRequest(`${path}: only ${KINDS.join(", ")} can be checked`);
    if (extension === ".pdsc" || extension === ".pack") return await ofPack(path, decided);
    const source = await readSource(path, decided);
    if (extension === ".seq")
      return [
        ...scriptFindings(source, device, await importsOf(source, imports)),
        ...(pack === undefined ? [] : strayScopes(parseScript(source).script, pack.devices())),
      ];
    if (extension === ".dbgconf")
      return readDbgconf(source, device && variableNames(device.debugVars)).diagnostics;
    return yamlFindings(source, named);
  } catch (error) {
    const found = diagnosticsOf(error);
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

function yamlFindings(source: Source, named: boolean): readonly Diagnostic[] | undefined {
  const kind = yamlKind(source, named);
  if (kind === undefined && !named) return undefined;
  if (kind === undefined)
    throw badRequest(
      `${source.path}: this is neither a recipe (it has no "steps"), nor a model (it has no "model"), nor a cbuild-run.yml`,
    );
  if (kind === "cbuild-run") return readCbuildRun(source).diagnostics;
  if (kind === "model") {
    readModel(source);
    return [];
  }
  return readRecipeFile(source).steps.flatMap((step) =>
    step.kind === "expect" ? parseExpression(step.condition).diagnostics : [],
  );
}

/** Somebody else's broken YAML in a folder is theirs. */
function yamlKind(source: Source, named: boolean): "recipe" | "model" | "cbuild-run" | undefined {
  try {
    const { value } = parseYaml(source);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if ("cbuild-run" in value) return "cbuild-run";
    return "steps" in value ? "recipe" : "model" in value ? "model" : undefined;
  } catch (error) {
    if (named || !(error instanceof Failure)) throw error;
    return /^(steps|model):/m.test(source.text) ? "recipe" : undefined;
  }
}

function badRequest(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-request", what }, what);
}
