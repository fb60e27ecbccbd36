/**
 * Writes a finding for people: place, sentence, the source line with the place underlined, what to do. Pure;
 * knows no terminal.
 */
import { where, type Span } from "../lib/source.ts";
import { columnsOf } from "../lib/columns.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";

/** A piece of text with its role; the caller that prints it knows colours. */
export interface FindingPiece {
  readonly text: string;
  readonly style?: Severity | "strong" | "faint";
  /** True if its line must not be broken, for what stands below it points at a place. */
  readonly exact?: boolean;
}

const NEWLINE: FindingPiece = { text: "\n" };

/** Returns several lines without a final line ending. */
export function findingPieces(diagnostic: Diagnostic): readonly FindingPiece[] {
  const { severity, code, message, span, related = [], hint } = diagnostic;
  return [
    { text: where(span), style: "strong" },
    { text: ": " },
    { text: severity, style: severity },
    { text: `: ${message} ` },
    { text: `[${code}]`, style: "faint" },
    ...excerpt(span, severity),
    ...related.flatMap((other): readonly FindingPiece[] => [
      NEWLINE,
      { text: `  ${where(other.span)}: ${other.message}` },
      ...excerpt(other.span),
    ]),
    ...(hint === undefined ? [] : [NEWLINE, { text: `  hint: ${hint}` }]),
  ];
}

export function findingText(diagnostic: Diagnostic): string {
  return findingPieces(diagnostic)
    .map(({ text }) => text)
    .join("");
}

/** A PDSC has lines of thousands of characters, and this many of one are shown. */
const MAX_WIDTH = 110;

/** The source line with its number, and the place underlined; empty if it may not be shown. */
export function excerptLines(span: Span, columns: number): readonly string[] {
  const text = excerpt(span, undefined, columns - NUMBER.length - 2)
    .map((piece) => piece.text)
    .join("");
  return text.split("\n").slice(1);
}

const NUMBER = "      |";

/** Each of its lines begins with a line ending. */
function excerpt(span: Span, style?: Severity, widest = MAX_WIDTH): readonly FindingPiece[] {
  const { source, start, end } = span;
  if (!source.isQuotable) return [];
  const { line, column } = source.position(start);
  const text = source.line(line);
  if (text.trim() === "") return [];
  const from = column - 1;
  const to = Math.max(from + 1, Math.min(text.length, from + (end - start)));
  const cutStart = text.length <= widest ? 0 : Math.max(0, Math.min(from - 30, text.length - widest));
  const cutEnd = Math.min(text.length, cutStart + widest);
  const visible =
    (cutStart > 0 ? "…" : "") + text.slice(cutStart, cutEnd) + (cutEnd < text.length ? "…" : "");
  const before = (cutStart > 0 ? " " : "") + blank(text.slice(cutStart, Math.min(from, cutEnd)));
  const marks = "^".repeat(Math.max(1, columnsOf(text.slice(from, Math.min(to, cutEnd)))));
  const number = String(line).padStart(5);
  return [
    NEWLINE,
    { text: `${number} |`, style: "faint", exact: true },
    { text: ` ${visible}` },
    NEWLINE,
    { text: NUMBER, style: "faint", exact: true },
    { text: ` ${before}` },
    { text: marks, ...(style === undefined ? {} : { style }) },
  ];
}

/** Returns blanks as wide as the text, with its tabs. */
function blank(text: string): string {
  return Array.from(text, (letter) => (letter === "\t" ? "\t" : " ".repeat(columnsOf(letter)))).join("");
}
