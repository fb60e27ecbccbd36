/** `dbgseq convert`: sequences of a pack as .seq text, and .seq text as the elements of a pack. */
import type { Command } from "commander";
import { packToScript, scriptToPack } from "../../api/calls/convert.ts";
import { followImports, isScriptName, readSource } from "../../api/node/files.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";

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
      io.file(file === undefined ? await packToSeq(io, options) : await seqToXml(file, options, io));
    });
}

interface ConvertOptions extends TargetOptions {
  readonly flatten?: true;
}

async function packToSeq(io: Io, options: TargetOptions): Promise<string> {
  const { context } = await readAsked(io, await gather(io, options));
  if (context.description === undefined) throw badRequest("name a .seq file, or a pack and a device");
  return packToScript(context);
}

async function seqToXml(file: string, { flatten }: ConvertOptions, io: Io): Promise<string> {
  if (!isScriptName(file)) throw badRequest(`${file}: expected a .seq file; a pack goes with --pack`);
  return scriptToPack(
    await readSource(file),
    flatten === true ? await followImports([file], io.cwd) : undefined,
  );
}
