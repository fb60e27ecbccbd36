/**
 * Finds all mistakes in one pack: of every device and each of its processors, as a run there would see it.
 * What several of them share is checked and reported once. Pure: the code that opened the pack is asked if a
 * file is there.
 */
import type { DeviceDescription, SequenceDefinition } from "../device/description.ts";
import { resolveSequence, sequenceNames, type Layers } from "../device/precedence.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { check, type CheckContext } from "../language/check/checker.ts";
import type { DebugVars, Sequence } from "../language/tree.ts";
import { calls } from "../language/walk.ts";
import { groupedBy } from "../lib/grouped.ts";
import type { Board } from "../pack/pdsc/boards.ts";
import type { PackFiles } from "../pack/files/pack-files.ts";
import type { Pack, ReadPack } from "../pack/pdsc/pdsc.ts";
import { defaultSequences } from "../project/defaults.ts";
import { guardedFindings } from "./guarded-findings.ts";
import { danglingReferences, hiddenDebugVars, unusedDebugVars } from "./device-parts.ts";
import {
  duplicateSequences,
  lostVariables,
  missingAlgorithms,
  missingFiles,
  unique,
  variableNames,
} from "./pack-parts.ts";
import { append } from "../lib/lists.ts";

/** Covers every device of a pack; what several devices inherit is reported once. */
export function packFindings({ pack, diagnostics }: ReadPack): readonly Diagnostic[] {
  const found = [...diagnostics, ...(pack?.boards ?? []).flatMap((board) => board.diagnostics)];
  if (pack !== undefined && pack.inherited > MOST_INHERITED) return unique([...found, tooMuch(pack)]);
  const seen = new Set<string>();
  const sequences = new Set(defaultSequences(undefined).map(({ sequence }) => sequence));
  const allVars = new Set<DebugVars>();
  for (const { description, diagnostics: own, inSequence } of pack?.descriptions() ?? []) {
    append(found, own, danglingReferences(description, namesOf(description)));
    for (const { sequence } of description.sequences) sequences.add(sequence);
    if (description.debugVars !== undefined) allVars.add(description.debugVars);
    const likeness = likenessOf(description);
    if (seen.has(likeness)) continue;
    seen.add(likeness);
    append(found, levelsOf(description).flatMap(duplicateSequences));
    append(found, lostVariables(description.debugVars, description.shadowedDebugVars));
    append(found, hiddenDebugVars(description.debugVars));
    append(
      found,
      description.sequences.flatMap((one) => unusable(inSequence.get(one))),
    );
    append(found, sequenceFindings(description));
    for (const finding of guardedFindings(sequencesOf(description.sequences), description.device))
      found.push({ ...finding, severity: "note" });
  }
  append(found, unusedDebugVars(allVars, sequences));
  return unique(found);
}

/**
 * The largest packs that were looked at come to 100,000: an element of a family counts for each of its
 * devices.
 */
const MOST_INHERITED = 1_000_000;

function tooMuch({ source, inherited }: Pack): Diagnostic {
  const said = `its devices are described by ${inherited} elements and sequences, inherited ones counted for each`;
  return {
    code: "too-complex",
    severity: "error",
    message: `${said}; at most ${MOST_INHERITED} are checked`,
    span: { source, start: 0, end: 1 },
    hint: "a single device can still be used",
    malformed: true,
  };
}

function namesOf({ sequences }: DeviceDescription): ReadonlySet<string> {
  return new Set([...sequences, ...defaultSequences(undefined)].map(({ name }) => name));
}

/** Reports files that the description names and the pack does not have. */
export async function fileFindings(
  { pack }: ReadPack,
  files: Pick<PackFiles, "has" | "complete">,
): Promise<readonly Diagnostic[]> {
  if (pack !== undefined && pack.inherited > MOST_INHERITED) return [];
  const descriptions = [...(pack?.descriptions() ?? [])].map(({ description }) => description);
  return unique([
    ...(await missingAlgorithms([...descriptions, ...(pack?.boards ?? []).map(algorithmsOf)], files)),
    ...(await missingFiles(descriptions, files)),
  ]);
}

function algorithmsOf({ algorithms }: Board): Pick<DeviceDescription, "algorithms"> {
  return { algorithms: algorithms.map(({ algorithm }) => algorithm) };
}

/** Returns the sequences of each level. */
function levelsOf({ sequences }: DeviceDescription): readonly (readonly Sequence[])[] {
  const levels = groupedBy(sequences, ({ origin }) => origin.label);
  return [...levels.values()].map(sequencesOf);
}

/** Devices with the same likeness see the same sequences in the same surroundings. */
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
    rest.accessPorts.map(({ version, apid }) => [version, apid]),
    rest.debugPorts.map(({ dp }) => dp),
    rest.debugs.map(({ defaultResetSequence }) => defaultResetSequence),
  ]);
}

/** A block that cannot be parsed makes its sequence unusable, but the pack around it is still readable. */
function unusable(found: readonly Diagnostic[] = []): readonly Diagnostic[] {
  return found.map((finding) => ({ ...finding, malformed: false }));
}

/** Checks what runs on each processor; a definition that runs nowhere is checked with everything in sight. */
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
    append(found, check(sequencesOf(ofPack), context));
  }
  const all = sequenceNames(layers).flatMap((name) => layers.pack.find((one) => one.name === name) ?? []);
  append(found, check(sequencesOf([...left]), contextOf(description, layers, [...all, ...layers.defaults])));
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
  const names = new Set(winners.map(({ name }) => name));
  return {
    debugVars: new Set(variableNames(description.debugVars)),
    sequences: names,
    hasAccessPorts: description.accessPorts.length > 0,
    ...ports(description),
    accessPortVersion: description.accessPorts.some(({ version }) => version === 2) ? 2 : 1,
    called: calledNames(description, layers),
    around: sequencesOf(winners),
    elsewhere: new Set(sequenceNames(layers).filter((name) => !names.has(name))),
  };
}

/** The ports are absent if the description leaves them to the debugger. */
function ports({ debugPorts, accessPorts }: DeviceDescription): Pick<CheckContext, "debugPorts" | "apids"> {
  return {
    ...(debugPorts.length === 0 ? {} : { debugPorts: new Set(debugPorts.map(({ dp }) => BigInt(dp))) }),
    ...(accessPorts.length === 0 ? {} : { apids: new Set(accessPorts.map(({ apid }) => BigInt(apid))) }),
  };
}

/** Returns names that something runs: any sequence of the device, or the device itself by its default reset. */
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
