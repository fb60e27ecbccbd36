/** `dbgseq halt`, `resume`, `step`, `regs`: one core, looked at and moved by hand. How it is left is said by each (wire rule 21). */
import type { Command } from "commander";
import type { Core } from "../../coresight/core/cortex-m.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import type { Connection } from "../../session/connection.ts";
import type { Leave } from "../../options/resolve.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { withConnection } from "../connected.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { parseNumber } from "../values.ts";
import { addOutputOptions } from "./run.ts";

type CoreOptions = TargetOptions & OutputOptions;

/** What every Cortex-M has. */
const PLAIN = [
  ...Array.from({ length: 13 }, (_, index) => `r${index}`),
  ...["sp", "lr", "pc", "xpsr", "msp", "psp", "control", "primask"],
];
const MOST_STEPS = 100_000n;

export function defineHalt(command: Command, io: Io): void {
  addTargetOptions(command);
  addOutputOptions(command).action((options: CoreOptions) =>
    onCore(io, { command: "halt", options, leave: "halted" }, async (core) => {
      await core.halt();
      return { pc: await core.readRegister("pc") };
    }),
  );
}

export function defineResume(command: Command, io: Io): void {
  addTargetOptions(command);
  addOutputOptions(command).action((options: CoreOptions) =>
    onCore(io, { command: "resume", options, leave: "running" }, async (core, session) => {
      await session.runCore(() => core.resume(), false);
      return {};
    }),
  );
}

export function defineStep(command: Command, io: Io): void {
  command.argument("[count]", "how many instructions (1)");
  addTargetOptions(command);
  addOutputOptions(command).action((count: string | undefined, options: CoreOptions) => {
    const steps = count === undefined ? 1n : parseNumber(count);
    if (steps < 1n || steps > MOST_STEPS)
      throw badRequest(`1 to ${MOST_STEPS} steps are possible, not ${steps}`);
    return onCore(io, { command: "step", options, leave: "halted" }, async (core, session) => {
      if ((await core.state()) !== "halted") await core.halt();
      await session.runCore(async () => {
        for (let done = 0n; done < steps; done++) await core.step();
      }, true);
      return { pc: await core.readRegister("pc") };
    });
  });
}

export function defineRegs(command: Command, io: Io): void {
  command.argument("[names...]", "registers, for example pc sp s0 psplim_ns (those of every core)");
  addTargetOptions(command);
  addOutputOptions(command).action((names: readonly string[], options: CoreOptions) =>
    onCore(io, { command: "regs", options, leave: undefined }, async (core) => {
      const wanted = names.length === 0 ? PLAIN : names;
      // A running core is halted for as long as it is read, and goes on when the session ends.
      if ((await core.state()) !== "halted") await core.halt();
      const values = await core.readRegisters(wanted);
      return Object.fromEntries(wanted.map((name, at) => [name, values[at] ?? 0]));
    }),
  );
}

interface CoreWork {
  readonly command: string;
  readonly options: CoreOptions;
  /** Unless `--leave` says otherwise; undefined: as found. */
  readonly leave: Leave | undefined;
}

/** Connects, works, prints the registers that the work yields, and leaves the core as the command means it. */
async function onCore(
  io: Io,
  { command, options, leave }: CoreWork,
  work: (core: Core, session: Connection) => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  const asked = await gather(io, options);
  const inputs = await readAsked(io, asked);
  const result: Record<string, Json> = {};
  await withConnection(io, {
    inputs,
    options,
    about: { command },
    result,
    work: (session) =>
      session.during(async () => {
        const registers = await work(session.rig.target.core, session);
        const shown = Object.entries(registers).map(([name, value]) => [name, hex32(value)] as const);
        result["registers"] = Object.fromEntries(shown);
        if (options.json === true || options.jsonl === true) return;
        for (const [name, value] of shown) io.out(`${name.padEnd(10)}${value}\n`);
      }, session.settings.leave ?? leave),
  });
}
