/**
 * Turns .seq files into definitions of the project: imports are followed, and scopes are matched with the
 * device. Opens no file itself.
 */
import type { DeviceDescription, Level, SequenceDefinition } from "../device/description.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseScript } from "../language/text/parse.ts";
import type { DebugVars, Import, Scope, Script, Sequence } from "../language/tree.ts";
import { Failure } from "../lib/fault.ts";
import type { Source } from "../lib/source.ts";
import { malformedInput } from "./faults.ts";
import { ImportWalk } from "./import-walk.ts";
import { append } from "../lib/lists.ts";

export interface LoadedScripts {
  /** The strongest comes first: in the order of the files, and imported definitions after the file's own. */
  readonly definitions: readonly SequenceDefinition[];
  /** The debugvars that the scripts declare for this device, strongest first; they add to those of the pack. */
  readonly debugVars: readonly DebugVars[];
  readonly warnings: readonly Diagnostic[];
}

/** Reads the file of an import, relative to the file that has it. */
export type ReadImport = (path: string, from: Source) => Promise<Source>;

/**
 * Throws `malformed-input` for a file that cannot be parsed and for an import that leads back to a file that
 * imports it.
 */
export async function loadScripts(
  sources: readonly Source[],
  readImport: ReadImport,
  description: DeviceDescription | undefined,
): Promise<LoadedScripts> {
  const loading = new Loading(readImport, description);
  for (const source of sources) await loading.load(source);
  return loading;
}

/** The imports of a script, for a check of it. */
export interface Imported {
  readonly sequences: readonly Sequence[];
  readonly debugVars: readonly DebugVars[];
  /** The findings are imports that cannot be followed, and reasons why an imported file cannot be used. */
  readonly findings: readonly Diagnostic[];
}

/** Throws nothing for a bad import: each is a finding of its own. */
export async function importsOf(source: Source, readImport: ReadImport): Promise<Imported> {
  const sequences: Sequence[] = [];
  const debugVars: DebugVars[] = [];
  const findings: Diagnostic[] = [];
  const walk = new ImportWalk();
  const follow = async (from: Source, script: Script): Promise<void> => {
    for (const item of script.items) {
      if (item.kind !== "import") continue;
      const excess = walk.excess(item);
      if (excess !== undefined) {
        // The files above this one have reported it too.
        if (findings.at(-1)?.code !== excess.code) findings.push(excess);
        return;
      }
      const imported = await readImport(item.path.text, from).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        findings.push({
          code: "unreadable-import",
          severity: "error",
          message: error.message,
          span: item.path.span,
        });
      });
      if (imported === undefined) continue;
      const circle = walk.circle(item, imported.path);
      if (circle !== undefined) findings.push(circle);
      if (walk.hasRead(imported.path)) continue;
      const { script: inner, diagnostics } = parseScript(imported);
      append(findings, errorsOf(imported, diagnostics, item));
      for (const one of inner.items) {
        if (one.kind === "sequence") sequences.push(one);
        else if (one.kind === "debugvars") debugVars.push(one);
      }
      await walk.through(imported.path, () => follow(imported, inner));
    }
  };
  await walk.through(source.path, () => follow(source, parseScript(source).script));
  return { sequences, debugVars, findings };
}

/**
 * Reports errors in a script with the import that leads to it, if there is one. The message of an error can
 * quote a file as its lines do.
 */
export function errorsOf(
  source: Source,
  diagnostics: readonly Diagnostic[],
  by: Import | undefined,
): readonly Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (source.isQuotable || by === undefined || errors.length === 0) return errors;
  const message = `${source.path} is not a script; it lies outside of the folders that were named, so that its errors are not shown`;
  return [{ code: "unreadable-import", severity: "error", message, span: by.path.span }];
}

class Loading implements LoadedScripts {
  readonly definitions: SequenceDefinition[] = [];
  readonly debugVars: DebugVars[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly #walk = new ImportWalk();
  readonly #readImport: ReadImport;
  readonly #description: DeviceDescription | undefined;

  constructor(readImport: ReadImport, description: DeviceDescription | undefined) {
    this.#readImport = readImport;
    this.#description = description;
  }

  /** `by` is the import that leads to it. */
  async load(source: Source, by?: Import): Promise<void> {
    if (this.#walk.hasRead(source.path)) return;
    const script = this.#parse(source, by);
    this.#collect(script);
    await this.#walk.through(source.path, async () => {
      for (const item of script.items) if (item.kind === "import") await this.#follow(item, source);
    });
  }

  #parse(source: Source, by: Import | undefined): Script {
    if (source.text.trim() === "") {
      const span = { source, start: 0, end: 0 };
      throw malformedInput([
        { code: "empty-file", severity: "error", message: "the file is empty", span, malformed: true },
      ]);
    }
    const { script, diagnostics } = parseScript(source);
    const errors = errorsOf(source, diagnostics, by);
    if (errors.length > 0) throw malformedInput(errors);
    if (source.isQuotable) append(this.warnings, diagnostics);
    return script;
  }

  /** Scopes come first: within one file the inner level is the stronger one. */
  #collect(script: Script): void {
    const scopes = script.items.filter((item) => item.kind === "scope");
    const levels = scopes.flatMap((scope) => {
      const level = levelOf(scope, this.#description);
      return level === undefined ? [] : [{ scope, level }];
    });
    for (const wanted of ["variant", "device", "subFamily", "family"] as const) {
      for (const { scope, level } of levels.filter((one) => one.level === wanted))
        this.#add(scope.items, level);
    }
    this.#add(script.items);
  }

  #add(items: Script["items"], level?: Level): void {
    for (const item of items) {
      if (item.kind === "sequence") this.definitions.push(definition(item, level));
      else if (item.kind === "debugvars") this.debugVars.push(item);
    }
  }

  async #follow(item: Import, source: Source): Promise<void> {
    const imported = await this.#walk.follow(item, source, this.#readImport);
    await this.load(imported, item);
  }
}

/** Returns the innermost level of a scope if everything that the scope names is this device's, else undefined. */
function levelOf(scope: Scope, description: DeviceDescription | undefined): Level | undefined {
  let found: Level | undefined;
  for (const level of ["family", "subFamily", "device", "variant"] as const) {
    const wanted = scope[level]?.text;
    if (wanted === undefined) continue;
    if (description?.[level] !== wanted) return undefined;
    found = level;
  }
  return found;
}

function definition(sequence: Sequence, level: Level | undefined): SequenceDefinition {
  return {
    name: sequence.name.text,
    disabled: sequence.disabled,
    origin: {
      layer: "project",
      label: level === undefined ? "project" : `project, ${level}`,
      span: sequence.span,
      ...(level === undefined ? {} : { level }),
    },
    sequence,
    ...(sequence.pname === undefined ? {} : { pname: sequence.pname.text }),
  };
}
