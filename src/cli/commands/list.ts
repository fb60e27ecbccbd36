/** `dbgseq list`: the sequences of a device, and for each the definition that wins. */
import type { Command } from "commander";
import type { SequenceDefinition } from "../../device/description.ts";
import { PREDEFINED_SEQUENCES } from "../../language/predefined.ts";
import { JSON_VERSION, place, type Json } from "../../report/json.ts";
import { originText, type DeviceContext } from "../../project/context.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import { readAsked } from "../read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";
import { append, greatest } from "../../lib/lists.ts";

export function defineList(command: Command, io: Io): void {
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
A definition of --seq wins over the pack's, an inner level of the pack (device, subFamily) over an outer one, and all of
these over the defaults that ship. What nothing defines is an empty step of a debugger's flow.

Examples:
  dbgseq list --pack Vendor.DFP.pdsc --device NAME
  dbgseq list --pack Vendor.DFP.pdsc --device NAME --pname cm7 --seq override.seq
  dbgseq list                                       the defaults alone`,
    )
    .action(async (options: TargetOptions & { readonly json?: boolean }) => {
      const { context } = await readAsked(io, await gather(io, options));
      if (options.json === true) io.json(listJson(context));
      else io.out(listText(context));
    });
}

interface Groups {
  readonly predefined: readonly string[];
  readonly custom: readonly string[];
}

/** The predefined ones in the specification's order, defined or not; then those of the device alone. */
function namesOf(context: DeviceContext): Groups {
  const predefined = PREDEFINED_SEQUENCES.map(({ name }) => name);
  return { predefined, custom: context.names().filter((name) => !predefined.includes(name)) };
}

function listText(context: DeviceContext): string {
  const { predefined, custom } = namesOf(context);
  const width = greatest([...predefined, ...custom].map((name) => name.length));
  const line = (name: string): string => `  ${name.padEnd(width)}  ${definitionText(context, name)}`;
  const lines = [deviceText(context), "", "Predefined:", ...predefined.map(line)];
  if (custom.length > 0) append(lines, ["", "Others:"], custom.map(line));
  return `${lines.join("\n")}\n`;
}

function deviceText({ description, processor }: DeviceContext): string {
  if (description === undefined) return "no pack: the defaults, and what --seq adds";
  const cores =
    processor === undefined ? "no processor" : [processor.core, processor.pname].filter(Boolean).join(" ");
  return `${description.variant ?? description.device} (${cores}), ${description.pack.id}`;
}

function definitionText(context: DeviceContext, name: string): string {
  const found = context.resolve(name);
  if (found === undefined) return "-";
  const { winner, overridden } = found;
  const parts = [`${winner.disabled ? "disabled by " : ""}${originText(winner)}`];
  if (winner.pname !== undefined) parts.push(`for ${winner.pname}`);
  if (overridden.length > 0) parts.push(`overrides ${overridden.map(originText).join(", ")}`);
  return parts.join("; ");
}

function listJson(context: DeviceContext): Json {
  const { predefined, custom } = namesOf(context);
  return {
    version: JSON_VERSION,
    device: context.description?.variant ?? context.description?.device ?? null,
    pack: context.description?.pack.id ?? null,
    pname: context.pname ?? null,
    sequences: [
      ...predefined.map((name) => entryJson(context, name, true)),
      ...custom.map((name) => entryJson(context, name, false)),
    ],
  };
}

function entryJson(context: DeviceContext, name: string, predefined: boolean): Json {
  const found = context.resolve(name);
  if (found === undefined) return { name, predefined, defined: false };
  const { winner, overridden } = found;
  return {
    name,
    predefined,
    defined: true,
    disabled: winner.disabled,
    winner: originJson(winner),
    overridden: overridden.map(originJson),
  };
}

function originJson({ origin, pname }: SequenceDefinition): Json {
  return { layer: origin.layer, label: origin.label, pname: pname ?? null, ...place(origin.span) };
}
