/** Simulated devices: those that ship, those that a pack gives, and what a model file says. Pure. */
import { Failure } from "../../lib/fault.ts";
import type { Source } from "../../lib/source.ts";
import type { RegisterMap } from "../../device/peripherals.ts";
import type { ReadPackFile } from "../../pack/files/pack-files.ts";
import type { DeviceContext } from "../../project/context.ts";
import { Peripherals, svdOf } from "../../project/peripherals.ts";
import { wantedBySequences } from "../../session/smoke/smoke.ts";
import { assumptionText } from "../../simulator/model/assume.ts";
import { deriveModel as derive } from "../../simulator/model/derive.ts";
import { modelText } from "../../simulator/model/text.ts";
import { readModel } from "../../simulator/model/yaml.ts";
import type { OptionSpecs } from "../../simulator/model/options.ts";
import { knownModel, shippedModelNames } from "../../simulator/models/shipped.ts";
import { commonOptions } from "../../simulator/open.ts";
import { badArgument, bytes, call, options, optional, text, work, sourceOrText } from "../arguments.ts";
import { device } from "../given.ts";

const DESCRIBE = call({ name: text });
const FACTS = call({ model: sourceOrText });
const DERIVE = call({
  context: device,
  options: options({
    svd: optional(options({ path: text, bytes })),
    readPackFile: optional(work),
    onWarning: optional(work),
  }),
});

/**
 * Lists the names of the simulated devices that ship, in alphabetical order; `sim:NAME` is a probe with one.
 *
 * `listModels().includes("nrf52840")`
 */
export function listModels(): readonly string[] {
  return shippedModelNames;
}

/** An option of a simulated device: one of `values`, or a whole number from `min` to `max`. */
export interface ModelOption {
  readonly name: string;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** The value that holds if it is not given. */
  readonly default: string | number;
  /** What its values mean. */
  readonly about: string;
}

export interface ModelDescription {
  readonly name: string;
  /** One line about the device. */
  readonly about: string;
  /** The public documents that its facts come from. */
  readonly sources: readonly string[];
  readonly options: readonly ModelOption[];
  /** The options that every simulated device has. */
  readonly commonOptions: readonly ModelOption[];
}

/**
 * Describes a simulated device that ships: what it is, its options and its public sources. Throws `unknown-model`.
 *
 * `describeModel("nrf52840").options.map(({ name }) => name)`
 */
export function describeModel(name: string): ModelDescription {
  const model = knownModel(DESCRIBE({ name }).name);
  const { about, sources } = model;
  return {
    name: model.name,
    about,
    sources,
    options: optionsOf(model.options),
    commonOptions: optionsOf(commonOptions),
  };
}

function optionsOf(specs: OptionSpecs): readonly ModelOption[] {
  return Object.entries(specs).map(([name, spec]) => {
    const { default: otherwise, about } = spec;
    const range = spec.type === "choice" ? { values: spec.values } : { min: spec.min, max: spec.max };
    return { name, ...range, default: otherwise, about };
  });
}

export interface ModelFacts {
  readonly model: string;
  readonly processors: number;
  readonly memories: number;
  readonly accessPorts: number;
}

/**
 * Returns what the text of a model (YAML) describes. Throws `malformed-yaml` and `bad-model` with every mistake
 * in it, as `findingsOf` has them.
 *
 * `modelFacts(text).processors`
 */
export function modelFacts(model: string | Source): ModelFacts {
  const { model: name, processors, memories, accessPorts } = readModel(FACTS({ model }).model);
  return {
    model: name,
    processors: processors.length,
    memories: memories.length,
    accessPorts: accessPorts.length,
  };
}

export interface DeriveModelOptions {
  /** The SVD file with the values of registers after reset. Default: the pack's own, if `readPackFile` is given. */
  readonly svd?: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** Reads a file that the pack names. */
  readonly readPackFile?: ReadPackFile | undefined;
  /**
   * Called with a sentence each time: why the pack's own SVD file cannot be read, or which sequences of the pack
   * refuse the model.
   */
  readonly onWarning?: ((text: string) => void) | undefined;
}

export interface DerivedModel {
  readonly model: string;
  /** The YAML. Comments at its top list what was assumed and omitted. `sim:FILE` is a probe with it. */
  readonly text: string;
}

/**
 * A simulated device made from a pack alone: memories, cores, access ports, and registers that keep what is written; how the device
 * behaves must be added by hand. The device's own sequences are tried on it, and what they want to read is assumed. Rejects with
 * `underivable` for a device without a core that can be simulated, `bad-argument` for one without a pack, and what keeps `svd` from being
 * read.
 *
 * `const { text } = await deriveModel(await deviceContext({ pack, device: "EX52" }));`
 */
export async function deriveModel(
  context: DeviceContext,
  options: DeriveModelOptions = {},
): Promise<DerivedModel> {
  DERIVE({ context, options });
  const { description } = context;
  if (description === undefined) throw badArgument("the device must come from a pack");
  const { registers, note } = await registersOf(context, options);
  const { assumptions, refused } = await wantedBySequences(context, registers);
  const { data, notes } = derive(description, { registers, assumptions });
  for (const reason of refused) options.onWarning?.(`the pack's own sequences refuse this model: ${reason}`);
  return {
    model: data.model,
    text: modelText(data, [...notes, note, ...assumptions.map(assumptionText)]),
  };
}

interface Registers {
  readonly registers: RegisterMap | undefined;
  readonly note: string;
}

const ZERO = "registers are zero after reset";

/** Reads the registers. A file that the caller names must be readable; the pack's own may be missing. */
async function registersOf(
  context: DeviceContext,
  { svd, readPackFile, onWarning }: DeriveModelOptions,
): Promise<Registers> {
  const file =
    svd === undefined
      ? svdOf(context, readPackFile)
      : { path: svd.path, read: () => Promise.resolve(svd.bytes) };
  if (file === undefined) return { registers: undefined, note: `no SVD file is known: ${ZERO}` };
  const name = file.path.replace(/^.*[/\\]/, "");
  try {
    const registers = await new Peripherals(file).map();
    return { registers, note: `registers after reset: ${name}` };
  } catch (error) {
    if (svd !== undefined || !(error instanceof Failure)) throw error;
    onWarning?.(`${error.message}; ${ZERO}`);
    return { registers: undefined, note: `${name} could not be read: ${ZERO}` };
  }
}
