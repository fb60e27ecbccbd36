/** What a project says for every call: dbgseq.yaml, found upwards, and DBGSEQ_* variables. Neither can give consent. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import * as v from "valibot";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { checkYaml } from "../lib/checked-yaml.ts";
import { Source } from "../lib/source.ts";
import { parseYaml } from "../lib/yaml.ts";
import { isPackName } from "../pack/find.ts";
import { malformedInput } from "../project/faults.ts";
import { headerEntries, type Header } from "../options/header.ts";
import { readSource } from "./files.ts";
import { relocatedProbe } from "./header-consent.ts";

/** A header with who gave it; its paths are relative to where the command runs, or absolute. */
export interface GivenHeader {
  readonly header: Header;
  readonly origin: string;
  /** Absent for the environment, which is the user's own. */
  readonly file?: {
    readonly path: string;
    /** It lies above the folder where the command runs, and nobody named it. */
    readonly isFoundAbove: boolean;
  };
}

const FILE = "dbgseq.yaml";
const schema = v.strictObject(headerEntries);

export function findProjectFile(from: string): string | undefined {
  const file = join(from, FILE);
  if (existsSync(file)) return file;
  const above = dirname(from);
  return above === from ? undefined : findProjectFile(above);
}

/** The project's file for commands that run in a folder, if it has one. */
export async function projectHeaders(cwd: string): Promise<readonly GivenHeader[]> {
  const path = findProjectFile(cwd);
  if (path === undefined) return [];
  const header = relocated(headerOf(await readSource(path), schema), dirname(path));
  return [{ header, origin: path, file: { path, isFoundAbove: dirname(path) !== cwd } }];
}

/** `DBGSEQ_PROBE=sim` says what `probe: sim` says. Lists and variables have no environment form. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): readonly GivenHeader[] {
  return Object.keys(headerEntries).flatMap((key): readonly GivenHeader[] => {
    const variable = `DBGSEQ_${key.toUpperCase().replaceAll("-", "_")}`;
    const text = env[variable];
    if (text === undefined || text === "" || key === "seq" || key === "variables") return [];
    const plain = key === "dormant" || key.startsWith("strict-") ? text : JSON.stringify(text);
    return [{ header: headerOf(new Source(variable, `${key}: ${plain}\n`), schema), origin: variable }];
  });
}

/** Paths in a header are relative to its file's folder; a relative folder keeps them readable in messages. */
export function relocated(header: Header, folder: string): Header {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const { pack, seq, dbgconf, probe } = header;
  return {
    ...header,
    ...(pack === undefined || isPackName(pack) ? {} : { pack: at(pack) }),
    ...(dbgconf === undefined ? {} : { dbgconf: at(dbgconf) }),
    ...(probe === undefined ? {} : { probe: relocatedProbe(probe, at) }),
    ...(seq === undefined ? {} : { seq: seq.map(at) }),
  };
}

function headerOf(source: Source, wanted: typeof schema): Header {
  if (source.text.trim() === "") return {};
  const checked = checkYaml(parseYaml(source), wanted);
  if (checked.ok) return checked.value;
  throw malformedInput(
    checked.problems.map((problem): Diagnostic => ({
      code: "bad-project-file",
      severity: "error",
      malformed: true,
      ...problem,
    })),
  );
}
