/** `dbgseq show`: prints one sequence as .seq text, with where it comes from. */
import type { Command } from "commander";
import { showSequence, type ShownSequence } from "../../api/calls/sequences.ts";
import { EXIT } from "../../api/exit-codes.ts";
import { inOneLine } from "../../lib/shown-text.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { gather } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import { chosenOf, namedSequence } from "../flags/named-sequence.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";

export function defineShow(command: Command, io: Io): void {
  command.argument("<name>", "a sequence of the device, FILE.seq#NAME, or shipped:VENDOR/FILE#NAME");
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("--all", "the definitions that it overrides, too")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
Examples:
  dbgseq show ResetSystem                           the default
  dbgseq show shipped:nordic/nrf52#Recover
  dbgseq show DebugPortStart --pack Vendor.DFP.pdsc --device NAME > override.seq`,
    )
    .action(async (name: string, options: ShowOptions) => {
      const { script, wanted } = await namedSequence(name);
      const asked = await gather(io, options);
      const { context, scripted } = await readAsked(io, asked, script === undefined ? [] : [script]);
      const chosen = script === undefined ? wanted : chosenOf(script.path, wanted, scripted);
      const definitions = showSequence(context, chosen);
      const shown = options.all === true ? definitions : definitions.slice(0, 1);
      if (options.json === true)
        io.json({
          ...{ version: JSON_VERSION, exitCode: EXIT.success, name: chosen },
          definitions: shown.map(asJson),
        });
      else io.file(shown.map(asText).join("\n"));
    });
}

type ShowOptions = TargetOptions & { readonly all?: boolean; readonly json?: boolean };

function asText({ origin, text }: ShownSequence): string {
  return `// ${inOneLine(origin.text)}\n${text}`;
}

function asJson({ origin, disabled, text }: ShownSequence): object {
  const { layer, label, pname, file, line, column } = origin;
  return { layer, label, pname: pname ?? null, disabled, file, line, column, text };
}
