/** A finding for people: place, sentence, the source line with the place underlined, what to do. Pure; no terminal. */
import { where, type Span } from "../lib/source.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";

export interface TextOptions {
  /** ANSI colours; the caller knows whether a terminal reads this. */
  readonly color: boolean;
}

type Paint = (text: string) => string;

interface Palette {
  readonly severity: Readonly<Record<Severity, Paint>>;
  readonly strong: Paint;
  readonly faint: Paint;
}

const ansi =
  (code: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const plain: Paint = (text) => text;

const COLORFUL: Palette = {
  severity: { error: ansi(31), warning: ansi(33), note: ansi(36) },
  strong: ansi(1),
  faint: ansi(2),
};
const PLAIN: Palette = {
  severity: { error: plain, warning: plain, note: plain },
  strong: plain,
  faint: plain,
};

/** Several lines without a final line ending. */
export function renderText(diagnostic: Diagnostic, { color }: TextOptions): string {
  const palette = color ? COLORFUL : PLAIN;
  const { severity, code, message, span, related = [], hint } = diagnostic;
  const paint = palette.severity[severity];
  const lines = [
    `${palette.strong(shown(where(span)))}: ${paint(severity)}: ${shown(message)} ${palette.faint(`[${code}]`)}`,
    ...excerpt(span, paint, palette),
  ];
  for (const other of related) {
    lines.push(
      `  ${shown(where(other.span))}: ${shown(other.message)}`,
      ...excerpt(other.span, plain, palette),
    );
  }
  if (hint !== undefined) lines.push(`  hint: ${shown(hint)}`);
  return lines.join("\n");
}

/** A PDSC has lines of thousands of characters; so much of one is shown. */
const MAX_WIDTH = 110;

function excerpt(span: Span, paint: Paint, palette: Palette): string[] {
  const { source, start, end } = span;
  const { line, column } = source.position(start);
  const text = source.line(line);
  if (text.trim() === "") return [];
  const from = column - 1;
  const to = Math.max(from + 1, Math.min(text.length, from + (end - start)));
  const cutStart = text.length <= MAX_WIDTH ? 0 : Math.max(0, Math.min(from - 30, text.length - MAX_WIDTH));
  const cutEnd = Math.min(text.length, cutStart + MAX_WIDTH);
  const visible =
    (cutStart > 0 ? "…" : "") + text.slice(cutStart, cutEnd) + (cutEnd < text.length ? "…" : "");
  const before = (cutStart > 0 ? " " : "") + blank(text.slice(cutStart, Math.min(from, cutEnd)));
  const marks = "^".repeat(Math.max(1, width(text.slice(from, Math.min(to, cutEnd)))));
  const number = String(line).padStart(5);
  return [
    `${palette.faint(`${number} |`)} ${shown(visible)}`,
    `${palette.faint("      |")} ${before}${paint(marks)}`,
  ];
}

/** As wide as the text, tabs kept. */
function blank(text: string): string {
  return Array.from(text, (letter) => (letter === "\t" ? "\t" : " ".repeat(width(letter)))).join("");
}

/** East Asian wide characters, which real packs have in comments, take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

function width(text: string): number {
  let columns = 0;
  for (const letter of text) columns += WIDE.test(letter) ? 2 : 1;
  return columns;
}

/** The text of a pack must not reach the terminal as commands. */
function shown(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    "\ufffd",
  );
}
