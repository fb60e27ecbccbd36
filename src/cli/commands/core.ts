/**
 * `dbgseq halt`, `resume`, `step`, `regs`: look at one core and control it by hand. Each says how it leaves the
 * core (wire rule 21).
 */
import type { Command } from "commander";
import {
  haltCore,
  mustBeSteps,
  readRegisters,
  resumeCore,
  stepCore,
  type CoreJobOptions,
  type RegisterValues,
} from "../../api/jobs/move-core.ts";
import type { Session } from "../../api/session.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { parseNumber } from "../flags/values.ts";
import { addOutputOptions } from "./run.ts";

type CoreOptions = TargetOptions & OutputOptions;

export function defineHalt(command: Command, io: Io): void {
  addTargetOptions(command);
  addOutputOptions(command).action((options: CoreOptions) =>
    onCore(io, { command: "halt", options }, haltCore),
  );
}

export function defineResume(command: Command, io: Io): void {
  addTargetOptions(command);
  addOutputOptions(command).action((options: CoreOptions) =>
    onCore(io, { command: "resume", options }, resumeCore),
  );
}

export function defineStep(command: Command, io: Io): void {
  command.argument("[count]", "how many instructions (1)");
  addTargetOptions(command);
  addOutputOptions(command).action((count: string | undefined, options: CoreOptions) => {
    const steps = count === undefined ? 1n : parseNumber(count);
    mustBeSteps(steps);
    return onCore(io, { command: "step", options }, (session, hears) => stepCore(session, steps, hears));
  });
}

export function defineRegs(command: Command, io: Io): void {
  command.argument("[names...]", "registers, for example pc sp s0 psplim_ns (those of every core)");
  addTargetOptions(command);
  addOutputOptions(command).action((names: readonly string[], options: CoreOptions) =>
    onCore(io, { command: "regs", options }, (session, hears) => readRegisters(session, names, hears)),
  );
}

/** Does the job, and prints the registers that it yields. */
async function onCore(
  io: Io,
  { command, options }: { readonly command: string; readonly options: CoreOptions },
  job: (session: Session, options: CoreJobOptions) => Promise<RegisterValues>,
): Promise<void> {
  const asked = await gather(io, options);
  const inputs = await readAsked(io, asked);
  const result: Record<string, Json> = {};
  await withSession(io, {
    inputs,
    options,
    about: { command },
    result,
    work: async (session) => {
      const onValues = (values: RegisterValues): void => {
        const shown = Object.entries(values).map(([name, value]) => [name, hex32(value)] as const);
        result["registers"] = Object.fromEntries(shown);
        if (options.json === true || options.jsonl === true) return;
        for (const [name, value] of shown) io.out(`${name.padEnd(10)}${value}\n`);
      };
      await job(session, { onValues });
    },
  });
}
