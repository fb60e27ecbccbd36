/** Recipes and other commands of the command line: whole, wrong, and broken off. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EXIT } from "../../src/session/exit-codes.ts";
import { ends } from "../fuzz/law.ts";
import { command, type Command } from "./command.ts";
import { turn, type Act, type World } from "./world.ts";

const PACK = resolve("examples/05-flash/Example.EX52_DFP.pdsc");
const IMAGE = resolve("examples/05-flash/firmware.hex");
const CODES: readonly number[] = [
  EXIT.success,
  EXIT.failed,
  EXIT.usage,
  EXIT.noProbe,
  EXIT.target,
  EXIT.refused,
  EXIT.interrupted,
];

const PROBES = ["sim:nrf52840", "sim:nrf52840", "sim:nrf52840?nvmc=locked", "sim:generic-m4"];
const STEPS: readonly string[] = [
  "connect",
  "disconnect",
  "{ read: 0x20000000 }",
  "{ write: 0x20000000, value: 0xCAFE }",
  "{ reset: system, halt: true }",
  "{ reset: hardware }",
  "{ run: ResetSystem }",
  "{ expect: Read32(0x20000000) == 0xCAFE }",
  "{ read: 0xA0000000 }",
  "{ write: 0xA0000000, value: 1 }",
  "{ flash: firmware.hex }",
  "{ verify: firmware.hex }",
  "{ erase: 0x10000 }",
  "{ erase: chip }",
  "{ dump: 0x0:0x1000, to: dump.hex }",
  "{ flash: absent.hex }",
  "conect",
];

export const recipe: Act = async (world, random, note) => {
  const steps = [random.pick(STEPS), ...random.times(5, () => random.pick(STEPS))];
  const text = `probe: ${random.pick(PROBES)}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
  const turns = random.oneIn(4) ? random.int(200) : undefined;
  note(`recipe${stopped(turns)}\n${text}`);
  copyFileSync(IMAGE, join(world.folder, "firmware.hex"));
  const file = join(world.folder, "recipe.yaml");
  writeFileSync(file, text);
  const grants = random.oneIn(2) ? ["--allow", "erase"] : [];
  world.tally.recipes += 1;
  const argv = ["recipe", "run", file, "--pack", PACK, "--no-config", ...grants];
  await ended(world, command(world.folder, ...argv), turns);
};

/** As `dbgseq` takes them. */
const lines = ({ folder }: World): readonly (readonly string[])[] => [
  ["read", "0x20000000:64", "--probe", "sim:generic-m4"],
  ["run", "ResetSystem", "--probe", "sim:generic-m4", "--connect", "halt"],
  ["reset", "--halt", "--probe", "sim:nrf52840"],
  ["flash", IMAGE, "--pack", PACK, "--probe", "sim:nrf52840"],
  ["check", PACK],
  ["check", "--watch", PACK],
  ["dump", "0:0x800", "-o", join(folder, "dump.bin"), "--pack", PACK, "--probe", "sim:nrf52840"],
  ["doctor", "--probe", "sim:generic-m4"],
];

export const commandLine: Act = async (world, random, note) => {
  const argv = random.pick(lines(world));
  const turns = argv.includes("--watch") || random.oneIn(3) ? random.int(200) : undefined;
  note(`${argv.join(" ")}${stopped(turns)}`);
  await ended(world, command(world.folder, ...argv), turns);
};

/** All of them once: some make what the process keeps from then on, as the listener that takes unfinished files away. */
export async function everyCommandLine(world: World): Promise<void> {
  for (const argv of lines(world))
    await ended(world, command(world.folder, ...argv), argv.includes("--watch") ? 100 : undefined);
}

const stopped = (turns: number | undefined): string =>
  turns === undefined ? "" : `, stopped after ${turns} turns`;

/** Stops it after so many turns of the event loop, if any are given. */
async function ended({ tally }: World, running: Command, turns: number | undefined): Promise<void> {
  if (turns !== undefined) {
    for (let left = turns; left > 0; left--) await turn();
    running.stop();
    tally.aborts += 1;
  }
  const code = await ends("the command", running.code);
  if (!CODES.includes(code)) throw new Error(`it ended with ${code}: ${running.said()}`);
}
