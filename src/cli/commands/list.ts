/** `dbgseq list`: the sequences of a device, and for each the definition that wins. */
import type { Command } from "commander";
import {
  listSequences,
  type SequenceEntry,
  type SequenceList,
  type SequenceOrigin,
} from "../../api/calls/sequences.ts";
import { EXIT } from "../../api/exit-codes.ts";
import { listShipped, type ShippedScript } from "../../api/node/shipped.ts";
import { append, greatest } from "../../lib/lists.ts";
import { JSON_VERSION, type Json } from "../../report/json.ts";
import { gather } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";

export function defineList(command: Command, io: Io): void {
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("--shipped", "the sequences that ship with dbgseq instead, file by file")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
A definition of --seq wins over the pack's, an inner level of the pack (device, subFamily) over an outer one, and all of
these over the defaults that ship. What nothing defines is an empty step of a debugger's flow.

Examples:
  dbgseq list --pack Vendor.DFP.pdsc --device NAME
  dbgseq list --pack Vendor.DFP.pdsc --device NAME --pname cm7 --seq override.seq
  dbgseq list                                       the defaults alone
  dbgseq list --shipped                             names for run and --seq, from any folder`,
    )
    .action(async (options: ListOptions) => {
      if (options.shipped === true) {
        const scripts = await listShipped();
        if (options.json === true)
          io.json({ version: JSON_VERSION, exitCode: EXIT.success, shipped: scripts.map(shippedJson) });
        else io.out(scripts.map(shippedText).join("\n"));
        return;
      }
      const { context } = await readAsked(io, await gather(io, options));
      const list = listSequences(context);
      if (options.json === true) io.json(listJson(list));
      else io.out(listText(list));
    });
}

interface ListOptions extends TargetOptions {
  readonly json?: boolean;
  readonly shipped?: boolean;
}

function shippedText({ name, about, sequences }: ShippedScript): string {
  const width = greatest(sequences.map((one) => one.name.length));
  const lines = sequences.map(
    (one) =>
      `  ${`${one.name.padEnd(width)}  ${one.about}${one.erases ? " (erases: --allow erase)" : ""}`.trimEnd()}\n`,
  );
  return `${name}: ${about}\n${lines.join("")}`;
}

function shippedJson({ name, about, sequences }: ShippedScript): Json {
  return { name, about, sequences: sequences.map((one) => ({ ...one })) };
}

function listText(list: SequenceList): string {
  const width = greatest(list.sequences.map(({ name }) => name.length));
  const lines = (predefined: boolean): readonly string[] =>
    list.sequences
      .filter((entry) => entry.predefined === predefined)
      .map((entry) => `  ${entry.name.padEnd(width)}  ${definitionText(entry)}`);
  const shown = [deviceText(list), "", "Predefined:", ...lines(true)];
  const others = lines(false);
  if (others.length > 0) append(shown, ["", "Others:"], others);
  return `${shown.join("\n")}\n`;
}

function deviceText({ device, pack, core, pname }: SequenceList): string {
  if (device === undefined) return "no pack: the defaults, and what --seq adds";
  const cores = core === undefined ? "no processor" : [core, pname].filter(Boolean).join(" ");
  return `${device} (${cores}), ${pack}`;
}

function definitionText({ winner, disabled, overridden }: SequenceEntry): string {
  if (winner === undefined) return "-";
  const parts = [`${disabled ? "disabled by " : ""}${winner.text}`];
  if (winner.pname !== undefined) parts.push(`for ${winner.pname}`);
  if (overridden.length > 0) parts.push(`overrides ${overridden.map(({ text }) => text).join(", ")}`);
  return parts.join("; ");
}

function listJson({ device, pack, pname, sequences }: SequenceList): Json {
  return {
    version: JSON_VERSION,
    exitCode: EXIT.success,
    device: device ?? null,
    pack: pack ?? null,
    pname: pname ?? null,
    sequences: sequences.map(entryJson),
  };
}

function entryJson({ name, predefined, winner, disabled, overridden }: SequenceEntry): Json {
  if (winner === undefined) return { name, predefined, defined: false };
  return {
    name,
    predefined,
    defined: true,
    disabled,
    winner: originJson(winner),
    overridden: overridden.map(originJson),
  };
}

function originJson({ layer, label, pname, file, line, column }: SequenceOrigin): Json {
  return { layer, label, pname: pname ?? null, file, line, column };
}
