/** How shells quote a word, so that none of its signs means anything to them. Knows shells that put in what they are offered as it is. */

export const QUOTING_SHELLS = ["bash", "powershell"] as const;
export type QuotingShell = (typeof QUOTING_SHELLS)[number];

interface Quotes {
  /** The word as it is to stand on a command line. */
  readonly quoted: (word: string) => string;
  /** What a word that is still being typed stands for. */
  readonly unquoted: (typed: string) => string;
}

/** A sign behind a backslash means itself, outside of quotes and between those that were opened before. */
const BASH: Quotes = {
  quoted: (word) => word.replace(/[^\w@%+=:,./\-\u0080-\u{10ffff}]/gu, "\\$&"),
  unquoted: (typed) => typed.replace(/\\(.)|["']/gsu, "$1"),
};

/** PowerShell takes the typographic marks for quotes, too. */
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
