/** Builds lines of output with their indentation, and with blank lines as in the source. Knows no syntax. */
import type { Span } from "../../lib/source.ts";
import { printStatement } from "./print-expression.ts";
import type { Comment, Statement } from "../tree.ts";

const INDENT = "  ";

export class Lines {
  readonly #lines: string[] = [];
  #depth = 0;

  add(text: string): void {
    this.#lines.push(text === "" ? "" : INDENT.repeat(this.#depth) + text);
  }

  /** Adds to the end of the last line. */
  extend(text: string): void {
    this.#lines.push(`${this.#lines.pop() ?? ""}${text}`);
  }

  indented(part: () => void): void {
    this.#depth++;
    part();
    this.#depth--;
  }

  /** Adds one blank line, if the source has at least one between two neighbours. */
  gap(before: Span | undefined, after: Span): void {
    if (before === undefined || !hasGap(before, after)) return;
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.add("");
  }

  toString(): string {
    return this.#lines.map((line) => `${line.trimEnd()}\n`).join("");
  }
}

export interface EntryStyle {
  /** Prints a comment of either style, in the spelling's form inside a block. */
  comment(comment: Comment): string;
  statement(text: string): string;
}

/** Prints the content of a block, one statement on a line, with comments after what they follow. */
export function printEntries(
  lines: Lines,
  entries: readonly (Statement | Comment)[],
  style: EntryStyle,
): void {
  const widths = nameWidths(entries);
  let before: Statement | Comment | undefined;
  let closed = false;
  for (const entry of entries) {
    if (entry.kind === "comment") {
      const text = style.comment(entry);
      // Nothing may follow a line comment, and a comment of several lines stands alone.
      const follows = entry.trailing && before !== undefined && !closed && !text.includes("\n");
      if (follows) lines.extend(` ${text}`);
      else {
        lines.gap(before?.span, entry.span);
        addRaw(lines, text);
      }
      closed = entry.style === "line" || text.includes("\n");
    } else {
      lines.gap(before?.span, entry.span);
      lines.add(style.statement(printStatement(entry, widths.get(entry) ?? 0)));
      closed = false;
    }
    before = entry;
  }
}

/** Only the first line is indented: the others are the comment's text, which must not grow with each print. */
export function addRaw(lines: Lines, text: string): void {
  const [first = "", ...rest] = text.split("\n");
  if (rest.length === 0) lines.add(first);
  else {
    lines.add(first);
    for (const line of rest) lines.extend(`\n${line}`);
  }
}

/** Returns the longest name for each declaration of a group without a blank line or another statement between. */
function nameWidths(entries: readonly (Statement | Comment)[]): Map<Statement, number> {
  const widths = new Map<Statement, number>();
  let group: Statement[] = [];
  let widest = 0;
  const close = (): void => {
    for (const statement of group) widths.set(statement, widest);
    group = [];
    widest = 0;
  };
  let before: Span | undefined;
  for (const entry of entries) {
    if (before !== undefined && hasGap(before, entry.span)) close();
    before = entry.span;
    if (entry.kind === "comment") continue;
    if (entry.kind !== "declaration" || entry.value === undefined) {
      close();
      continue;
    }
    group.push(entry);
    widest = Math.max(widest, entry.name.text.length);
  }
  close();
  return widths;
}

function hasGap(before: Span, after: Span): boolean {
  if (before.source !== after.source || after.start <= before.end) return false;
  return /(?:\r?\n|\r(?!\n))[ \t]*(?:\r?\n|\r(?!\n))/.test(before.source.text.slice(before.end, after.start));
}
