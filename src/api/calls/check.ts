/**
 * Finds mistakes in texts, before they touch a target. The extension of a text's path decides which check it
 * gets. Pure.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { findingsOf } from "../../diagnostics/of-failure.ts";
import { parseExpression, parseScript } from "../../language/text/parse.ts";
import { Failure } from "../../lib/fault.ts";
import type { Source } from "../../lib/source.ts";
import { parseYaml } from "../../lib/formats/yaml.ts";
import { scriptFindings } from "../../lint/findings.ts";
import { packFindings } from "../../lint/pack-findings.ts";
import { variableNames } from "../../lint/pack-parts.ts";
import { strayScopes } from "../../lint/stray-scopes.ts";
import { readCbuildRun } from "../../pack/cbuild-run/cbuild-run.ts";
import { readDbgconf } from "../../pack/dbgconf.ts";
import { readPdsc, type DeviceEntry } from "../../pack/pdsc/pdsc.ts";
import type { DeviceContext } from "../../project/context.ts";
import { SessionFailure } from "../../project/faults.ts";
import { isScriptName } from "../../project/script-names.ts";
import { importsOf, type ReadImport } from "../../project/scripts.ts";
import { readRecipeFile } from "../../recipe/read.ts";
import { readModel } from "../../simulator/model/yaml.ts";
import { call, listOf, options, optional, thing, work, source as sourceGiven } from "../arguments.ts";
import { device } from "../given.ts";

const CHECK = call({
  source: sourceGiven,
  around: options({
    context: optional(device),
    devices: optional(listOf(thing("a device, as devicesOf lists it", { name: "string", vendor: "string" }))),
    readImport: optional(work),
  } satisfies Record<keyof CheckSurroundings, unknown>),
});

/** The surroundings of scripts and configuration files. */
export interface CheckSurroundings {
  /** The device whose names they may use; without it, a name that a pack may have is not a mistake. */
  readonly context?: DeviceContext | undefined;
  /** The devices of its pack: a scope that fits none of them is a mistake. */
  readonly devices?: readonly DeviceEntry[] | undefined;
  /** Reads what a script imports; without it, every import is a mistake. */
  readonly readImport?: ReadImport | undefined;
}

/**
 * The findings in one text: a .seq script, a .pdsc, a .dbgconf, a recipe, a model or a cbuild-run.yml, by the extension of the path of
 * `source`. What cannot be parsed is a finding too (`malformed`). Rejects with `bad-request` for any other kind of text.
 *
 * `const errors = (await checkText(new Source("mine.seq", text))).filter(({ severity }) => severity === "error");`
 */
export async function checkText(
  source: Source,
  around: CheckSurroundings = {},
): Promise<readonly Diagnostic[]> {
  CHECK({ source, around });
  return (await findingsIn(source, around, true)) ?? [];
}

/** With `isOurs`, the YAML of another tool is an error; without it, the result is undefined. */
export async function findingsIn(
  source: Source,
  around: CheckSurroundings,
  isOurs: boolean,
): Promise<readonly Diagnostic[] | undefined> {
  try {
    if (isScriptName(source.path)) return await scriptText(source, around);
    switch (/\.[^./\\]+$/.exec(source.path)?.[0].toLowerCase()) {
      case ".pdsc":
        return packFindings(readPdsc(source));
      case ".dbgconf": {
        const description = around.context?.description;
        return readDbgconf(source, description && variableNames(description.debugVars)).diagnostics;
      }
      case ".yaml":
      case ".yml":
        return yamlText(source, isOurs);
      default:
        throw badRequest(`${source.path}: only .seq, .pdsc, .dbgconf, .yaml and .yml texts can be checked`);
    }
  } catch (error) {
    const found = findingsOf(error);
    if (found.length > 0) return found;
    throw error;
  }
}

async function scriptText(
  source: Source,
  { context, devices, readImport = refuse }: CheckSurroundings,
): Promise<readonly Diagnostic[]> {
  return [
    ...scriptFindings(source, context?.description, await importsOf(source, readImport)),
    ...(devices === undefined ? [] : strayScopes(parseScript(source).script, devices)),
  ];
}

function refuse(path: string): Promise<Source> {
  return Promise.reject(badRequest(`import of ${path}: it is not known how imports are read`));
}

function yamlText(source: Source, isOurs: boolean): readonly Diagnostic[] | undefined {
  switch (yamlKind(source, isOurs)) {
    case "cbuild-run":
      return readCbuildRun(source).diagnostics;
    case "model":
      readModel(source);
      return [];
    case "recipe":
      return readRecipeFile(source).steps.flatMap((step) =>
        step.kind === "expect" ? parseExpression(step.condition).diagnostics : [],
      );
    case undefined:
      if (!isOurs) return undefined;
      throw badRequest(
        `${source.path}: this is neither a recipe (it has no "steps"), nor a model (it has no "model"), nor a cbuild-run.yml`,
      );
  }
}

/** Tells which kind of YAML it is. Errors in the YAML of other tools are not ours. */
function yamlKind(source: Source, isOurs: boolean): "recipe" | "model" | "cbuild-run" | undefined {
  try {
    const { value } = parseYaml(source);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if ("cbuild-run" in value) return "cbuild-run";
    return "steps" in value ? "recipe" : "model" in value ? "model" : undefined;
  } catch (error) {
    if (isOurs || !(error instanceof Failure)) throw error;
    return /^(steps|model):/m.test(source.text) ? "recipe" : undefined;
  }
}

function badRequest(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-request", what }, what);
}
