/** `dbgseq convert`: sequences of a pack as .seq text, and .seq text as the elements of a pack. */
import { extname } from "node:path";
import type { Command } from "commander";
import type { DeviceDescription } from "../../device/description.ts";
import { unsaidIn } from "../../language/text/carried.ts";
import { printScriptXml } from "../../language/print/pdsc-printer.ts";
import { printScript } from "../../language/print/printer.ts";
import type { Scope, Script } from "../../language/tree.ts";
import { malformedInput } from "../../project/faults.ts";
import { readSource } from "../../host/files.ts";
import { flatten } from "../../project/flatten.ts";
import { importsAround } from "../../host/imports.ts";
import { readInputs } from "../../host/inputs.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { whileReading, type Io } from "../io.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";

export function defineConvert(command: Command, io: Io): void {
  command.argument(
    "[file]",
    ".seq file to turn into PDSC elements; without it, a pack's device becomes .seq",
  );
  addDeviceOptions(command)
    .option("--flatten", "put what a .seq file imports in the place of its imports")
    .addHelpText(
      "after",
      `
Examples:
  dbgseq convert --pack Vendor.DFP.pdsc --device NAME > sequences.seq
  dbgseq convert sequences.seq --flatten > sequences.xml`,
    )
    .action(async (file: string | undefined, options: ConvertOptions) => {
      io.file(file === undefined ? await packToSeq(io, options) : await seqToXml(file, options));
    });
}

interface ConvertOptions extends TargetOptions {
  readonly flatten?: true;
}

async function packToSeq(io: Io, options: TargetOptions): Promise<string> {
  const { context } = await whileReading(io, async () => readInputs((await gather(io, options)).request));
  if (context.description === undefined) throw badRequest("name a .seq file, or a pack and a device");
  const lost = context.description.sequences.flatMap(({ sequence }) => unsaidIn(sequence));
  if (lost.length > 0) throw malformedInput(lost);
  return printScript(scriptOf(context.description));
}

/** A scope for each level, outermost first, and the debugvars that hold for this device in front. */
function scriptOf(description: DeviceDescription): Script {
  const { debugVars, sequences, span } = description;
  const names = { family: description.family, subFamily: description.subFamily, device: description.device };
  const levels = ["family", "subFamily", "device", "variant"] as const;
  const scopes = levels.flatMap((level, depth): readonly Scope[] => {
    const items = sequences.filter(({ origin }) => origin.level === level).map(({ sequence }) => sequence);
    if (items.length === 0) return [];
    const named = { ...names, variant: description.variant };
    const keys = levels.slice(0, depth + 1).flatMap((key) => {
      const text = named[key];
      return text === undefined ? [] : [[key, { text, span }] as const];
    });
    return [{ kind: "scope", ...Object.fromEntries(keys), items, span }];
  });
  return { kind: "script", items: [...(debugVars === undefined ? [] : [debugVars]), ...scopes], span };
}

async function seqToXml(file: string, options: ConvertOptions): Promise<string> {
  if (extname(file) !== ".seq") throw badRequest(`${file}: a .seq file is wanted; a pack goes behind --pack`);
  return printScriptXml(
    await flatten(
      await readSource(file),
      options.flatten === true ? await importsAround([file], process.cwd()) : undefined,
    ),
  );
}
