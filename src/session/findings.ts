/** All findings in one input file, for `check`: a pack, a script, a recipe or a model. Pure: reads no file, opens no probe. */
import type { DeviceDescription, SequenceDefinition } from "../device/description.ts";
import { sequenceNames } from "../device/precedence.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { check, type CheckContext } from "../language/checker.ts";
import { parseScript } from "../language/parse.ts";
import type { DebugVars, Script, Sequence } from "../language/tree.ts";
import { where, type Source } from "../lib/source.ts";
import type { Described } from "../pack/describe.ts";
import type { ReadPack } from "../pack/pdsc.ts";
import { defaultSequences } from "./defaults.ts";

/** Of every device of a pack; what several devices inherit is reported once. */
export function packFindings({ pack, diagnostics }: ReadPack): readonly Diagnostic[] {
  const found = [...diagnostics];
  const done = new Set<string>();
  for (const described of pack?.descriptions() ?? []) {
    found.push(...described.diagnostics);
    found.push(...deviceFindings(described, done));
  }
  return unique(found);
}

/** A sequence is looked at once for each set of names that it can see; hundreds of devices share a handful of sets. */
function deviceFindings({ description, inSequence }: Described, done: Set<string>): readonly Diagnostic[] {
  const context = contextOf(description);
  const names = `${[...context.sequences].join(" ")}\n${[...context.debugVars].join(" ")}`;
  return description.sequences.flatMap((definition) => {
    const key = `${where(definition.origin.span)}\n${names}`;
    if (done.has(key)) return [];
    done.add(key);
    return [...unusable(inSequence.get(definition)), ...check([definition.sequence], context)];
  });
}

/** A block that cannot be parsed makes its sequence unusable; the pack around it is readable all the same. */
function unusable(found: readonly Diagnostic[] = []): readonly Diagnostic[] {
  return found.map((finding) => ({ ...finding, malformed: false }));
}

function contextOf(description: DeviceDescription | undefined, own?: Script): CheckContext {
  const pnames = description?.processors.flatMap(({ pname }) => pname ?? []) ?? [];
  const layers = {
    project: [] as readonly SequenceDefinition[],
    pack: description?.sequences ?? [],
    defaults: defaultSequences(undefined),
  };
  return {
    debugVars: new Set([
      ...variableNames(description === undefined ? [] : [description.debugVars]),
      ...variableNames(own === undefined ? [] : own.items),
    ]),
    sequences: new Set([...sequenceNames(layers), ...sequencesOf(own).map(({ name }) => name.text)]),
    hasAccessPorts: (description?.accessPorts.length ?? 0) > 0,
    ...(pnames.length === 0 ? {} : { processors: new Set(pnames) }),
  };
}

/** Of a .seq file. Names that only a pack declares are known when its device is given. */
export function scriptFindings(source: Source, device?: DeviceDescription): readonly Diagnostic[] {
  if (source.text.trim() === "") {
    const span = { source, start: 0, end: 0 };
    return [{ code: "empty-file", severity: "error", message: "the file is empty", span, malformed: true }];
  }
  const { script, diagnostics } = parseScript(source);
  const found = check(sequencesOf(script), contextOf(device, script));
  return unique([...diagnostics, ...(device === undefined ? found.map(packMayKnow) : found)]);
}

function packMayKnow(finding: Diagnostic): Diagnostic {
  const external = finding.code === "undeclared-variable" || finding.code === "unknown-sequence";
  if (!external) return finding;
  const hints = [finding.hint, "if it is the pack's, give --pack and --device"];
  return { ...finding, hint: hints.filter((hint) => hint !== undefined).join("; ") };
}

function sequencesOf(script: Script | undefined): readonly Sequence[] {
  return script?.items.filter((item) => item.kind === "sequence") ?? [];
}

function variableNames(items: readonly ({ readonly kind: string } | undefined)[]): readonly string[] {
  return items
    .filter((item): item is DebugVars => item?.kind === "debugvars")
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => (entry.kind === "declaration" ? [entry.name.text] : []));
}

function unique(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const finding of findings) {
    const { code, message, span } = finding;
    const key = `${span.start} ${span.end} ${code} ${message}`;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()].toSorted((a, b) => a.span.start - b.span.start);
}
