/** `dbgseq run`: runs one sequence, by name, from a script, or as statements. */
import { Option, type Command } from "commander";
import { Source } from "../../lib/source.ts";
import { runSequence } from "../../api/jobs/run-sequence.ts";
import { badRequest } from "../bad-request.ts";
import { withSession } from "../connected.ts";
import { gather } from "../flags/asked.ts";
import { mustConsentToErase } from "../terminal/consent.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { chosenOf, namedSequence, type NamedSequence } from "../flags/named-sequence.ts";
import { readAsked } from "../flags/read-asked.ts";
import { isImageFile } from "../flags/values.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";

type RunOptions = TargetOptions & OutputOptions & { readonly execute?: string; readonly halt?: boolean };

export function defineRun(command: Command, io: Io): void {
  command
    .argument("[name]", "NAME of a sequence, FILE.seq, FILE.seq#NAME, or shipped:VENDOR/FILE#NAME")
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
  dbgseq run shipped:nordic/nrf52#Status --connect none --probe sim:nrf52840
  dbgseq run -e 'Message(0, "CPUID %x", Read32(0xE000ED00));' --probe sim:generic-m4`,
    )
    .action((name: string | undefined, options: RunOptions) => run(io, name, options));
}

export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--trace", "a readable account of everything that happens")
    .option("--json", "one JSON document on stdout")
    .addOption(new Option("--jsonl", "one JSON event a line on stdout").conflicts("json"));
}

async function run(io: Io, name: string | undefined, options: RunOptions): Promise<void> {
  const { script, wanted } = await whatToRun(name, options.execute);
  const asked = await gather(io, options);
  const inputs = await readAsked(io, asked, script === undefined ? [] : [script]);
  const chosen = script === undefined ? wanted : chosenOf(script.path, wanted, inputs.scripted);
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

async function whatToRun(name: string | undefined, statements: string | undefined): Promise<NamedSequence> {
  if (statements !== undefined) {
    if (name !== undefined) throw badRequest("either a name or -e, not both");
    return { script: new Source("<command line>", statements), wanted: "" };
  }
  if (name === undefined) {
    throw badRequest("what should run? name a sequence, a .seq file, or give -e 'STATEMENTS'");
  }
  if (isImageFile(name))
    throw badRequest(
      `${name} is an image and not a sequence: \`dbgseq flash\` programs it, and the target runs it after a reset`,
    );
  return namedSequence(name);
}
