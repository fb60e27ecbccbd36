/**
 * Decides which definition of a sequence wins: project over pack over default, inner level over outer, Pname
 * over none.
 */
import type { Level, SequenceDefinition } from "./description.ts";

/** The first of two definitions of one layer, level and processor counts. */
export interface Layers {
  readonly project: readonly SequenceDefinition[];
  readonly pack: readonly SequenceDefinition[];
  readonly defaults: readonly SequenceDefinition[];
}

export interface Resolution {
  /** The winner may be disabled; then nothing runs, not even the default. */
  readonly winner: SequenceDefinition;
  /** The other definitions that would apply, strongest first. */
  readonly overridden: readonly SequenceDefinition[];
}

/**
 * Returns the definition that runs under a name on a connection to a processor, or undefined if there is
 * none.
 */
export function resolveSequence(
  name: string,
  pname: string | undefined,
  layers: Layers,
): Resolution | undefined {
  const [winner, ...overridden] = strongestFirst(name, layers).filter((one) => appliesTo(one, pname));
  return winner === undefined ? undefined : { winner, overridden };
}

/** Says why a definition runs or does not; `against` is the winner. */
export type Verdict =
  "wins" | "other-processor" | "outer-layer" | "outer-level" | "without-processor" | "repeated";

export interface Explained {
  readonly definition: SequenceDefinition;
  readonly verdict: Verdict;
}

/**
 * Returns all definitions of a name: the winner first, then the ones it beats, then those for other
 * processors.
 */
export function explainSequence(
  name: string,
  pname: string | undefined,
  layers: Layers,
): readonly Explained[] {
  const all = strongestFirst(name, layers);
  const winner = all.find((one) => appliesTo(one, pname));
  const explained = all.map((definition) => ({ definition, verdict: verdictOf(definition, winner, pname) }));
  const rank = ({ verdict }: Explained): number =>
    verdict === "wins" ? 0 : verdict === "other-processor" ? 2 : 1;
  return explained.toSorted((a, b) => rank(a) - rank(b));
}

function verdictOf(
  definition: SequenceDefinition,
  winner: SequenceDefinition | undefined,
  pname: string | undefined,
): Verdict {
  if (winner === undefined || !appliesTo(definition, pname)) return "other-processor";
  if (definition === winner) return "wins";
  if (definition.origin.layer !== winner.origin.layer) return "outer-layer";
  if (definition.origin.level !== winner.origin.level) return "outer-level";
  return definition.pname === winner.pname ? "repeated" : "without-processor";
}

/** Returns every name that some layer defines, in order of first appearance. */
export function sequenceNames({ project, pack, defaults }: Layers): readonly string[] {
  return [...new Set([...project, ...pack, ...defaults].map(({ name }) => name))];
}

function appliesTo(definition: SequenceDefinition, pname: string | undefined): boolean {
  return definition.pname === undefined || definition.pname === pname;
}

const INNERMOST_FIRST: readonly (Level | undefined)[] = [
  "variant",
  "device",
  "subFamily",
  "family",
  undefined,
];

/** The index is kept, because every call of a run asks for the definitions of a name. */
const indexes = new WeakMap<Layers, ReadonlyMap<string, readonly SequenceDefinition[]>>();

function strongestFirst(name: string, layers: Layers): readonly SequenceDefinition[] {
  const index = indexes.get(layers) ?? indexOf(layers);
  indexes.set(layers, index);
  return index.get(name) ?? [];
}

function indexOf(layers: Layers): ReadonlyMap<string, readonly SequenceDefinition[]> {
  const index = new Map<string, SequenceDefinition[]>();
  for (const layer of [layers.project, layers.pack, layers.defaults]) {
    for (const definition of layer.toSorted(
      (a, b) => levelRank(a) - levelRank(b) || unnamed(a) - unnamed(b),
    )) {
      const same = index.get(definition.name);
      if (same === undefined) index.set(definition.name, [definition]);
      else same.push(definition);
    }
  }
  return index;
}

function levelRank({ origin }: SequenceDefinition): number {
  return INNERMOST_FIRST.indexOf(origin.level);
}

function unnamed({ pname }: SequenceDefinition): number {
  return pname === undefined ? 1 : 0;
}
