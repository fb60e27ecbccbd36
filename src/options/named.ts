/** Finds an option by a word that a person writes for it, and says how a file or a variable gives it. */
import { squeezed } from "../lib/arguments.ts";
import { foreignWord } from "./foreign.ts";
import { OPTION_NAMES, rowOf, type OptionName } from "./given.ts";

/** Finds an option by its name, flag, variable or key, in any case. */
export function optionNamed(word: string): OptionName | undefined {
  const wanted = word.toLowerCase();
  return OPTION_NAMES.find((name) => {
    const { flag, alias, environment, file } = rowOf(name);
    const flags = [flag, alias].map((one) => one?.replace(/ .*/, ""));
    const words = [name, ...flags, ...flags.map((one) => one?.replace(/^--/, "")), environment, file];
    return words.some((one) => one?.toLowerCase() === wanted);
  });
}

/** Finds an option by another tool's word for it, or by its name with other joints. */
export function optionMeant(word: string): OptionName | undefined {
  const found = OPTION_NAMES.find((name) => squeezed(name) === squeezed(word)) ?? foreignWord(word);
  return found === "uniqueId" ? "probe" : found;
}

/** Returns a hint for a key that a file cannot have, if it is a word for an option. */
export function keyHint(key: string): string | undefined {
  return hintFor(key, "file", "key");
}

/** Returns the same for a variable without its `DBGSEQ_`. */
export function variableHint(word: string): string | undefined {
  return hintFor(word.replaceAll("_", "-"), "environment", "variable");
}

function hintFor(word: string, column: "file" | "environment", what: string): string | undefined {
  const name = optionNamed(word) ?? optionMeant(word);
  if (name === undefined) return undefined;
  const row = rowOf(name);
  const ours = row[column];
  if (ours !== undefined) return `did you mean "${ours}"?`;
  return row.consent ? `a ${what} cannot give consent (${name})` : `the option ${name} has no ${what}`;
}
