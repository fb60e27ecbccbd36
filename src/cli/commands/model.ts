/** `dbgseq model`: simulated devices as files. `init` derives one from a pack to start from, `check` reads one. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import type { RegisterMap } from "../../device/peripherals.ts";
import { findingsOf } from "../../diagnostics/of-failure.ts";
import { Failure } from "../../lib/fault.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { readBytes, readSource } from "../../host/files.ts";
import { replaceFile } from "../../host/output-files.ts";
import { readInputs, type Inputs } from "../../host/inputs.ts";
import { Peripherals, svdOf } from "../../project/peripherals.ts";
import { wantedBySequences } from "../../session/smoke/smoke.ts";
import { assumptionText } from "../../simulator/model/assume.ts";
import { deriveModel } from "../../simulator/model/derive.ts";
import { modelText } from "../../simulator/model/text.ts";
import { readModel } from "../../simulator/model/yaml.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { Exit } from "../exit.ts";
import { whileReading, type Io } from "../io.ts";
import { printFindings } from "../report-error.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";

interface InitOptions extends TargetOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function defineModel(command: Command, io: Io): void {
  const init = command
    .command("init")
    .description("write a model of a pack's device, with what its SVD file says of registers after reset")
    .option("-o, --output <file>", "file to write (stdout)")
    .option("--force", "write over a file that is there")
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
  const { output, force = false } = options;
  // Nothing is lost that somebody may have written by hand.
  if (output !== undefined && !force && existsSync(output))
    throw badRequest(`${output} is there already; --force writes over it`);
  const inputs = await whileReading(io, async () => readInputs((await gather(io, options)).request));
  const { description } = inputs.context;
  if (description === undefined) throw badRequest("name a pack and a device");
  const { registers, note } = await registersOf(io, inputs, options);
  const { assumptions, refused } = await wantedBySequences(inputs.context, registers);
  const { data, notes } = deriveModel(description, { registers, assumptions });
  for (const reason of refused) io.err(`warning: the pack's own sequences refuse this model: ${reason}\n`);
  const text = modelText(data, [...notes, note, ...assumptions.map(assumptionText)]);
  if (output === undefined) {
    io.file(text);
    return;
  }
  await replaceFile(output, text);
  io.err(`${output}: ${data.model}, to be used as --probe sim:${output}\n`);
}

interface Registers {
  readonly registers: RegisterMap | undefined;
  readonly note: string;
}

const ZERO = "registers are zero after reset";

/** A file that was named must be readable; without the pack's own there is a model all the same. */
async function registersOf(
  io: Io,
  { context, readPackFile }: Inputs,
  { svd }: InitOptions,
): Promise<Registers> {
  const file = svd === undefined ? svdOf(context, readPackFile) : { path: svd, read: () => readBytes(svd) };
  if (file === undefined) return { registers: undefined, note: `no SVD file is known: ${ZERO}` };
  try {
    const registers = await new Peripherals(file).map();
    return { registers, note: `registers after reset: ${basename(file.path)}` };
  } catch (error) {
    if (svd !== undefined || !(error instanceof Failure)) throw error;
    io.err(`warning: ${error.message}; ${ZERO}\n`);
    return { registers: undefined, note: `${basename(file.path)} could not be read: ${ZERO}` };
  }
}

async function checkModel(
  io: Io,
  file: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const source = await readSource(file);
  try {
    const { model, processors, memories, accessPorts } = readModel(source);
    const facts = {
      processors: processors.length,
      memories: memories.length,
      accessPorts: accessPorts.length,
    };
    if (json) io.json({ version: JSON_VERSION, command: "model check", exitCode: 0, model, ...facts });
    else
      io.out(
        `${file}: ${model}, ${facts.processors} processors, ${facts.memories} memories, ${facts.accessPorts} access ports\n`,
      );
  } catch (error) {
    const findings = findingsOf(error);
    if (findings.length === 0 || json) throw error;
    printFindings(findings, io);
    throw new Exit(EXIT.usage);
  }
}
