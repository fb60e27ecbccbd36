/**
 * Quotes a word for a shell, so that no character has a special meaning. For shells that insert an offered word
 * as it is.
 */

export const QUOTING_SHELLS = ["bash", "powershell"] as const;
export type QuotingShell = (typeof QUOTING_SHELLS)[number];

interface Quotes {
  /** Returns the word as it must be written on a command line. */
  readonly quoted: (word: string) => string;
  /** Returns the word that is meant by a partly typed one. */
  readonly unquoted: (typed: string) => string;
}

/** A character after a backslash means itself, outside of quotes and inside of those that were opened before. */
const BASH: Quotes = {
  quoted: (word) => word.replace(/[^\w@%+=:,./\-\u0080-\u{10ffff}]/gu, "\\$&"),
  unquoted: (typed) => typed.replace(/\\(.)|["']/gsu, "$1"),
};

/** PowerShell also accepts typographic quotes. */
const POWERSHELL: Quotes = {
  quoted: (word) =>
    /^(?:[A-Za-z_-][\w:/.=\\-]*)?$/.test(word) ? word : `'${word.replace(/['\u2018-\u201b]/g, "$&$&")}'`,
  unquoted: (typed) =>
    typed.replace(/^['"\u2018-\u201f]/, "").replace(/(['\u2018-\u201b])\1|['\u2018-\u201b]$/g, "$1"),
};

const OF_SHELL: Readonly<Record<QuotingShell, Quotes>> = { bash: BASH, powershell: POWERSHELL };

export function quoted(shell: QuotingShell, word: string): string {
  return OF_SHELL[shell].quoted(word);
}

export function unquoted(shell: QuotingShell, typed: string): string {
  return OF_SHELL[shell].unquoted(typed);
}

/** As it can be pasted into a POSIX shell, in quotes only if it needs them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./#\-]+$/.test(text) && !text.startsWith("#")
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}
