/** The one hint for a command line that this tool cannot take: the word of another tool, else the word that is nearest. */
import type { Command, CommanderError } from "commander";
import { foreignWord, OPTION_NAMES, rowOf, type OptionName } from "../api/option-table.ts";
import { answerTo, standsInFront } from "./foreign-words.ts";
import { nearCommand, nearFlag, nearValue } from "./near-words.ts";

const LIST = "`dbgseq --help` lists the commands";

/** The hint for wrong usage. `program` has the commands by name, and the options of the one that was asked for. */
export function hintFor(
  argv: readonly string[],
  error: CommanderError,
  program: Command,
): string | undefined {
  const commands = program.commands.map((each) => each.name());
  switch (error.code) {
    case "commander.unknownOption":
      return hintForOption(argv, /'(-[^'=]*)/.exec(error.message)?.[1] ?? "", program);
    case "commander.unknownCommand":
      return hintForWords(
        argv.filter((word) => !word.startsWith("-")),
        commands,
      );
    case "commander.invalidArgument":
      return hintForValue(argv, error.message, program);
    case "commander.excessArguments":
      return hintForPhrase(argv);
    default:
      return undefined;
  }
}

/** The hint for a command of ours with a word behind it as another tool has it: `flash banks`. */
export function hintForPhrase(argv: readonly string[]): string | undefined {
  const [first, second] = argv;
  return second === undefined ? undefined : answerTo(`${first ?? ""} ${second}`);
}

function hintForWords(words: readonly string[], commands: readonly string[]): string {
  const [word = "", next] = words;
  const phrase = next === undefined ? undefined : answerTo(`${word} ${next}`);
  const known = phrase ?? answerTo(word);
  if (known !== undefined) return known;
  if (standsInFront(word)) {
    if (next === undefined) return LIST;
    return commands.includes(next)
      ? `leave out "${word}": dbgseq ${next}`
      : hintForWords(words.slice(1), commands);
  }
  const near = nearCommand(word, commands);
  return near === undefined ? LIST : `did you mean ${near}?`;
}

function hintForOption(argv: readonly string[], option: string, program: Command): string | undefined {
  const [first = ""] = argv;
  if (first.startsWith("-")) return hintWithoutCommand(argv, option, program);
  const known = answerTo(`${first} ${option}`);
  if (known !== undefined) return known;
  const ours = flagFor(option);
  const takesNone = commandOf(program, argv).options.find(({ long }) => long === option);
  if (takesNone?.required === false && !takesNone.optional) return `give ${option} without a value`;
  if (ours === option) return `this command does not take ${option}`;
  if (ours !== undefined) return `${option} is called ${ours} here`;
  const near = nearFlag(option, flagsOf(program, argv));
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** The value that is near among those that the option takes, unless the sentence has it. */
function hintForValue(argv: readonly string[], message: string, program: Command): string | undefined {
  const [, flag, value = ""] = /option '(--?[^' ]+).*' argument '(.*)' is invalid/.exec(message) ?? [];
  if (flag === undefined || message.includes("did you mean")) return undefined;
  const option = commandOf(program, argv).options.find(({ long, short }) => long === flag || short === flag);
  const near = nearValue(value, option?.argChoices ?? []);
  return near === undefined ? undefined : `did you mean ${flag} ${near}?`;
}

/** Tools without commands take what is to be done as an option, or as the text of one. */
function hintWithoutCommand(argv: readonly string[], option: string, program: Command): string {
  const [, value = ""] = argv;
  const commands = program.commands.map((each) => each.name());
  if (option === "-c" && value !== "") return hintForText(value, commands);
  if (value.endsWith(".cfg"))
    return "configurations of OpenOCD are not read here: `dbgseq probes` lists probes, --pack and --device name the device";
  if (option === "-d" && /\.(?:elf|axf|hex|bin|srec|s19|uf2)$/i.test(value))
    return '"-d" is called flash here: dbgseq flash FILE';
  const known = answerTo(option);
  if (known !== undefined) return known;
  const name = option.replace(/^-+/, "");
  if (commands.includes(name)) return `a command has no dashes: dbgseq ${name}`;
  const ours = flagFor(option);
  const order = "options follow the command: dbgseq COMMAND";
  return ours === undefined || ours === option
    ? `${order} [options]`
    : `${option} is called ${ours} here, and ${order} ${ours} ...`;
}

/** `-c "reset halt"`, and `-c port=SWD`. */
function hintForText(text: string, commands: readonly string[]): string {
  if (text.includes("=")) return answerTo("interface") ?? "";
  const words = text.split(/[\s;]+/).filter((word) => word !== "");
  const said = hintForPhrase(words);
  if (said !== undefined) return said;
  const [word = ""] = words;
  return commands.includes(word)
    ? `a command stands without -c: dbgseq ${word}`
    : hintForWords(words, commands);
}

/** Finds the flag for another tool's word, as the option has it in the API, or for ours with one dash. */
function flagFor(word: string): string | undefined {
  const found =
    foreignWord(word) ?? OPTION_NAMES.find((name) => /^-[a-z]{2,}$/.test(word) && isFlag(name, `-${word}`));
  if (found === undefined) return undefined;
  if (found === "uniqueId") return "--probe";
  return rowOf(found).flag?.replace(/ .*/, "");
}

function isFlag(name: OptionName, flag: string): boolean {
  return rowOf(name).flag?.startsWith(`${flag} `) === true;
}

/** The options of the command that the words name, as far as its definition is loaded. */
function flagsOf(program: Command, argv: readonly string[]): readonly string[] {
  const command = commandOf(program, argv);
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
}

function commandOf(program: Command, argv: readonly string[]): Command {
  let at = program;
  for (const word of argv) at = at.commands.find((each) => each.name() === word) ?? at;
  return at;
}
