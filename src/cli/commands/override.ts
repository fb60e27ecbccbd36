/** `dbgseq override`: prints the winning definition of a sequence as .seq text, to start an override from. */
import { access } from "node:fs/promises";
import type { Command } from "commander";
import { showSequence } from "../../api/calls/sequences.ts";
import { saveFile } from "../../api/node/files.ts";
import { inOneLine } from "../../lib/shown-text.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";

type OverrideOptions = TargetOptions & { readonly output?: string };

export function defineOverride(command: Command, io: Io): void {
  command.argument("<name>", "a sequence of the device");
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("-o, --output <file>", "write there instead of NAME.seq; - for standard output")
    .action(async (name: string, options: OverrideOptions) => {
      const { context } = await readAsked(io, await gather(io, options));
      const [{ origin, text: definition }] = showSequence(context, name);
      const text = `// Overrides the definition of ${inOneLine(origin.text)}. Use it with --seq.\n${definition}`;
      const file = options.output ?? `${name}.seq`;
      if (file === "-") io.file(text);
      else await create(file, text);
      if (file !== "-") io.err(`${file} holds ${name} as it is now; change it and give --seq ${file}\n`);
    });
}

/** Creates a file; an existing file is never overwritten. */
async function create(file: string, text: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw badRequest(`${file} exists already; name another with -o, or remove it`);
  await saveFile(file, text, { replace: false });
}
