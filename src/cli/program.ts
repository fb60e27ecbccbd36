/** Builds the command line out of its commands, and turns whatever they throw into a message and an exit code. */
import { Command, CommanderError } from "commander";
import { EXIT, exitCodeOf } from "../session/exit-codes.ts";
import { addDevices } from "./commands/devices.ts";
import { addEval } from "./commands/eval.ts";
import { addList } from "./commands/list.ts";
import { addProbes } from "./commands/probes.ts";
import { addRecipe } from "./commands/recipe.ts";
import { addReset } from "./commands/reset.ts";
import { addRun } from "./commands/run.ts";
import { Exit } from "./exit.ts";
import { hintFor } from "./hints.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";
import { welcome } from "./welcome.ts";

declare const DBGSEQ_VERSION: string | undefined;

/** Replaced by the bundler; run from source it is unknown. */
export const VERSION = typeof DBGSEQ_VERSION === "string" ? DBGSEQ_VERSION : "0.0.0-source";

/** Runs one command line and returns its exit code. Throws nothing. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(withoutTraps(argv), { from: "user" });
    return EXIT.success;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return usage(error, argv, io);
    reportError(error, io);
    return exitCodeOf(error) ?? EXIT.failed;
  }
}

export function createProgram(io: Io): Command {
  const program = new Command("dbgseq")
    .description("Checks, runs and traces debug sequences of CMSIS packs and .seq files.")
    .version(VERSION, "-V, --version")
    .helpOption("-h, --help")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: (text, write) => write(text) })
    .showSuggestionAfterError(true)
    .enablePositionalOptions(false)
    .action(() => welcome(io));
  for (const add of [addRun, addReset, addList, addEval, addDevices, addProbes, addRecipe]) {
    add(program, io);
  }
  program.addHelpText(
    "after",
    "\nExit codes: 0 success, 1 failed, 2 usage or input, 3 no probe, 4 target, 5 refused, 130/143 interrupted.",
  );
  return program;
}

/** commander ends help with 0 and everything else with 1; wrong usage is 2 here. */
function usage(error: CommanderError, argv: readonly string[], io: Io): number {
  if (error.exitCode === 0 || error.code === "commander.help") return EXIT.success;
  const hint = hintFor(argv, error);
  if (hint !== undefined) io.err(`hint: ${hint}\n`);
  return EXIT.usage;
}

/** `eval '-1 / 2'` is an expression, not an option. */
function withoutTraps(argv: readonly string[]): readonly string[] {
  const index = argv.indexOf("eval");
  if (index < 0 || argv.includes("--")) return argv;
  const at = argv.findIndex(
    (word, position) => position > index && /^-(?![-a-zA-Z]|$)|^-[a-zA-Z_]\w*\s*[^\w\s=]/.test(word),
  );
  return at < 0 ? argv : [...argv.slice(0, at), ...argv.slice(at + 1), "--", ...argv.slice(at, at + 1)];
}
