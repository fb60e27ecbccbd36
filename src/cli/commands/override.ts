/** `dbgseq override`: the winning definition of a sequence as .seq text, to start an override from. */
import { access } from "node:fs/promises";
import type { Command } from "commander";
import { inOneLine } from "../../lib/shown-text.ts";
import { printSequence } from "../../language/print/printer.ts";
import { originText } from "../../project/context.ts";
import { createFile } from "../../host/output-files.ts";
import { readInputs } from "../../host/inputs.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { whileReading, type Io } from "../io.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";

type OverrideOptions = TargetOptions & { readonly output?: string };

export function defineOverride(command: Command, io: Io): void {
  command.argument("<name>", "a sequence of the device");
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("-o, --output <file>", "write there instead of NAME.seq; - for standard output")
    .action(async (name: string, options: OverrideOptions) => {
      const { context } = await whileReading(io, async () => readInputs((await gather(io, options)).request));
      context.require(name);
      const winner = context.resolve(name)?.winner;
      if (winner === undefined) return;
      const text = `// Overrides the definition of ${inOneLine(originText(winner))}. Use it with --seq.\n${printSequence(winner.sequence)}`;
      const file = options.output ?? `${name}.seq`;
      if (file === "-") io.file(text);
      else await create(file, text);
      if (file !== "-") io.err(`${file} holds ${name} as it is now; change it and give --seq ${file}\n`);
    });
}

/** Somebody's work is never written over. */
async function create(file: string, text: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw badRequest(`${file} is there already; name another with -o, or remove it`);
  await createFile(file, text);
}
