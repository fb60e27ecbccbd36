/** The options of every command with a device or a target, the same everywhere: flags made from the table of options. */
import { InvalidArgumentError, Option, type Command } from "commander";
import {
  OPTION_NAMES,
  parseGrant,
  rowOf,
  type Numbers,
  type OptionName,
  type Values,
} from "../../api/option-table.ts";
import { repeatable } from "./repeatable.ts";
import { asSentence } from "./values.ts";

/** The typed options, by the names of the table. */
export type TargetOptions = Values;

/** Adds pack, device and overrides, for commands that look and do not touch. */
export function addDeviceOptions(command: Command, allow: AllowWords = { words: [], says: "" }): Command {
  const { words, says } = allow;
  const parse = repeatable((text: string, before?: readonly string[]) =>
    collectAllow(text, before, [...words, "read=PATH"]),
  );
  command.option(
    "--allow <what>",
    `${says}${says === "" ? "" : "; "}read=PATH: what files and sequences name beyond their own folder (repeatable)`,
    parse,
  );
  return addRows(command, "device");
}

/** What a command lets the user allow besides reading. */
export interface AllowWords {
  readonly words: readonly string[];
  /** The description in its help. */
  readonly says: string;
}

const ALLOW: AllowWords = {
  words: ["erase", "lock", "lock=forever", "remote", "run=PROGRAM", "model=FILE", "write=PATH"],
  says: "erase; lock; lock=forever; remote: a probe on another machine that a file names; run=PROGRAM, write=PATH: grants beyond the target; model=FILE: run the code of --probe sim:FILE.mjs in this process",
};

export function addTargetOptions(command: Command): Command {
  return addRows(addDeviceOptions(command, ALLOW), "target");
}

function addRows(command: Command, on: "device" | "target"): Command {
  let heading: string | undefined;
  for (const name of OPTION_NAMES) {
    const row = rowOf(name);
    if (row.on !== on || row.flag === undefined) continue;
    if (row.group !== undefined && row.group !== heading) command.optionsGroup(`${row.group}:`);
    heading = row.group;
    command.addOption(new RowOption(name, row.flag));
    if (row.alias !== undefined) command.addOption(new RowOption(name, row.alias).hideHelp());
  }
  return command;
}

/** A flag whose value is stored under the name of its row. */
class RowOption extends Option {
  readonly #name: OptionName;

  constructor(name: OptionName, flag: string) {
    const { kind, merge, says, otherwise } = rowOf(name);
    const note = [otherwise, merge === "strongest" ? undefined : "repeatable"].filter(
      (one) => one !== undefined,
    );
    super(flag, `${says}${note.length === 0 ? "" : ` (${note.join(", ")})`}`);
    this.#name = name;
    if (kind.choices !== undefined) this.choices(kind.choices);
    // commander itself knows what a flag without a value means.
    if (!this.required) return;
    const parse = (text: string, before: unknown): unknown => combined(name, text, before);
    this.argParser(merge === "strongest" ? parse : repeatable(parse));
  }

  override attributeName(): string {
    return this.#name;
  }
}

function combined(name: OptionName, text: string, before: unknown): unknown {
  const { kind, merge } = rowOf(name);
  const given = kind.read(text);
  if (!given.ok) throw new InvalidArgumentError(asSentence(given.reason));
  if (before === undefined || merge === "strongest") return given.value;
  if (merge === "all") return [...(before as readonly unknown[]), ...(given.value as readonly unknown[])];
  const [earlier, more] = [before as Numbers, given.value as Numbers];
  const twice = Object.keys(more).find((one) => Object.hasOwn(earlier, one));
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is given twice.`);
  return { ...earlier, ...more };
}

function collectAllow(
  text: string,
  before: readonly string[] = [],
  words: readonly string[],
): readonly string[] {
  const grant = parseGrant(text);
  const word = grant === undefined ? text : words.find((one) => one.startsWith(`${grant.effect}=`));
  if (word === undefined || (grant === undefined && !words.includes(text)))
    throw new InvalidArgumentError(`"${text}" cannot be allowed; ${listed(words)}.`);
  return [...before, text];
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? `${last} is` : `${words.slice(0, -1).join(", ")} and ${last} are`;
}
