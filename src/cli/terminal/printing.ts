/** The one place that prints: it cleans text from elsewhere, bounds it, and adds the colours, which are ours alone. */
import { harmless, jsonLine, LONGEST_MESSAGE, shortened, withShortLines } from "../../lib/shown-text.ts";
import type { Io, Outside, Piece, Style } from "./io.ts";

const COLORS: Readonly<Record<Style, number>> = { error: 31, warning: 33, note: 36, strong: 1, faint: 2 };

export function printing(outside: Outside): Io {
  const { out, err, ask, color, screen = false } = outside;
  let drawn = "";
  return {
    ...outside,
    out: (text) => {
      out(typeof text === "string" ? shownText(text) : painted(text, color));
    },
    err: (text) => {
      err(typeof text === "string" ? message(text) : painted(text, color));
    },
    file: (text) => {
      out(screen ? harmless(text) : text);
    },
    json: (value) => {
      out(jsonLine(value));
    },
    status: (text) => {
      if (text !== "") err(`\r${shownText(text).padEnd(drawn.length)}`);
      else if (drawn !== "") err(`\r${" ".repeat(drawn.length)}\r`);
      drawn = text;
    },
    ...(ask === undefined ? {} : { ask: (question: string) => ask(shownText(question)) }),
  };
}

function shownText(text: string): string {
  return withShortLines(harmless(text));
}

/** Indents the lines after the first. */
function message(text: string): string {
  return shortened(shownText(text), LONGEST_MESSAGE).replace(/\n(?=\S)/g, "\n  ");
}

function painted(pieces: readonly Piece[], color: boolean): string {
  return pieces
    .map(({ text, style }) =>
      style === undefined || !color ? message(text) : `\u001b[${COLORS[style]}m${message(text)}\u001b[0m`,
    )
    .join("");
}
