/** Completes a command line that is being typed: by the definitions of the commands, and by what exists. */
import type { Command, Option } from "commander";
import { listModels } from "../../api/calls/models.ts";
import { listTopics } from "../../api/calls/topics.ts";
import { OPTION_NAMES, rowOf } from "../../api/option-table.ts";
import { listDevices } from "../../api/node/packs.ts";
import { listProbes } from "../../api/node/probes.ts";
import { listShipped } from "../../api/node/shipped.ts";
import { asFailure } from "../../lib/fault.ts";
import { gather } from "../flags/asked.ts";
import { COMMANDS } from "../commands.ts";
import type { Io } from "../terminal/io.ts";
import { createProgram } from "../program.ts";
import { readAsked } from "../flags/read-asked.ts";
import { SHELLS } from "./scripts.ts";
import type { TargetOptions } from "../flags/target-options.ts";

/**
 * A source of candidates. A shell calls it between two keys, so a failure, as with a missing pack, yields no
 * candidates.
 */
type Source = (io: Io, options: TargetOptions, typed: string) => Promise<readonly string[]>;

const VALUES: ReadonlyMap<string, Source> = new Map([
  ["--probe", probes],
  ["--device", devices],
  ["--pname", processors],
  ["--core", processors],
  ["--seq", scripts],
]);
/** Commands whose argument is the name of a sequence. */
const OPERANDS: ReadonlyMap<string, Source> = new Map([
  ["run", namedSequences],
  ["show", namedSequences],
  ["check", scripts],
  ["convert", scripts],
  ["override", sequences],
  ["models", () => Promise.resolve(listModels())],
  ["doc", () => Promise.resolve(explained())],
  ["completion", () => Promise.resolve(SHELLS)],
  ["help", () => Promise.resolve(COMMANDS.map(({ name }) => name))],
]);

/**
 * Lists candidates. `words` follow `dbgseq`; the last is being typed and may be empty. Without candidates, the
 * shell offers files.
 */
export async function candidates(words: readonly string[], io: Io): Promise<readonly string[]> {
  const silent: Io = { ...io, out: () => undefined, err: () => undefined };
  const typed = words.at(-1) ?? "";
  const [name, ...before] = words.slice(0, -1);
  const entry = COMMANDS.find((one) => one.name === name);
  const program = await createProgram(silent, entry === undefined ? [] : [entry]);
  if (name === undefined)
    return starting(typed, [...COMMANDS.map((one) => one.name), "help", ...flags(program)]);
  const top = program.commands.find((one) => one.name() === name);
  if (top === undefined) return starting(typed, await operands(name, silent, { options: {}, typed }));
  const { command, words: rest } = innermost(top, before);
  const valued = optionOf(command, rest.at(-1));
  if (valued !== undefined && takesValue(valued))
    return starting(
      typed,
      await values(valued, silent, { options: optionsOf(command, rest.slice(0, -1)), typed }),
    );
  const [flag = "", part] = /^(--[^=]+)=(.*)$/.exec(typed)?.slice(1) ?? [];
  const joined = optionOf(command, flag);
  if (joined !== undefined && part !== undefined) {
    const found = await values(joined, silent, { options: optionsOf(command, rest), typed: part });
    return starting(
      typed,
      found.map((value) => `${flag}=${value}`),
    );
  }
  if (typed.startsWith("-"))
    return starting(typed, [...flags(command), ...(name === "doc" && typed.length > 2 ? explained() : [])]);
  const inner = command.commands.map((one) => one.name());
  if (inner.length > 0) return starting(typed, inner);
  return starting(typed, await operands(name, silent, { options: optionsOf(command, rest), typed }));
}

/** Finds the subcommand that the words lead to, and the words after its name. */
function innermost(
  command: Command,
  words: readonly string[],
): { readonly command: Command; readonly words: readonly string[] } {
  const at = words.findIndex((word) => command.commands.some((one) => one.name() === word));
  const inner = command.commands.find((one) => one.name() === words[at]);
  return inner === undefined ? { command, words } : innermost(inner, words.slice(at + 1));
}

