/**
 * Everything that one call is asked for, on the command line or through the library: the caller's own words, then
 * DBGSEQ_* variables, dbgseq.yaml and a cbuild-run.yml in place of the pack, the strongest first. Reads those
 * files and decides what they may lead to; inputs.ts reads the pack itself.
 */
import { dirname } from "node:path";
import type { Override } from "../device/debug-vars.ts";
import type { Values } from "../options/given.ts";
import { parseGrant } from "../options/grants.ts";
import { headerValues } from "../options/header.ts";
import { allOf, strongest } from "../options/resolve.ts";
import { readRecipeFile } from "../recipe/read.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { openGate, type Gate } from "./effects/gate.ts";
import { readSource } from "./files/input-files.ts";
import { consentToHeaders } from "./header-consent.ts";
import type { InputRequest } from "./inputs.ts";
import {
  ignoredVariables,
  projectHeaders,
  readEnvironment,
  relocated,
  unknownVariables,
  type GivenByFile,
} from "./project.ts";
import { isRunFile, readRunFile, runGiven } from "./run-file.ts";

/** The surroundings of the call. */
export interface Surroundings {
  /** The folder for relative paths, from which dbgseq.yaml is searched. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reports what a file does that the user did not name. */
  readonly tell: (text: string) => void;
}

export interface Asked {
  readonly request: InputRequest;
  /** Every giver, the strongest first. The pack's own settings follow once it is read. */
  readonly given: readonly GivenByFile[];
  readonly probe?: string;
  /** What the user allows to the paths that files name. */
  readonly gate: Gate;
}

/** Gathers everything. `asked` are the caller's own words, followed by the header of a recipe. */
export async function gather(asked: readonly GivenByFile[], around: Surroundings): Promise<Asked> {
  const isConfigured = strongest("config", asked)?.value !== false;
  if (!isConfigured)
    for (const variable of ignoredVariables(around.env))
      around.tell(`note: ${variable} has no effect, because the configuration is off`);
  for (const { variable, hint } of unknownVariables(around.env))
    around.tell(`note: ${variable} is not a setting; ${hint}`);
  const given: readonly GivenByFile[] = [
    ...asked,
    ...(isConfigured ? [...readEnvironment(around.env), ...(await projectHeaders(around.cwd))] : []),
  ];
  const allowed = strongest("allow", asked)?.value ?? [];
  const gate = await openGate({
    grants: allowed.flatMap((text) => parseGrant(text) ?? []),
    cwd: around.cwd,
    env: around.env,
  });
  const mayImport = await consentToHeaders(given, (one) => effectOf(one, given), {
    gate,
    mayReachRemote: allowed.includes("remote"),
    tell: around.tell,
  });
  const probe = strongest("probe", given)?.value;
  return {
    gate,
    request: { gate, mayImport, ...requestOf(given) },
    given: [...given, ...(await runFileOf(given, gate))],
    ...(probe === undefined ? {} : { probe }),
  };
}

/** Returns those names of a giver that take effect. */
function effectOf(one: GivenByFile, given: readonly GivenByFile[]): Values {
  const names = (["pack", "dbgconf", "probe"] as const).filter(
    (name) => strongest(name, given)?.origin === one.origin,
  );
  const { seq } = one.values;
  return {
    ...Object.fromEntries(names.map((name) => [name, one.values[name]])),
    ...(seq === undefined ? {} : { seq }),
  };
}

function requestOf(given: readonly GivenByFile[]): Omit<InputRequest, "gate" | "mayImport"> {
  const names = (["pack", "device", "pname", "dbgconf"] as const).flatMap((name) => {
    const found = strongest(name, given);
    return found === undefined ? [] : [[name, found.value] as const];
  });
  return {
    ...Object.fromEntries(names),
    seq: strongest("seq", given)?.value ?? [],
    overrides: overridesOf(given),
  };
}

/** Lists the overrides, the weakest first: the later one wins. */
function overridesOf(given: readonly GivenByFile[]): readonly Override[] {
  return [...allOf("variables", given)]
    .reverse()
    .flatMap(({ value, origin }) =>
      Object.entries(value).map(([name, number]) => ({ name, value: BigInt(number), origin })),
    );
}

/** Returns a cbuild-run.yml in place of the pack, which is the weakest giver. */
async function runFileOf(given: readonly GivenByFile[], gate: Gate): Promise<readonly GivenByFile[]> {
  const pack = strongest("pack", given)?.value;
  if (pack === undefined || !isRunFile(pack)) return [];
  return [runGiven(await readRunFile(pack, gate), given)];
}

/** Reads a recipe, and its header as a giver. Throws `unreadable-file`, `malformed-input`. */
export async function recipeGiver(
  file: string,
): Promise<{ readonly recipe: Recipe; readonly given: GivenByFile }> {
  const recipe = readRecipeFile(await readSource(file));
  return {
    recipe,
    given: {
      origin: `recipe ${file}`,
      values: relocated(headerValues(recipe.header), dirname(file)),
      file: { path: file, isFoundAbove: false },
    },
  };
}
