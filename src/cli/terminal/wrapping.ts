/** Breaks lines between words, so that none is longer than the terminal is wide. Knows the colours of the printer. */
import { columnsOf } from "../../lib/columns.ts";
import { greatest } from "../../lib/lists.ts";

/** The most columns of a text, for longer lines read badly. */
const WIDEST = 120;
/** The columns of a terminal that does not tell them. */
const USUAL = 80;

/** Returns the columns for text on a terminal that says it has so many; 0 means that it does not know. */
export function textColumns(columns: number | undefined): number {
  return Math.min(terminalColumns(columns), WIDEST);
}

export function terminalColumns(columns: number | undefined): number {
  return columns === undefined || columns <= 0 ? USUAL : columns;
}

/** Breaks each line by itself. A word that is longer than a line stays whole: it is a path, a number or a name. */
export function wrapped(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => wrappedLine(line, columns))
    .join("\n");
}

const PAINT = /\u001b\[\d+m/g;

function shownColumns(text: string): number {
  return columnsOf(text.replace(PAINT, ""));
}

function wrappedLine(line: string, columns: number): string {
  if (shownColumns(line) <= columns) return line;
  const words = line.trimEnd().match(/\s*\S+/g) ?? [];
  const indent = " ".repeat(indentOf(line, words, columns));
  const lines: string[] = [];
  let current = "";
  let filled = 0;
  for (const word of words) {
    const wide = shownColumns(word);
    if (filled === 0 || filled + wide <= columns) {
      current += word;
      filled += wide;
    } else {
      lines.push(current);
      current = `${indent}${word.trimStart()}`;
      filled = shownColumns(current);
    }
  }
  return [...lines, current].join("\n");
}

/** Two blanks part the columns of a table; a mark such as `try:` ends with a colon. */
const COLUMN = /\S {2,}(?=\S)|^\s*[a-z]+: (?=\S)/g;

/** Decides where the lines after the first begin: below the last column of a table, if they have room there. */
function indentOf(line: string, words: readonly string[], columns: number): number {
  const plain = line.replace(PAINT, "");
  const longest = greatest(words.slice(1).map((word) => shownColumns(word.trimStart())));
  const ends = [...plain.matchAll(COLUMN)].map(({ 0: match, index }) =>
    columnsOf(plain.slice(0, index + match.length)),
  );
  const below = ends.findLast((end) => end <= columns / 2 && end + longest <= columns);
  return below ?? Math.min(columnsOf(/^\s*/.exec(plain)?.[0] ?? ""), Math.floor(columns / 2)) + 2;
}
