/** `dbgseq run`: runs one sequence, by name, from a script, or as statements. */
import type { Command } from "commander";
import { Source } from "../../lib/source.ts";
import { runSequence } from "../../api/jobs/run-sequence.ts";
import { isShipped, readSource } from "../../api/node/files.ts";
import { badRequest } from "../bad-request.ts";
import { withSession } from "../connected.ts";
import { gather } from "../flags/asked.ts";
import { mustConsentToErase } from "../terminal/consent.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";

type RunOptions = TargetOptions & OutputOptions & { readonly execute?: string; readonly halt?: boolean };

export function defineRun(command: Command, io: Io): void {
  command
    .argument("[name]", "NAME of a sequence, FILE.seq, or FILE.seq#NAME")
    .option("-e, --execute <statements>", "run these statements")
    .option("--halt", "a reset halts the core at its reset vector");
  addTargetOptions(command);
  addOutputOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  dbgseq run ResetSystem --pack P.pdsc --device D --probe sim --trace
  dbgseq run bringup.seq#Unlock --pack P.pdsc --device D --probe sim
  dbgseq run -e 'Message(0, "CPUID %x", Read32(0xE000ED00));' --probe sim:generic-m4`,
    )
    .action((name: string | undefined, options: RunOptions) => run(io, name, options));
}

export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--trace", "a readable account of everything that happens")
    .option("--json", "one JSON document on stdout")
    .option("--jsonl", "one JSON event a line on stdout");
}

async function run(io: Io, name: string | undefined, options: RunOptions): Promise<void> {
  const { script, wanted } = await whatToRun(name, options.execute);
  const asked = await gather(io, options);
  const inputs = await readAsked(io, asked, script === undefined ? [] : [script]);
  const chosen = script === undefined ? wanted : pick(script.path, wanted, inputs.scripted);
  const erases = inputs.context.erases(chosen);
  if (erases)
    await mustConsentToErase(io, options, inputs.context.description?.device, {
      asks: `Sequence "${chosen}" erases what is in the memories`,
      needs: `sequence "${chosen}" erases what the device holds, which`,
    });
  await withSession(io, {
    inputs,
    options,
    about: { command: "run", sequence: chosen },
    work: (session) => runSequence(session, chosen, { halt: options.halt === true, mayErase: erases }),
  });
}

interface Wanted {
  readonly script?: Source;
  /** The sequence's name; empty if the script has only one, or none that is named. */
  readonly wanted: string;
}

async function whatToRun(name: string | undefined, statements: string | undefined): Promise<Wanted> {
  if (statements !== undefined) {
    if (name !== undefined) throw badRequest("either a name or -e, not both");
    return { script: new Source("<command line>", statements), wanted: "" };
  }
  if (name === undefined) {
    throw badRequest("what should run? name a sequence, a .seq file, or give -e 'STATEMENTS'");
  }
  const [file = "", wanted = ""] = name.split("#", 2);
  return file.endsWith(".seq") || isShipped(file)
    ? { script: await readSource(file), wanted }
    : { wanted: name };
}

function pick(file: string, wanted: string, names: readonly string[]): string {
  if (wanted !== "") {
    if (names.includes(wanted)) return wanted;
    throw badRequest(`${file} has no sequence "${wanted}"; it has ${names.join(", ")}`);
  }
  const [only] = names;
  if (only === undefined) throw badRequest(`${file} has no sequence for this device`);
  if (names.length === 1) return only;
  const each = names.map((one) => `${file}#${one}`).join(", ");
  throw badRequest(`${file} has ${names.length} sequences; pick one: ${each}`);
}
