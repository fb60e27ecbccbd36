/** Makes text from elsewhere safe to show: it cannot command a terminal, reorder a line or be endless. */

/** The longest line, in characters. A chain of 64 callers with their places fits. */
const LONGEST_LINE = 1 << 14;

/**
 * The longest message of several lines, and the longest text of an event in JSON. What is kept of a program's
 * output fits.
 */
export const LONGEST_MESSAGE = 1 << 16;

const REPLACEMENT = "\ufffd";

/**
 * These are C0 except tab and newline, DEL, C1, the separators that some terminals take for newlines, and the
 * marks that turn text around.
 */
const COMMANDING =
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Replaces one character by one, so that a pointer below a line still points at its place. */
export function harmless(text: string): string {
  return text.replace(COMMANDING, REPLACEMENT);
}

export function isHarmless(text: string): boolean {
  return text.search(COMMANDING) < 0;
}

/** Makes a text safe for a comment of a file: no line of it becomes a line of that file. */
export function inOneLine(text: string): string {
  return harmless(text.replace(/\s+/g, " "));
}

/** Returns the beginning, and says how much was left out. */
export function shortened(text: string, most = LONGEST_LINE): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${text.length - most} more characters)`;
}

/** Shortens each line by itself. */
export function withShortLines(text: string): string {
  return text.length <= LONGEST_LINE
    ? text
    : text
        .split("\n")
        .map((line) => shortened(line))
        .join("\n");
}

/** Writes JSON of one line: the same value, in harmless characters. */
export function jsonLine(value: unknown): string {
  const escaped = JSON.stringify(value).replace(
    COMMANDING,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${escaped}\n`;
}
