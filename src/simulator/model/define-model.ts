/** How a simulated device is made: YAML for what is data, a function for what behaves. */
import type { Source } from "../../lib/source.ts";
import type { ModelData } from "./schema.ts";
import { buildSoc, readModel } from "./yaml.ts";
import { readOptions, type OptionSpecs, type OptionValues } from "./options.ts";
import type { Soc } from "../soc/soc.ts";

/** What a model's function may use besides the SoC: target time, seeded chance, the target's log, its options. */
export interface ModelContext<S extends OptionSpecs> {
  readonly clock: {
    /** What a read makes of it may change at any time: polling it is simulated read by read. */
    nowUs(): number;
    /** Whether a time has come. Polling what asks so is passed over until then. */
    reached(atUs: number): boolean;
    /** Runs the action once, `us` from now. Returns what takes it back. */
    after(us: number, action: () => void): () => void;
  };
  /** 0 up to 1; the same sequence for the same seed. */
  readonly random: () => number;
  readonly log: (text: string) => void;
  readonly options: OptionValues<S>;
}

/** As much of it as a part of a model needs, whatever the options of the model are. */
export type PartContext = Pick<ModelContext<OptionSpecs>, "clock" | "log">;

export interface ModelDefinition<S extends OptionSpecs> {
  readonly name?: string;
  /** The YAML that it builds on. */
  readonly extends: Source;
  readonly options?: S;
  readonly build?: (soc: Soc, context: ModelContext<S>) => void;
}

/** A model that can be opened. Made by defineModel or yamlModel only. */
export interface Model {
  readonly name: string;
  readonly about: string;
  /** Public documents that its facts come from. */
  readonly sources: readonly string[];
  readonly options: OptionSpecs;
  create(given: Readonly<Record<string, string>>, around: ModelSurroundings): Soc;
}

export interface ModelSurroundings {
  readonly clockUs: () => number;
  readonly seed: number;
  /** Called before power comes: what survives without power is put there. */
  readonly beforePower?: ((soc: Soc) => void) | undefined;
}

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
  return modelOf(readModel(definition.extends), definition);
}

/** A device of data alone. */
export function yamlModel(source: Source): Model {
  return modelOf(readModel(source), {});
}

/** From data that is known to be good. */
export function modelOf<const S extends OptionSpecs>(
  data: ModelData,
  code: Omit<ModelDefinition<S>, "extends">,
): Model {
  const { name = data.model, options = {}, build } = code;
  return {
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

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
