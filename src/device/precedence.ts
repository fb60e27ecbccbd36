/** Which definition of a sequence wins: project over pack over default, inner level over outer, Pname over none. */
import type { SequenceDefinition } from "./description.ts";

/** Definitions of one layer, innermost level first, as the description lists them. */
export interface Layers {
  readonly project: readonly SequenceDefinition[];
  readonly pack: readonly SequenceDefinition[];
  readonly defaults: readonly SequenceDefinition[];
}

export interface Resolution {
  readonly winner: SequenceDefinition;
  /** The others that would apply, strongest first. */
  readonly overridden: readonly SequenceDefinition[];
}

/** All definitions of a name that apply to a processor, strongest first; the first one wins. A disabled one wins too. */
export function resolveSequence(
  name: string,
  pname: string | undefined,
  layers: Layers,
): Resolution | undefined {
  const applicable = [layers.project, layers.pack, layers.defaults].flatMap((layer) =>
    byLevel(name, pname, layer),
  );
  const [winner, ...overridden] = applicable;
  return winner === undefined ? undefined : { winner, overridden };
}

function byLevel(
  name: string,
  pname: string | undefined,
  layer: readonly SequenceDefinition[],
): readonly SequenceDefinition[] {
  const fitting = layer.filter(
    (definition) =>
      definition.name === name && (definition.pname === undefined || definition.pname === pname),
  );
  // Stable within a level: one that names the processor goes before one that does not.
  const levels = [...new Set(fitting.map(({ origin }) => origin.label))];
  return levels.flatMap((label) => {
    const same = fitting.filter(({ origin }) => origin.label === label);
    return [
      ...same.filter((one) => one.pname !== undefined),
      ...same.filter((one) => one.pname === undefined),
    ];
  });
}

export function sequenceNames(layers: Layers): readonly string[] {
  return [
    ...new Set(
      [layers.project, layers.pack, layers.defaults].flatMap((layer) => layer.map(({ name }) => name)),
    ),
  ];
}
