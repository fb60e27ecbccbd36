/**
 * `--json` of every command: one document on standard output, as grammar/output.schema.json has it, with the exit code of
 * the process; so if it works, if the command line is wrong, if a file is missing, if the target does not answer.
 */
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { printing } from "../../src/cli/terminal/printing.ts";
import { documentOf } from "../support/output-schema.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { fakeStack } from "../probe/usb-fake.ts";
import type { Host } from "../../src/doctor/host.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
const DEVICE = ["--pack", PACK, "--device", "EX32M4"];
const NONE = ["--pack", "none.pdsc", "--device", "EX32M4"];
const GOOD = ["--probe", "sim:generic-m4", "--no-config"];
/** Its debug port answers, and its access ports do not let anyone in. */
const LOCKED = ["--probe", "sim:mk64fn1m0?secured=yes", "--no-config"];
const FLASH = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc", "--device", "EX52840"];
const EX52 = [...FLASH, "--probe", "sim:nrf52840", "--no-config"];

interface Cases {
  readonly good: readonly string[];
  /** A missing argument, or a value that is none. */
  readonly usage: readonly string[];
  /** Absent if it names no file. */
  readonly file?: readonly string[];
  /** Absent if it has no target. */
  readonly target?: readonly string[];
}

const onCore = (...words: readonly string[]): Cases => ({
  good: [...words, ...GOOD],
  usage: [...words, "--connect", "sideways"],
  file: [...words, ...NONE],
  target: [...words, ...LOCKED],
});

const onFlash = (good: readonly string[], bad: readonly string[]): Cases => ({
  good: [...good, ...EX52],
  usage: ["--connect", "sideways"],
  file: [...bad, ...EX52],
  target: [...good, ...FLASH, "--probe", "tcp://127.0.0.1:1", "--no-config"],
});

const OF_COMMAND: Readonly<Record<string, Cases>> = {
  run: { ...onCore("ResetSystem"), usage: [] },
  reset: onCore(),
  halt: onCore(),
  resume: onCore(),
  step: onCore(),
  regs: onCore(),
  read: { ...onCore("0x20000000"), usage: [] },
  write: { ...onCore("0x20000000", "1"), usage: ["0x20000000"] },
  fill: { ...onCore("0x20000000:16", "0"), usage: ["0x20000000"] },
  load: onCore("examples/05-flash/none.hex"),
  flash: onFlash(["examples/05-flash/firmware.hex"], ["none.hex"]),
  erase: onFlash(["0"], ["0", "--algorithm", "none.FLM"]),
  verify: onFlash(["examples/05-flash/firmware.hex"], ["none.hex"]),
  dump: onFlash(["0:16"], ["0:16", "--dbgconf", "none.dbgconf"]),
  "recipe run": { good: [], usage: [], file: ["none.yaml"] },
  info: { ...onCore(), target: ["--probe", "tcp://127.0.0.1:1", "--no-config"] },
  doctor: { good: [], usage: ["--clock", "fast"], target: ["--target", "--probe", "tcp://127.0.0.1:1"] },
  probes: { good: [], usage: ["--connect"] },
  check: { good: [PACK], usage: ["--warnings", "loud"], file: ["none.pdsc"] },
  test: { good: ["--smoke", PACK], usage: [], file: ["--smoke", "none.pdsc"] },
  devices: { good: ["--pack", PACK], usage: [], file: ["--pack", "none.pdsc"] },
  list: { good: DEVICE, usage: ["--pname"], file: NONE },
  show: { good: ["ResetSystem", ...DEVICE], usage: [], file: ["ResetSystem", ...NONE] },
  packs: { good: [], usage: ["a", "b"] },
  config: { good: ["--no-config"], usage: ["--clock", "fast"], file: NONE },
  eval: { good: ["1 + 1"], usage: [] },
  models: { good: [], usage: ["none", "other"] },
  explain: { good: ["DHCSR=0x00030003"], usage: ["--svd"], file: ["RCC.CR=0", "--svd", "none.svd"] },
  "model check": { good: ["examples/07-tutorial/chip.yaml"], usage: [], file: ["none.yaml"] },
};

const RECIPE = "steps:\n  - read: 0xE000ED00\n";

/** What stands in a file of its own. */
function filled(name: string, kind: string, words: readonly string[]): readonly string[] {
  const write = (file: string, text: string): string => join(folderWith({ [file]: text }), file);
  if (name === "load" && kind === "good")
    return [write("ram.hex", ":020000042000DA\n:0400000001020304F2\n:00000001FF\n"), ...GOOD];
  if (kind !== "good") return words;
  if (name === "recipe run") return [write("r.yaml", RECIPE), ...GOOD];
  return words;
}

const HOST: Host = {
  ...{ platform: "linux", procVersion: "", container: undefined },
  usb: () => Promise.resolve(fakeStack([])),
  facts: () => Promise.reject(new Error("asked for a report only")),
};

const surroundings = () => ({
  ...{ cwd: process.cwd(), env: { CMSIS_PACK_ROOT: folderWith({ "x.txt": "" }) }, host: HOST },
});

const rows = Object.entries(OF_COMMAND).flatMap(([name, cases]) => [
  ...Object.entries(cases).map(([kind, words]) => [name, kind, words as readonly string[]] as const),
  [name, "unknown option", ["--no-such-option"]] as const,
]);

test.each(rows)("%s --json, %s: %j", async (name, kind, words) => {
  const argv = [...name.split(" "), "--json", ...filled(name, kind, words)];
  const { code, out } = await dbgseqIn(surroundings(), ...argv);
  const { exitCode, error } = documentOf(out);
  expect(exitCode).toBe(code);
  if (kind === "good") expect({ argv, code, error }).toEqual({ argv, code: GOOD_CODES[name] ?? 0, error });
  else {
    expect(code).toBeGreaterThan(0);
    if (kind === "usage" || kind === "unknown option") expect(code).toBe(2);
  }
});

/** The machine has no probe, and the flash does not hold that image. */
const GOOD_CODES: Readonly<Record<string, number>> = { doctor: 3, probes: 3, verify: 1 };

test("every command that takes --json is in this table", async () => {
  const silent = (): void => undefined;
  const program = await createProgram(
    printing({ out: silent, err: silent, cwd: ".", env: {}, terminal: false, color: false }),
  );
  const named = (command: Command, before: readonly string[]): readonly string[] => [
    ...(command.options.some(({ long }) => long === "--json") ? [before.join(" ")] : []),
    ...command.commands.flatMap((one) => named(one, [...before, one.name()])),
  ];
  expect([...named(program, [])].toSorted()).toEqual(Object.keys(OF_COMMAND).toSorted());
});

test.each([
  ["read", "0x20000000", "--format", "json", ...GOOD],
  ["read", "--format=json"],
  ["check", "none.pdsc", "--format", "json"],
  ["check", PACK, "--format", "json"],
])("`%s %s %s %s` prints one document, too", async (...argv) => {
  const { code, out } = await dbgseqIn(surroundings(), ...argv);
  expect(documentOf(out).exitCode).toBe(code);
});

test("--json and --jsonl exclude each other, for each is the whole of standard output", async () => {
  const { code, out } = await dbgseqIn(surroundings(), "run", "ResetSystem", "--json", "--jsonl");
  expect(code).toBe(2);
  expect(documentOf(out).exitCode).toBe(2);
});
