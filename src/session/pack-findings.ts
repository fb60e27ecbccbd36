/**
 * All findings in one pack: of every device and each of its processors, as a run there would see it. What several of them
 * share is looked at and reported once. Pure: whether a file of the pack is there is asked of who opened it.
 */
import type { DeviceDescription, SequenceDefinition } from "../device/description.ts";
import { resolveSequence, sequenceNames, type Layers } from "../device/precedence.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { check, type CheckContext } from "../language/checker.ts";
import type { Sequence } from "../language/tree.ts";
import { calls } from "../language/walk.ts";
import type { PackFiles } from "../pack/files.ts";
import type { ReadPack } from "../pack/pdsc.ts";
import { defaultSequences } from "./defaults.ts";
import { duplicateSequences, lostVariables, missingAlgorithms, unique, variableNames } from "./pack-parts.ts";

/** Of every device of a pack; what several devices inherit is reported once. */
export function packFindings({ pack, diagnostics }: ReadPack): readonly Diagnostic[] {
  const found = [...diagnostics];
  const seen = new Set<string>();
  for (const { description, diagnostics: own, inSequence } of pack?.descriptions() ?? []) {
    found.push(...own);
    const likeness = likenessOf(description);
    if (seen.has(likeness)) continue;
    seen.add(likeness);
    found.push(...levelsOf(description).flatMap(duplicateSequences));
    found.push(...lostVariables(description.debugVars, description.shadowedDebugVars));
    found.push(...description.sequences.flatMap((one) => unusable(inSequence.get(one))));
    found.push(...sequenceFindings(description));
  }
  return unique(found);
}

/** Files that the description names and the pack does not have. */
export async function fileFindings(
  { pack }: ReadPack,
  files: Pick<PackFiles, "has">,
): Promise<readonly Diagnostic[]> {
  const descriptions = [...(pack?.descriptions() ?? [])].map(({ description }) => description);
  return unique(await missingAlgorithms(descriptions, files));
}

/** The sequences of each level. */
function levelsOf({ sequences }: DeviceDescription): readonly (readonly Sequence[])[] {
  const levels = new Map<string, Sequence[]>();
  for (const { origin, sequence } of sequences) {
    levels.set(origin.label, [...(levels.get(origin.label) ?? []), sequence]);
  }
  return [...levels.values()];
}

/** Devices that are alike in this see the same sequences in the same surroundings. */
function likenessOf({
  sequences,
  processors,
  debugVars,
  shadowedDebugVars,
  ...rest
}: DeviceDescription): string {
  return JSON.stringify([
    sequences.map(({ origin }) => origin.span.start),
    processors.map(({ pname }) => pname ?? ""),
    [debugVars, ...shadowedDebugVars].map((vars) => vars?.span.start),
    rest.accessPorts.map(({ version }) => version),
    rest.debugs.map(({ defaultResetSequence }) => defaultResetSequence),
  ]);
}

/** A block that cannot be parsed makes its sequence unusable; the pack around it is readable all the same. */
function unusable(found: readonly Diagnostic[] = []): readonly Diagnostic[] {
  return found.map((finding) => ({ ...finding, malformed: false }));
}

/** For each processor what runs there; a definition that runs nowhere is looked at with everything in sight. */
function sequenceFindings(description: DeviceDescription): readonly Diagnostic[] {
  const layers: Layers = { project: [], pack: description.sequences, defaults: defaultSequences(undefined) };
  const pnames = description.processors.map(({ pname }) => pname);
  const left = new Set(description.sequences);
  const found: Diagnostic[] = [];
  for (const pname of pnames.length === 0 ? [undefined] : new Set(pnames)) {
    const winners = sequenceNames(layers).flatMap(
      (name) => resolveSequence(name, pname, layers)?.winner ?? [],
    );
    const ofPack = winners.filter(({ origin }) => origin.layer === "pack");
    for (const one of ofPack) left.delete(one);
    const context = contextOf(description, layers, winners);
    found.push(...check(sequencesOf(ofPack), context));
  }
  const all = sequenceNames(layers).flatMap((name) => layers.pack.find((one) => one.name === name) ?? []);
  found.push(...check(sequencesOf([...left]), contextOf(description, layers, [...all, ...layers.defaults])));
  return found;
}

function sequencesOf(definitions: readonly SequenceDefinition[]): readonly Sequence[] {
  return definitions.map(({ sequence }) => sequence);
}

function contextOf(
  description: DeviceDescription,
  layers: Layers,
  winners: readonly SequenceDefinition[],
): CheckContext {
  const pnames = description.processors.flatMap((one) => one.pname ?? []);
  const names = new Set(winners.map(({ name }) => name));
  return {
    debugVars: new Set(variableNames(description.debugVars)),
    sequences: names,
    hasAccessPorts: description.accessPorts.length > 0,
    accessPortVersion: description.accessPorts.some(({ version }) => version === 2) ? 2 : 1,
    called: calledNames(description, layers),
    around: sequencesOf(winners),
    ...(pnames.length === 0 ? {} : { processors: new Set(pnames) }),
    elsewhere: new Set(sequenceNames(layers).filter((name) => !names.has(name))),
  };
}

/** Names that something runs: any sequence of the device, or the device itself by its default reset. */
function calledNames({ debugs }: DeviceDescription, layers: Layers): ReadonlySet<string> {
  const names = new Set(debugs.flatMap(({ defaultResetSequence }) => defaultResetSequence ?? []));
  for (const { sequence } of [...layers.pack, ...layers.defaults]) {
    for (const { args } of calls(sequence)) {
      const [name] = args;
      if (name?.kind === "string") names.add(name.raw);
    }
  }
  return names;
}
