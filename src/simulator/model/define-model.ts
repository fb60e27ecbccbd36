/** Makes a simulated device: YAML for data, a function for behaviour. */
import {
  any,
  call,
  optional,
  record,
  recordOf,
  source as sourceGiven,
  text,
  work,
} from "../../lib/arguments.ts";
import type { Source } from "../../lib/source.ts";
import type { ModelData } from "./schema.ts";
import { buildSoc, readModel } from "./yaml.ts";
import { readOptions, type OptionSpecs, type OptionValues } from "./options.ts";
import type { Soc } from "../soc/soc.ts";

/** A model's function may use this besides the SoC: target time, seeded chance, the target's log, its options. */
export interface ModelContext<S extends OptionSpecs> {
  readonly clock: {
    /** A read that uses the time may change at any time, so polling it is simulated read by read. */
    nowUs(): number;
    /** Returns true if a time has come. Polling that asks this way is skipped until then. */
    reached(atUs: number): boolean;
    /** Runs the action once, `us` from now. Returns a function that takes it back. */
    after(us: number, action: () => void): () => void;
  };
  /** Returns a number from 0 up to 1, with the same sequence for the same seed. */
  readonly random: () => number;
  readonly log: (text: string) => void;
  readonly options: OptionValues<S>;
}

/** A part of a model needs only this much of it, for any options of the model. */
export type PartContext = Pick<ModelContext<OptionSpecs>, "clock" | "log">;

export interface ModelDefinition<S extends OptionSpecs> {
  readonly name?: string;
  /** The YAML that it builds on. */
  readonly extends: Source;
  readonly options?: S;
  readonly build?: (soc: Soc, context: ModelContext<S>) => void;
}

/** A model that can be opened. Only defineModel and yamlModel make one. */
export interface Model {
  readonly name: string;
  readonly about: string;
  /** The public documents that its facts come from. */
  readonly sources: readonly string[];
  readonly options: OptionSpecs;
  create(given: Readonly<Record<string, string>>, around: ModelSurroundings): Soc;
}

export interface ModelSurroundings {
  readonly clockUs: () => number;
  readonly seed: number;
  /** It is called before power comes, to put there what survives without power. */
  readonly beforePower?: ((soc: Soc) => void) | undefined;
}

const DEFINE = call({
  definition: record({
    name: optional(text),
    extends: sourceGiven,
    options: optional(recordOf(any)),
    build: optional(work),
  } satisfies Record<keyof ModelDefinition<OptionSpecs>, unknown>),
});
const YAML = call({ source: sourceGiven });

/**
 * A device of data and code.
 *
 * ```ts
 * export const board = defineModel({
 *   extends: yaml,
 *   options: { locked: { type: "choice", values: ["yes", "no"], default: "no", about: "debug access is refused" } },
 *   build(soc, { options }) {
 *     soc.memAp(0).enabled = () => options.locked === "no";
 *   },
 * });
 * ```
 */
export function defineModel<const S extends OptionSpecs>(definition: ModelDefinition<S>): Model {
  DEFINE({ definition });
  return modelOf(readModel(definition.extends), definition);
}

/** Makes a device of data alone. */
export function yamlModel(source: Source): Model {
  YAML({ source });
  return modelOf(readModel(source), {});
}

const defined = new WeakSet<object>();

/** True for what defineModel and yamlModel of this program made. */
export function isModel(value: unknown): value is Model {
  return typeof value === "object" && value !== null && defined.has(value);
}

/** Makes a model from data that is known to be good. */
export function modelOf<const S extends OptionSpecs>(
  data: ModelData,
  code: Omit<ModelDefinition<S>, "extends">,
): Model {
  const { name = data.model, options = {}, build } = code;
  const model: Model = {
    name,
    about: data.about,
    sources: data.sources,
    options,
    create(given, { clockUs, seed, beforePower }) {
      const values = readOptions(name, options, given) as OptionValues<S>;
      const soc = buildSoc(data, clockUs);
      build?.(soc, {
        clock: clockOf(soc),
        random: seeded(seed),
        log: (text) => {
          soc.log.note(text);
        },
        options: values,
      });
      beforePower?.(soc);
      soc.reset("power", "power on");
      soc.log.clear();
      return soc;
    },
  };
  defined.add(model);
  return model;
}

function clockOf({ agenda, notes }: Soc): ModelContext<OptionSpecs>["clock"] {
  return {
    nowUs: () => {
      notes.changed();
      return agenda.nowUs();
    },
    reached: (atUs) => {
      const isPast = agenda.nowUs() >= atUs;
      if (!isPast) notes.asked(atUs);
      return isPast;
    },
    after: (us, action) => agenda.after(us, action),
  };
}

/** The generator is mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
