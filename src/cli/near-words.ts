/** Which command or option was meant by a misspelt one. What changes memory is offered for one slip alone. */
import { nearest, surely } from "../lib/nearest.ts";

/** These change what the target holds. */
const CHANGING = new Set(["erase", "flash", "write", "fill", "load"]);
/** These erase, or consent to it. */
const CONSENTING = new Set(["--erase", "--chip", "--force", "--allow", "--batch", "--answer"]);

export function nearCommand(word: string, commands: readonly string[]): string | undefined {
  return near(word, commands, CHANGING);
}

/** `flags` begin with two dashes, which say nothing about the distance. */
export function nearFlag(flag: string, flags: readonly string[]): string | undefined {
  if (!flag.startsWith("--")) return undefined;
  const bare = (one: string): string => one.slice("--".length);
  const found = near(bare(flag), flags.map(bare), new Set([...CONSENTING].map(bare)));
  return found === undefined ? undefined : `--${found}`;
}

export function nearValue(value: string, choices: readonly string[]): string | undefined {
  return near(value, choices, new Set(["chip", "erase", "lock"]));
}

/** A word of ours that is nearer, or as near, keeps a grave one from being offered. */
function near(word: string, known: readonly string[], grave: ReadonlySet<string>): string | undefined {
  const slip = surely(word, known);
  if (slip !== undefined && (!grave.has(slip) || isMistyped(word, slip))) return slip;
  return nearest(
    word,
    known.filter((one) => !grave.has(one)),
  );
}

/** A letter is missing, doubled or out of place. One that was replaced makes another word: flush, white, file. */
function isMistyped(word: string, meant: string): boolean {
  return word.length !== meant.length || sorted(word) === sorted(meant);
}

function sorted(word: string): string {
  return Array.from(word.toLowerCase()).sort().join("");
}
