/** Finds all mistakes in one .seq file, each scope with its own names. Pure: the caller reads what it imports. */
import { checkDebugVars } from "../device/debug-vars.ts";
import type { DeviceDescription, SequenceDefinition } from "../device/description.ts";
import { sequenceNames } from "../device/precedence.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { check, type CheckContext } from "../language/check/checker.ts";
import { parseScript } from "../language/text/parse.ts";
import type { DebugVars, Script, Sequence } from "../language/tree.ts";
import type { Source } from "../lib/source.ts";
import { defaultSequences } from "../project/defaults.ts";
import { hiddenDebugVars } from "./device-parts.ts";
import { guardedFindings } from "./guarded-findings.ts";
import type { Imported } from "../project/scripts.ts";
import { duplicateSequences, lostVariables, unique, variableNames } from "./pack-parts.ts";

/** Names that only a pack declares are known if its device is given. */
export function scriptFindings(
  source: Source,
  device?: DeviceDescription,
  imported: Imported = NOTHING,
): readonly Diagnostic[] {
  if (source.text.trim() === "") {
    const span = { source, start: 0, end: 0 };
    return [{ code: "empty-file", severity: "error", message: "the file is empty", span, malformed: true }];
  }
  const { script, diagnostics } = parseScript(source);
  const excess = exceededScopes(script, imported);
  if (excess !== undefined) return [...diagnostics, excess];
  const found = scopesOf(script, imported).flatMap((scope) => scopeFindings(scope, device));
  return unique([
    ...diagnostics,
    ...imported.findings,
    ...(device === undefined ? found.map(packMayKnow) : found),
  ]);
}

/** The limit counts the sequences that each scope sees around it. */
const MOST_SEEN = 1_000_000;

function exceededScopes({ items }: Script, imported: Imported): Diagnostic | undefined {
  const scopes = items.filter(({ kind }) => kind === "scope");
  const around = items.filter(({ kind }) => kind === "sequence").length + imported.sequences.length;
  const [first] = scopes;
  if (first === undefined || scopes.length * around <= MOST_SEEN) return undefined;
  return {
    code: "too-complex",
    severity: "error",
    message: `${scopes.length} scopes that each see ${around} sequences; the product may be at most ${MOST_SEEN}`,
    span: first.span,
    hint: "split it into several files",
    malformed: true,
  };
}

const NOTHING: Imported = { sequences: [], debugVars: [], findings: [] };

/** Sequences and debugvars that stand beside one another, and what they see of the file around them. */
interface Part {
  readonly sequences: readonly Sequence[];
  readonly outer: readonly Sequence[];
  readonly debugVars: readonly DebugVars[];
  readonly outerVars: readonly DebugVars[];
}

function scopesOf(script: Script, imported: Imported): readonly Part[] {
  const sequences = sequencesOf(script.items);
  const debugVars = debugVarsOf(script.items);
  const scopes = script.items.filter((item) => item.kind === "scope");
  return [
    { sequences, outer: imported.sequences, debugVars, outerVars: imported.debugVars },
    ...scopes.map(({ items }) => ({
      sequences: sequencesOf(items),
      outer: [...sequences, ...imported.sequences],
      debugVars: debugVarsOf(items),
      outerVars: [...debugVars, ...imported.debugVars],
    })),
  ];
}

function scopeFindings(part: Part, device: DeviceDescription | undefined): readonly Diagnostic[] {
  const { sequences, debugVars, outerVars } = part;
  return [
    ...duplicateSequences(sequences),
    ...lostVariables(debugVars[0], outerVars),
    ...debugVars.flatMap((vars) => [...checkDebugVars(vars), ...hiddenDebugVars(vars)]),
    ...check(sequences, contextOf(part, device)),
    ...guardedFindings(sequences, device?.device),
  ];
}

function contextOf(
  { sequences, outer, debugVars, outerVars }: Part,
  description: DeviceDescription | undefined,
): CheckContext {
  const pnames = description?.processors.flatMap(({ pname }) => pname ?? []) ?? [];
  const layers = {
    project: [] as readonly SequenceDefinition[],
    pack: description?.sequences ?? [],
    defaults: defaultSequences(undefined),
  };
  const own = debugVars.length > 0 ? debugVars : outerVars;
  return {
    debugVars: new Set([description?.debugVars, ...own].flatMap(variableNames)),
    sequences: new Set([...sequenceNames(layers), ...[...sequences, ...outer].map(({ name }) => name.text)]),
    ...(description === undefined ? {} : { hasAccessPorts: description.accessPorts.length > 0 }),
    around: [...sequences, ...outer],
    ...(pnames.length === 0 ? {} : { processors: new Set(pnames) }),
  };
}

function packMayKnow(finding: Diagnostic): Diagnostic {
  const external = finding.code === "undeclared-variable" || finding.code === "unknown-sequence";
  if (!external) return finding;
  const hints = [finding.hint?.replace(/;$/, ""), "if it is the pack's, name the pack and the device"];
  return { ...finding, hint: hints.filter((hint) => hint !== undefined).join("; ") };
}

function sequencesOf(items: Script["items"]): readonly Sequence[] {
  return items.filter((item) => item.kind === "sequence");
}

function debugVarsOf(items: Script["items"]): readonly DebugVars[] {
  return items.filter((item) => item.kind === "debugvars");
}
