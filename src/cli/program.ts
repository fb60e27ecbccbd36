/** Builds the command line out of its commands, and turns whatever they throw into a message and an exit code. */
import { Command, CommanderError } from "commander";
import { asFailure } from "../lib/fault.ts";
import { EXIT } from "../api/exit-codes.ts";
import { COMMANDS, type CommandEntry } from "./commands.ts";
import { Exit, exitCodeFor } from "./exit.ts";
import type { Io, Outside } from "./terminal/io.ts";
import { printing } from "./terminal/printing.ts";
import { refuseTwice } from "./flags/repeatable.ts";
import type * as Hints from "./foreign-hints.ts";
import { VERSION } from "./version.ts";

const EXIT_CODES = `
Exit codes: 0 success, 1 done and failed, 2 usage or input, 3 no probe, 4 the target did not answer,
            5 refused: consent required, 129, 130, 131, 141 and 143 ended from outside (\`dbgseq doc exit-codes\`).`;

/** Runs one command line and returns its exit code. Throws nothing. */
export async function main(argv: readonly string[], outside: Outside): Promise<number> {
  const { signal } = outside;
  const told = { why: false };
  const io = printing({
    ...outside,
    argv,
    err: (text) => {
      told.why ||= signal?.aborted === true;
      outside.err(text);
    },
  });
  const code = await run(argv, io);
  io.waiting("");
  // A failing stream reports it after the write.
  await outside.written?.();
  if (signal?.aborted !== true) return code;
  // A reader that closed the pipe need not be told so.
  const reason = asFailure(signal.reason);
  if (!told.why && reason?.fault.kind !== "reader-gone") {
    await report(signal.reason, io);
    await outside.written?.();
  }
  return exitCodeFor(undefined, io);
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  let program: Command | undefined;
  try {
    if (argv.length === 0) {
      const { welcome } = await import("./welcome.ts");
      await welcome(io);
      return EXIT.success;
    }
    const wanted = commandOf(argv);
    program = await createProgram(
      io,
      COMMANDS.filter(({ name }) => name === wanted),
    );
    await program.parseAsync(argv, { from: "user" });
    return EXIT.success;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return await usage(error, argv, { io, program });
    await report(error, io);
    const code = exitCodeFor(error, io);
    if (code === EXIT.usage) await hint(io, ({ hintForPhrase }) => hintForPhrase(argv));
    // A command that reported its own end threw an Exit.
    await printJson(error, code, argv, io);
    return code;
  }
}

/**
 * Builds the program. `loaded` commands get their arguments and options; for the others only name and summary are
 * known.
 */
export async function createProgram(io: Io, loaded: readonly CommandEntry[] = COMMANDS): Promise<Command> {
  const program = new Command("dbgseq")
    .description("Checks, runs and traces debug sequences of CMSIS packs and .seq files.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: io.textColumns })
    .exitOverride()
    .showSuggestionAfterError(false)
    .addHelpText("after", EXIT_CODES);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary).helpGroup(entry.group);
    if (!loaded.includes(entry)) continue;
    const define = await entry.load();
    define(command, io);
    refuseTwice(command);
  }
  return program;
}

/** Prints the failure as a document, if one was asked for: standard output is never left empty. */
async function printJson(error: unknown, code: number, argv: readonly string[], io: Io): Promise<void> {
  if (!asksForJson(argv)) return;
  const { failureJson } = await import("./terminal/failure-json.ts");
  io.json(failureJson(io, commandOf(argv) ?? "", error, code));
}

/** Tells it by the words, for they may be what is wrong. */
function asksForJson(argv: readonly string[]): boolean {
  if (argv.includes("--json") || argv.includes("--jsonl")) return true;
  const format = argv.includes("--format=json") || argv[argv.indexOf("--format") + 1] === "json";
  return format && !argv.some((word) => /^(-o|--output)/.test(word));
}

/** Finds the command that a command line names, also after `help`. */
function commandOf(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith("-"));
  return words[0] === "help" ? words[1] : words[0];
}

/** Reports an error. Loads the code only if something fails, so that starting is quick. */
async function report(error: unknown, io: Io): Promise<void> {
  const { reportError } = await import("./terminal/report-error.ts");
  reportError(error, io);
}

/** Reports wrong usage. commander ends help with 0 and everything else with 1; wrong usage is 2 here. */
async function usage(
  error: CommanderError,
  argv: readonly string[],
  { io, program }: { readonly io: Io; readonly program: Command | undefined },
): Promise<number> {
  if (error.exitCode === 0) return EXIT.success;
  if (program !== undefined) await hint(io, ({ hintFor }) => hintFor(argv, error, program));
  const { badRequest } = await import("./bad-request.ts");
  await printJson(badRequest(error.message.replace(/^error: /, "")), EXIT.usage, argv, io);
  return EXIT.usage;
}

async function hint(io: Io, find: (hints: typeof Hints) => string | undefined): Promise<void> {
  const found = find(await import("./foreign-hints.ts"));
  if (found !== undefined) io.err(`hint: ${found}\n`);
}
