/** What a project says for every call: dbgseq.yaml, searched upwards, and DBGSEQ_* variables. Neither can give consent. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import * as v from "valibot";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { checkYaml, refusal, type YamlProblem } from "../lib/formats/checked-yaml.ts";
import { nearest } from "../lib/nearest.ts";
import { Source } from "../lib/source.ts";
import { parseYaml } from "../lib/formats/yaml.ts";
import { isPackName } from "../pack/find.ts";
import { malformedInput, type SessionFailure } from "../project/faults.ts";
import { isShipped } from "../project/script-names.ts";
import { OPTION_NAMES, rowOf, type Given, type OptionName, type Values } from "../options/given.ts";
import { headerEntries, headerValues } from "../options/header.ts";
import { keyHint, variableHint } from "../options/named.ts";
import { readSource } from "./files/input-files.ts";
import { relocatedProbe } from "./header-consent.ts";

/** Settings whose paths are absolute or relative to the folder where the command runs. */
export interface GivenByFile extends Given {
  /** Absent if the words are the user's own: from the command line, a program, the environment. */
  readonly file?: {
    readonly path: string;
    /** True if it lies above the folder where the command runs, and the user did not name it. */
    readonly isFoundAbove: boolean;
  };
}

const FILE = "dbgseq.yaml";
const PREFIX = "DBGSEQ_";
const schema = v.strictObject(headerEntries);

export function findProjectFile(from: string): string | undefined {
  const file = join(from, FILE);
  if (existsSync(file)) return file;
  const above = dirname(from);
  return above === from ? undefined : findProjectFile(above);
}

/** Finds the project's file for commands that run in a folder, if it has one. */
export async function projectHeaders(cwd: string): Promise<readonly GivenByFile[]> {
  const path = findProjectFile(cwd);
  if (path === undefined) return [];
  const values = relocated(valuesIn(await readSource(path)), dirname(path));
  return [{ values, origin: path, file: { path, isFoundAbove: dirname(path) !== cwd } }];
}

/** Reads the variables. `DBGSEQ_PROBE=sim` means the same as `probe: sim`. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): readonly GivenByFile[] {
  return variablesIn(env).map(({ variable, name, text }) => {
    const got = rowOf(name).kind.read(text);
    if (got.ok) return { origin: variable, values: { [name]: got.value } };
    const source = new Source(variable, text);
    throw malformed([{ message: refusal(got.reason, text), span: { source, start: 0, end: text.length } }]);
  });
}

/** Lists the variables that are set and would have an effect. */
export function ignoredVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return variablesIn(env).map(({ variable }) => variable);
}

/** Lists variables that seem to mean an option, each with a hint; otherwise a misspelling would be silent. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly { readonly variable: string; readonly hint: string }[] {
  const known = OPTION_NAMES.flatMap((name) => rowOf(name).environment ?? []);
  return Object.keys(env)
    .filter((variable) => variable.startsWith(PREFIX) && !known.some((one) => one === variable))
    .flatMap((variable) => {
      const near = nearest(variable, known);
      const hint =
        variableHint(variable.slice(PREFIX.length)) ??
        (near === undefined ? undefined : `did you mean "${near}"?`);
      return hint === undefined ? [] : [{ variable, hint }];
    });
}

interface Variable {
  readonly variable: string;
  readonly name: OptionName;
  readonly text: string;
}

function variablesIn(env: Readonly<Record<string, string | undefined>>): readonly Variable[] {
  return OPTION_NAMES.flatMap((name): readonly Variable[] => {
    const { environment: variable } = rowOf(name);
    if (variable === undefined) return [];
    const text = env[variable];
    return text === undefined || text === "" ? [] : [{ variable, name, text }];
  });
}

/**
 * Makes paths, which are relative to the folder of their file, hold here. A relative folder keeps them readable
 * in messages.
 */
export function relocated(values: Values, folder: string): Values {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const { pack, seq, dbgconf, probe } = values;
  return {
    ...values,
    ...(pack === undefined || isPackName(pack) ? {} : { pack: at(pack) }),
    ...(dbgconf === undefined ? {} : { dbgconf: at(dbgconf) }),
    ...(probe === undefined ? {} : { probe: relocatedProbe(probe, at) }),
    ...(seq === undefined ? {} : { seq: seq.map((name) => (isShipped(name) ? name : at(name))) }),
  };
}

function valuesIn(source: Source): Values {
  if (source.text.trim() === "") return {};
  const document = parseYaml(source);
  // A file of comments alone says as little as an empty one.
  if (document.value === null) return {};
  const checked = checkYaml(document, schema, keyHint);
  if (checked.ok) return headerValues(checked.value);
  throw malformed(checked.problems);
}

function malformed(problems: readonly YamlProblem[]): SessionFailure {
  return malformedInput(
    problems.map((problem): Diagnostic => ({
      code: "bad-project-file",
      severity: "error",
      malformed: true,
      ...problem,
    })),
  );
}
