/** `dbgseq model`: simulated devices as files. `init` derives one from a pack to start from, `check` reads one. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { deriveModel, modelFacts } from "../../api/calls/models.ts";
import { EXIT } from "../../api/exit-codes.ts";
import { readBytes, readSource, saveFile } from "../../api/node/files.ts";
import { findingsOf } from "../../diagnostics/of-failure.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { gather } from "../flags/asked.ts";
import { badRequest } from "../bad-request.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { printFindings } from "../terminal/print-findings.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";
import { plural } from "../../lib/plural.ts";

interface InitOptions extends TargetOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function defineModel(command: Command, io: Io): void {
  const init = command
    .command("init")
    .description("write a model of a pack's device, with what its SVD file says of registers after reset")
    .option("-o, --output <file>", "file to write (stdout)")
    .option("--force", "overwrite an existing file")
    .option("--svd <file>", "registers (the pack's)");
  addDeviceOptions(init)
    .addHelpText(
      "after",
      `
The model knows memories, cores, access ports and what registers hold after reset, and nothing of how the device behaves: add
that by hand (grammar/model.schema.json). Registers that a derived model has only keep what is written.

Examples:
  dbgseq model init --pack Vendor.DFP.pdsc --device NAME -o mine.yaml
  dbgseq run ResetSystem --pack Vendor.DFP.pdsc --device NAME --probe sim:mine.yaml`,
    )
    .action((options: InitOptions) => initModel(io, options));
  command
    .command("check")
    .description("read a model, and say what is wrong with it")
    .argument("<file>", "model (.yaml)")
    .option("--json", "one JSON document on stdout")
    .action((file: string, options: { readonly json?: boolean }) => checkModel(io, file, options));
}

async function initModel(io: Io, options: InitOptions): Promise<void> {
  const { output, force = false, svd } = options;
  // A file that was edited by hand must not be lost.
  if (output !== undefined && !force && existsSync(output))
    throw badRequest(`${output} exists already; --force overwrites it`);
  const { context, readPackFile } = await readAsked(io, await gather(io, options));
  if (context.description === undefined) throw badRequest("name a pack and a device");
  const { model, text } = await deriveModel(context, {
    readPackFile,
    svd: svd === undefined ? undefined : { path: svd, bytes: await readBytes(svd) },
    onWarning: (warning) => {
      io.err(`warning: ${warning}\n`);
    },
  });
  if (output === undefined) {
    io.file(text);
    return;
  }
  await saveFile(output, text);
  io.err(`${output}: ${model}, to be used as --probe sim:${output}\n`);
}

async function checkModel(
  io: Io,
  file: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const source = await readSource(file);
  try {
    const facts = modelFacts(source);
    if (json) io.json({ version: JSON_VERSION, command: "model check", exitCode: 0, ...facts });
    else {
      const { model, processors, memories, accessPorts } = facts;
      io.out(
        `${file}: ${model}, ${plural(processors, "processor")}, ${plural(memories, "memory", "memories")}, ${plural(accessPorts, "access port")}\n`,
      );
    }
  } catch (error) {
    const findings = findingsOf(error);
    if (findings.length === 0 || json) throw error;
    printFindings(findings, io);
    throw new Exit(EXIT.usage);
  }
}
