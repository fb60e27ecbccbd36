/** Words that other tools use for what this one does. */
import type { CommanderError } from "commander";
import { foreignWord, rowOf } from "../api/option-table.ts";
import { table } from "../lib/table.ts";

const OUR_COMMANDS: Readonly<Record<string, string>> = table({
  download: "flash",
  program: "flash",
  burn: "flash",
  server: "serve",
  commands: "run",
  exec: "run",
  sequence: "run",
  lint: "check",
  validate: "check",
  calc: "eval",
  man: "doc",
  explain: "doc",
  targets: "devices",
  chips: "devices",
  chip: "devices",
  "list-probes": "probes",
});

const GDB = "dbgseq does not have a GDB server; `dbgseq serve` lends the probe to a tool that has one";
const SHELL = "dbgseq does not have an interactive shell yet; `dbgseq run -e` runs statements";

/** Sentences for commands of other tools that this one does not have. */
const MISSING: Readonly<Record<string, string>> = table({
  gdbserver: GDB,
  gdb: GDB,
  commander: SHELL,
  cmd: SHELL,
});

/** Finds the flag for another tool's word, as the option has it in the API. */
function flagFor(word: string): string | undefined {
  const found = foreignWord(word);
  if (found === undefined) return undefined;
  if (found === "uniqueId") return "--probe";
  return rowOf(found).flag?.replace(/ .*/, "");
}

/** Returns a sentence for a word that another tool would have understood. */
export function hintFor(argv: readonly string[], error: CommanderError): string | undefined {
  if (error.code === "commander.unknownOption") {
    const option = /'(-[^'=]*)/.exec(error.message)?.[1] ?? "";
    const ours = flagFor(option);
    if (ours === option) return `this command does not take ${option}`;
    if (ours !== undefined) return `${option} is called ${ours} here`;
    if (argv[0]?.startsWith("-") === true) return "options follow the command: dbgseq COMMAND [options]";
  }
  if (error.code !== "commander.unknownCommand") return undefined;
  const word = argv.find((each) => !each.startsWith("-")) ?? "";
  if (MISSING[word] !== undefined) return MISSING[word];
  const ours = OUR_COMMANDS[word];
  if (ours === undefined) return "`dbgseq --help` lists the commands";
  return `"${word}" is called ${ours} here`;
}
