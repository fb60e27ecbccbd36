/**
 * The one place that prints: it cleans text from elsewhere, bounds it, breaks its lines for a terminal, and adds the
 * colours, which are ours alone.
 */
import { harmless, jsonLine, LONGEST_MESSAGE, shortened, withShortLines } from "../../lib/shown-text.ts";
import type { Io, Outside, Piece, Style } from "./io.ts";
import { HOST_TICKING, StatusLine } from "./status-line.ts";
import { terminalColumns, textColumns, wrapped } from "./wrapping.ts";

const COLORS: Readonly<Record<Style, number>> = { error: 31, warning: 33, note: 36, strong: 1, faint: 2 };

type Printed = string | readonly Piece[];

export function printing(outside: Outside): Io {
  const { out, err, ask, color, terminal, screen = false, errScreen = false } = outside;
  const columns = (): number | undefined => outside.columns?.();
  const status = new StatusLine(err, () => terminalColumns(columns()), outside.time ?? HOST_TICKING);
  const onScreen = (text: Printed, isScreen: boolean): string => {
    status.erase();
    const lines = linesOf(text, color && isScreen);
    return isScreen ? broken(lines, textColumns(columns())) : lines.map(({ text: line }) => line).join("\n");
  };
  return {
    ...outside,
    textColumns: () => textColumns(screen ? columns() : undefined),
    barColumns: () => terminalColumns(columns()) - 1,
    out: (text) => {
      out(onScreen(typeof text === "string" ? shownText(text) : cleaned(text), screen));
    },
    err: (text) => {
      err(onScreen(typeof text === "string" ? labelled(message(text)) : cleaned(text), errScreen));
    },
    file: (text) => {
      status.erase();
      out(screen ? harmless(text) : text);
    },
    json: (value) => {
      status.erase();
      out(jsonLine(value));
    },
    status: (text) => {
      if (terminal) status.draw(shownText(text));
    },
    waiting: (what) => {
      if (terminal) status.wait(shownText(what));
    },
    ...(ask === undefined
      ? {}
      : {
          ask: (question: string) => {
            status.draw("");
            status.wait("");
            return ask(shownText(question));
          },
        }),
  };
}

function shownText(text: string): string {
  return withShortLines(harmless(text));
}

/** Indents the lines after the first. */
function message(text: string): string {
  return shortened(shownText(text), LONGEST_MESSAGE).replace(/\n(?=\S)/g, "\n  ");
}

function cleaned(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece) => ({ ...piece, text: message(piece.text) }));
}

const LABELS: Readonly<Record<string, Style>> = {
  error: "error",
  "internal error": "error",
  finding: "error",
  warning: "warning",
  note: "note",
  hint: "note",
};

/** The first word of a message says how grave it is. */
function labelled(text: string): readonly Piece[] {
  const label = /^(internal error|error|finding|warning|note|hint)(?=:| [\w-]+: )/.exec(text)?.[0];
  const style = label === undefined ? undefined : LABELS[label];
  if (label === undefined || style === undefined) return [{ text }];
  return [{ text: label, style }, { text: text.slice(label.length) }];
}

interface Line {
  readonly text: string;
  readonly exact: boolean;
}

/** Paints the pieces and joins them to lines. A line is exact if one of its pieces is. */
function linesOf(text: Printed, color: boolean): readonly Line[] {
  const pieces: readonly Piece[] = typeof text === "string" ? [{ text }] : text;
  const lines: Line[] = [{ text: "", exact: false }];
  for (const { text: whole, style, exact = false } of pieces) {
    for (const [at, part] of whole.split("\n").entries()) {
      if (at > 0) lines.push({ text: "", exact: false });
      const last = lines.at(-1);
      if (last === undefined || part === "") continue;
      lines[lines.length - 1] = { text: last.text + painted(part, style, color), exact: last.exact || exact };
    }
  }
  return lines;
}

function painted(text: string, style: Style | undefined, color: boolean): string {
  return style === undefined || !color ? text : `\u001b[${COLORS[style]}m${text}\u001b[0m`;
}

function broken(lines: readonly Line[], columns: number): string {
  return lines.map(({ text, exact }) => (exact ? text : wrapped(text, columns))).join("\n");
}
