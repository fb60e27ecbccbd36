/** The sequences of a device, which definition of each wins, and their text. Pure. */
import type { SequenceDefinition } from "../../device/description.ts";
import { printSequence } from "../../language/print/printer.ts";
import { PREDEFINED_SEQUENCES } from "../../language/predefined.ts";
import { originText, type DeviceContext } from "../../project/context.ts";
import { call, text } from "../arguments.ts";
import { device } from "../given.ts";

const LIST = call({ context: device });
const SHOW = call({ context: device, name: text });

/** The place of a definition. */
export interface SequenceOrigin {
  /** `project` is a .seq file, `pack` the pack, and `default` a definition that ships. */
  readonly layer: "project" | "pack" | "default";
  /** `family STM32H7 Series`; `project` and `default` for the other layers. */
  readonly label: string;
  /** The processor that it is for; absent if it is for all. */
  readonly pname?: string;
  readonly file: string;
  /** The line, counted from 1, as is the column. */
  readonly line: number;
  readonly column: number;
  /** The whole origin for people: `pack, family STM32H7 Series (file:12:7)`. */
  readonly text: string;
}

export interface SequenceEntry {
  readonly name: string;
  /** True if the specification names it. */
  readonly predefined: boolean;
  /** The definition that runs; absent if nothing defines it. */
  readonly winner?: SequenceOrigin;
  /** True if the pack says that the winner does nothing. */
  readonly disabled: boolean;
  /** The other definitions that apply, strongest first. */
  readonly overridden: readonly SequenceOrigin[];
}

export interface SequenceList {
  /** The name of the variant, or of the device; absent without a pack. */
  readonly device?: string;
  /** `Vendor::Name@version`. */
  readonly pack?: string;
  /** `Cortex-M7`, and its name if the device has several. */
  readonly core?: string;
  readonly pname?: string;
  /** The sequences: predefined ones in the specification's order, defined or not, followed by those of the device alone. */
  readonly sequences: readonly SequenceEntry[];
}

/** One definition with its text. */
export interface ShownSequence {
  readonly origin: SequenceOrigin;
  readonly disabled: boolean;
  /** The .seq text; ends with a newline. */
  readonly text: string;
}

/**
 * Lists the sequences of a device, and for each the definition that wins. `deviceContext` makes `context` from
 * texts.
 *
 * `listSequences(context).sequences.filter(({ winner }) => winner?.layer === "pack")`
 */
export function listSequences(context: DeviceContext): SequenceList {
  const { description, processor, pname } = LIST({ context }).context;
  const predefined = PREDEFINED_SEQUENCES.map(({ name }) => name);
  const others = context.names().filter((name) => !predefined.includes(name));
  return {
    ...(description === undefined
      ? {}
      : { device: description.variant ?? description.device, pack: description.pack.id }),
    ...(processor === undefined ? {} : { core: processor.core }),
    ...(pname === undefined ? {} : { pname }),
    sequences: [
      ...predefined.map((name) => entryOf(context, name, true)),
      ...others.map((name) => entryOf(context, name, false)),
    ],
  };
}

/**
 * Returns the definitions of a sequence that apply: the winner first, then those that it overrides, strongest
 * first. Throws `unknown-sequence-name` with the nearest name that is defined.
 *
 * `const [winner] = showSequence(context, "DebugPortStart");`
 */
export function showSequence(
  context: DeviceContext,
  name: string,
): readonly [ShownSequence, ...ShownSequence[]] {
  SHOW({ context, name });
  const { winner, overridden } = context.require(name);
  return [shownOf(winner), ...overridden.map(shownOf)];
}

function entryOf(context: DeviceContext, name: string, predefined: boolean): SequenceEntry {
  const found = context.resolve(name);
  if (found === undefined) return { name, predefined, disabled: false, overridden: [] };
  const { winner, overridden } = found;
  return {
    name,
    predefined,
    winner: originOf(winner),
    disabled: winner.disabled,
    overridden: overridden.map(originOf),
  };
}

function shownOf(definition: SequenceDefinition): ShownSequence {
  const { disabled, sequence } = definition;
  return { origin: originOf(definition), disabled, text: printSequence(sequence) };
}

function originOf(definition: SequenceDefinition): SequenceOrigin {
  const { layer, label, span } = definition.origin;
  return {
    layer,
    label,
    ...(definition.pname === undefined ? {} : { pname: definition.pname }),
    file: span.source.path,
    ...span.source.position(span.start),
    text: originText(definition),
  };
}