function flags(command: Command): readonly string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
}

function optionOf(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ long, short }) => word !== undefined && (word === long || word === short));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Reads the options given so far; invalid values are ignored. */
function optionsOf(command: Command, words: readonly string[]): TargetOptions {
  try {
    command.parseOptions([...words]);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
  return command.opts();
}

/** What stands before the word, and the word itself. */
interface Line {
  readonly options: TargetOptions;
  readonly typed: string;
}

async function values({ long, argChoices }: Option, io: Io, line: Line): Promise<readonly string[]> {
  return argChoices ?? known(VALUES.get(long ?? ""), io, line);
}

function operands(name: string, io: Io, line: Line): Promise<readonly string[]> {
  return known(OPERANDS.get(name), io, line);
}

async function known(
  source: Source | undefined,
  io: Io,
  { options, typed }: Line,
): Promise<readonly string[]> {
  try {
    return (await source?.({ ...io, err: () => undefined }, options, typed)) ?? [];
  } catch (error) {
    if (asFailure(error) === undefined) throw error;
    return [];
  }
}

async function probes(): Promise<readonly string[]> {
  const models = ["sim", ...listModels().map((name) => `sim:${name}`), "tcp://", "pyocd://"];
  try {
    return [...(await listProbes()).map(({ id }) => id), ...models];
  } catch (error) {
    if (asFailure(error) === undefined) throw error;
    return models;
  }
}

async function devices(io: Io, options: TargetOptions): Promise<readonly string[]> {
  const { pack } = await gather(io, options);
  return pack === undefined ? [] : (await listDevices(pack)).devices.map(({ name }) => name);
}

async function processors(io: Io, options: TargetOptions): Promise<readonly string[]> {
  const { context } = await readAsked(io, await gather(io, options));
  return (context.description?.processors ?? []).flatMap(({ pname }) => pname ?? []);
}

async function sequences(io: Io, options: TargetOptions): Promise<readonly string[]> {
  return (await readAsked(io, await gather(io, options))).context.names();
}

/** Lists the device's sequences, and those of a script that ships if the word begins as its name. */
async function namedSequences(io: Io, options: TargetOptions, typed: string): Promise<readonly string[]> {
  const own = typed.toLowerCase().startsWith(SCHEME) ? [] : await known(sequences, io, { options, typed });
  if (!isOfShipped(typed)) return own;
  const shipped = await listShipped();
  const script = shipped.find(({ name }) => typed.toLowerCase().startsWith(name));
  if (script === undefined) return [...own, ...shipped.map(({ name }) => name)];
  return script.sequences.map(({ name }) => `${script.name}#${name}`);
}

/** Lists the scripts that ship. Without a candidate, the shell offers files, which an empty word means as well. */
async function scripts(_io: Io, _options: TargetOptions, typed: string): Promise<readonly string[]> {
  return isOfShipped(typed) ? (await listShipped()).map(({ name }) => name) : [];
}

const SCHEME = "shipped:";

function isOfShipped(typed: string): boolean {
  const part = typed.toLowerCase();
  return part.length > 1 && (part.startsWith(SCHEME) || SCHEME.startsWith(part));
}

function starting(typed: string, words: readonly string[]): readonly string[] {
  const part = typed.toLowerCase();
  return [...new Set(words)].filter((word) => word.toLowerCase().startsWith(part)).sort();
}

/** Lists what `doc` explains; an option has each of its names. */
function explained(): readonly string[] {
  const options = OPTION_NAMES.flatMap((name) => {
    const { flag, environment, file } = rowOf(name);
    return [flag?.replace(/ .*/, ""), environment, file].filter((word) => word !== undefined);
  });
  return [...listTopics().map(({ name }) => name), ...options];
}
