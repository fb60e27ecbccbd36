/** `dbgseq reset`: the reset flow of the device, with or without stopping at the reset vector. */
import { Option, type Command } from "commander";
import type { ResetKind } from "../../session/connection.ts";
import { readInputs } from "../../session/node/inputs.ts";
import { withSession } from "../connected.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";

type ResetOptions = TargetOptions & OutputOptions & { readonly halt?: boolean; readonly type?: ResetKind };

export function defineReset(command: Command, io: Io): void {
  command
    .addOption(
      new Option("--type <type>", "which reset (the device's default)").choices([
        "hardware",
        "system",
        "processor",
      ]),
    )
    .option("--halt", "halt the core at its reset vector and leave it halted");
  addTargetOptions(command);
  addOutputOptions(command).action(async (options: ResetOptions) => {
    const asked = await gather(io, options);
    const inputs = await readInputs(asked.request);
    await withSession(io, {
      inputs,
      options,
      asked,
      about: { command: "reset" },
      work: (session) =>
        session.runOnce(inputs.context.resetSequence(options.type), { halt: options.halt === true }),
    });
  });
}
