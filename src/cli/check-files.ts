/** Which check each kind of file gets. Knows files; what is a mistake is known elsewhere. */
import { extname } from "node:path";
import type { DeviceDescription } from "../device/description.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseExpression, parseScript } from "../language/text/parse.ts";
import { Failure } from "../lib/fault.ts";
import type { Source } from "../lib/source.ts";
import { parseYaml } from "../lib/yaml.ts";
import { readCbuildRun } from "../pack/cbuild-run.ts";
import { readDbgconf } from "../pack/dbgconf.ts";
import { openPack } from "../pack/open.ts";
import type { Decided } from "../pack/opened.ts";
import type { Pack } from "../pack/pdsc.ts";
import { readRecipeFile } from "../recipe/read.ts";
import { variableNames } from "../lint/pack-parts.ts";
import { scriptFindings } from "../lint/findings.ts";
import { fileFindings, packFindings } from "../lint/pack-findings.ts";
import { SessionFailure } from "../project/faults.ts";
import { importsOf, type ReadImport } from "../project/scripts.ts";
import { strayScopes } from "../lint/stray-scopes.ts";
import { readSource } from "../host/files.ts";
import { CHECKED_KINDS, type FoundFile } from "../host/walk.ts";
import { readModel } from "../simulator/model/yaml.ts";
import { diagnosticsOf } from "./report-error.ts";

/** What scripts and configuration files are for, where the command line says it. */
export interface Surroundings {
  readonly imports: ReadImport;
  readonly device?: DeviceDescription;
  readonly pack?: Pack;
}

/** Undefined for a file in a folder that is none of ours: a YAML that is neither recipe, model nor cbuild-run.yml. */
export async function checkFile(
  { path, named, decision }: FoundFile,
  { device, pack, imports }: Surroundings,
): Promise<readonly Diagnostic[] | undefined> {
  const decided: Decided = (wanted) => (wanted === path ? decision : undefined);
  try {
    const extension = extname(path).toLowerCase();
    if (!CHECKED_KINDS.includes(extension))
      throw badRequest(`${path}: only ${CHECKED_KINDS.join(", ")} can be checked`);
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
