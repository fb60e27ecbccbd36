/** The options that every command with a target takes, the same everywhere, and what they mean as a request. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { PROBE_FORM_LINE } from "../probe/select.ts";
import { parseGrant } from "../host/effects/gate.ts";
import type { Layer, Settings } from "../options/settings.ts";
import {
  collect,
  collectAnswer,
  collectAssignment,
  parseClock,
  parseDuration,
  parseTraceOut,
  type AnswerText,
  type Assignment,
} from "./values.ts";

export interface TargetOptions {
  /** `--core`, the word of other tools for --pname. */
  readonly core?: string;
  /** False with --no-config. */
  readonly config?: boolean;
  readonly pack?: string;
  readonly device?: string;
  readonly dbgconf?: string;
  readonly svd?: string;
  readonly pname?: string;
  readonly probe?: string;
  readonly connect?: Settings["connect"];
  readonly protocol?: Settings["protocol"];
  readonly dormant?: boolean;
  readonly clock?: number;
  readonly wire?: string;
  readonly seq?: readonly string[];
  readonly set?: readonly Assignment[];
  readonly leave?: NonNullable<Settings["leave"]>;
  readonly deadline?: number;
  /** In microseconds. */
  readonly wait?: number;
  readonly strictTimeouts?: boolean;
  readonly atomic?: Settings["atomic"];
  readonly strictSpec?: boolean;
  /** Grants: erase, run=X, read=DIR, write=DIR. */
  readonly allow?: readonly string[];
  /** The main output file of the project, for `$L` and `%L`. */
  readonly program?: string;
  readonly answer?: readonly AnswerText[];
  readonly batch?: boolean;
  readonly traceout?: number;
  readonly traceclk?: TraceClock;
}

export interface TraceClock {
  readonly inHz: number;
  readonly outHz: number;
}

/** Pack, device and overrides: for commands that look and do not touch. */
export function addDeviceOptions(command: Command, allow: AllowWords = { words: [], says: "" }): Command {
  const { words, says } = allow;
  return command
    .option(
      "--allow <what>",
      `${says}${says === "" ? "" : "; "}read=PATH: what files and sequences name beyond their own folder (repeatable)`,
      (text, before?: readonly string[]) => collectAllow(text, before, [...words, "read=PATH"]),
    )
    .optionsGroup("Device:")
    .option("--pack <file>", ".pdsc, .pack, Vendor::Name[@version] of the pack root, or .cbuild-run.yml")
    .option("--device <name>", "device, case does not matter; Vendor::Device:Pname works too")
    .addOption(new Option("--pname <name>", "processor of a device with several"))
    .addOption(new Option("--core <name>").hideHelp())
    .option("--seq <file>", "sequences that override those of the pack (repeatable)", collect)
    .option("--set <name=value>", "value of a debugvar (repeatable)", collectAssignment)
    .option("--dbgconf <file>", "values of debugvars from a .dbgconf file")
    .option("--no-config", "do not read dbgseq.yaml");
}

/** What a command lets the user allow besides reading. */
export interface AllowWords {
  readonly words: readonly string[];
  /** In its help. */
  readonly says: string;
}

const ALLOW: AllowWords = {
  words: ["erase", "lock", "lock=forever", "remote", "run=PROGRAM", "write=PATH"],
  says: "erase; lock; lock=forever; remote: a probe on another machine that a file names; run=PROGRAM, write=PATH: what sequences, recipes and images may do besides",
};

export function addTargetOptions(command: Command): Command {
  return addDeviceOptions(command, ALLOW)
    .option("--svd <file>", "names of registers (the pack's)")
    .optionsGroup("Connection:")
    .option("--probe <probe>", `${PROBE_FORM_LINE} (ID: unique id or a part of one)`)
    .addOption(
      choice("--connect <mode>", "how to connect (attach)", [
        "none",
        "attach",
        "halt",
        "pre-reset",
        "under-reset",
        "auto",
      ]),
    )
    .addOption(choice("--protocol <name>", "wire protocol (the pack's, else swd)", ["swd", "jtag"]))
    .option("--dormant", "go through the dormant state")
    .option("--clock <frequency>", "SWCLK or TCK, for example 4MHz (the pack's, at most 10MHz)", parseClock)
    .addOption(
      choice("--leave <state>", "state in which the target is left", ["running", "halted", "as-found"]),
    )
    .option("--wait <time>", "wait so long for a probe that is busy or absent (0s)", parseDuration)
    .option("--wire <file>", "simulator: what the wires did, as a .vcd file for any viewer")
    .optionsGroup("Running:")
    .option(
      "--deadline <time>",
      "longest run: a sequence with all that it calls, or a flow; not queries (60s)",
      parseDuration,
    )
    .option("--strict-timeouts", "a loop's expired timeout is an error")
    .option("--strict-spec", "no allowance for what working packs do against the specification")
    .addOption(
      choice(
        "--atomic <how>",
        "a block that the probe cannot run without the host is an error (strict), or runs all the same",
        ["strict", "best-effort"],
      ),
    )
    .option(
      "--answer <[text=]value>",
      "answer to a query: yes, no, ok, cancel or a number (repeatable)",
      collectAnswer,
    )
    .option("--program <file>", "main output file of the project: $L and %L of sequences")
    .option("--batch", "never ask; queries take their default")
    .option("--traceout <sink>", "swo, port:N or buffer: runs TraceStart and TraceStop", parseTraceOut)
    .option("--traceclk <in[:out]>", "trace clocks, for example 100MHz:10MHz", parseTraceClock);
}

function collectAllow(
  text: string,
  before: readonly string[] = [],
  words: readonly string[],
): readonly string[] {
  const grant = parseGrant(text);
  const word = grant === undefined ? text : words.find((one) => one.startsWith(`${grant.effect}=`));
  if (word === undefined || (grant === undefined && !words.includes(text)))
    throw new InvalidArgumentError(`"${text}" is nothing to allow; ${listed(words)}.`);
  return [...before, text];
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? `${last} is` : `${words.slice(0, -1).join(", ")} and ${last} are`;
}

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

function parseTraceClock(text: string): TraceClock {
  const [input = "", output] = text.split(":", 2);
  if (text.split(":").length > 2) throw new InvalidArgumentError("IN[:OUT] is wanted.");
  return { inHz: parseClock(input), outHz: output === undefined ? 0 : parseClock(output) };
}

/** What the command line says about the connection, as the strongest layer of the settings. */
export function settingsLayer(options: TargetOptions): Layer {
  const values: { [K in keyof Settings]?: Settings[K] | undefined } = {
    connect: options.connect,
    protocol: options.protocol,
    dormant: options.dormant,
    clockHz: options.clock,
    leave: options.leave,
    deadlineUs: options.deadline,
    strictTimeouts: options.strictTimeouts,
    strictSpec: options.strictSpec,
    atomic: options.atomic,
    traceOut: options.traceout,
    traceClockInHz: options.traceclk?.inHz,
    traceClockOutHz: options.traceclk?.outHz,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return { origin: "command line", values: Object.fromEntries(given) };
}
