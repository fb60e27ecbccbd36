/** `dbgseq reset`: the reset flow of the device, with or without stopping at the reset vector. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { resetTarget, RESET_JOB_TYPES, type ResetJobType } from "../../api/jobs/reset-target.ts";
import { ResetType } from "../../api/cores/reset-type.ts";
import { withSession } from "../connected.ts";
import { gather } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { addOutputOptions } from "./run.ts";

type ResetOptions = TargetOptions & OutputOptions & { readonly halt?: boolean; readonly type?: ResetWord };

type ResetWord = ResetJobType;

export function defineReset(command: Command, io: Io): void {
  command.addOption(typeOption()).option("--halt", "halt the core at its reset vector and leave it halted");
  addTargetOptions(command);
  addOutputOptions(command).action(async (options: ResetOptions) => {
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    await withSession(io, {
      inputs,
      options,
      about: { command: "reset" },
      work: (session) => resetTarget(session, { type: options.type, halt: options.halt === true }),
    });
  });
}

function typeOption(): Option {
  const what =
    "which reset: a debug sequence (hardware, system, processor), or past the sequences nsrst, sysresetreq, vectreset, emulated";
  const option = new Option("--type <type>", what).argParser(resetWord);
  // These are for completion; the parser accepts more.
  option.argChoices = [...RESET_JOB_TYPES];
  return option;
}

/** Reads a reset type in any case, with `core` for what the specification calls processor. */
function resetWord(text: string): ResetWord | undefined {
  const lower = text.toLowerCase();
  if (lower === ResetType.DEFAULT) return undefined;
  const found = RESET_JOB_TYPES.find((one) => one === (lower === ResetType.CORE ? "processor" : lower));
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`default, ${RESET_JOB_TYPES.join(", ")} are the possible values.`);
}
