/** `dbgseq show`: one sequence as .seq text, with where it comes from. */
import type { Command } from "commander";
import { inOneLine } from "../../lib/shown-text.ts";
import type { SequenceDefinition } from "../../device/description.ts";
import { printSequence } from "../../language/print/printer.ts";
import { JSON_VERSION, place } from "../../report/json.ts";
import { originText } from "../../project/context.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import { readAsked } from "../read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";

export function defineShow(command: Command, io: Io): void {
  command.argument("<name>", "a sequence of the device");
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("--all", "the definitions that it overrides, too")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
Examples:
  dbgseq show ResetSystem                           the default
  dbgseq show DebugPortStart --pack Vendor.DFP.pdsc --device NAME > override.seq`,
    )
    .action(async (name: string, options: ShowOptions) => {
      const { context } = await readAsked(io, await gather(io, options));
      context.require(name);
      const found = context.resolve(name);
      if (found === undefined) return;
      const shown = options.all === true ? [found.winner, ...found.overridden] : [found.winner];
      if (options.json === true) io.json({ version: JSON_VERSION, name, definitions: shown.map(asJson) });
      else io.out(shown.map(asText).join("\n"));
    });
}

type ShowOptions = TargetOptions & { readonly all?: boolean; readonly json?: boolean };

function asText(definition: SequenceDefinition): string {
  return `// ${inOneLine(originText(definition))}\n${printSequence(definition.sequence)}`;
}

function asJson(definition: SequenceDefinition): object {
  const { origin, disabled, pname, sequence } = definition;
  return {
    layer: origin.layer,
    label: origin.label,
    pname: pname ?? null,
    disabled,
    ...place(origin.span),
    text: printSequence(sequence),
  };
}
