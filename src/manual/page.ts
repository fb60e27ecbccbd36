/** Holds a page of the manual as data, and writes it in two forms: for a terminal and for a document. Pure. */
import { append, greatest } from "../lib/lists.ts";

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The columns that hold names and numbers, by index; by default the first one. */
  readonly code?: readonly number[];
}

export type Block = { readonly heading: string } | { readonly text: string } | { readonly table: Table };

export interface Page {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const LINE = 100;
const GAP = 2;
/** Only the last column may be wider on a terminal; a longer text stands on a line of its own. */
const WIDEST = 36;

export function pageText({ title, blocks }: Page): string {
  return `${[title, ...blocks.map(blockText)].join("\n\n")}\n`;
}

function blockText(block: Block): string {
  if ("heading" in block) return `${block.heading}:`;
  if ("text" in block) return wrapped(block.text, LINE).join("\n");
  return tableText(block.table);
}

function tableText({ head, rows }: Table): string {
  const widths = head
    .slice(0, -1)
    .map((_, at) => Math.min(WIDEST, greatest(rows.map((row) => (row[at] ?? "").length))));
  const indent = widths.reduce((sum, width) => sum + width + GAP, GAP);
  return rows.map((row) => rowText(row, widths, indent)).join("\n");
}

function rowText(row: readonly string[], widths: readonly number[], indent: number): string {
  const lines: string[] = [];
  let line = " ".repeat(GAP);
  widths.forEach((width, at) => {
    const cell = row[at] ?? "";
    if (cell.length <= width) {
      line += cell.padEnd(width + GAP);
      return;
    }
    const begin = line.length;
    const [first = "", ...rest] = wrapped(cell, LINE - begin);
    lines.push(line + first);
    append(
      lines,
      rest.map((one) => " ".repeat(begin) + one),
    );
    line = " ".repeat(begin + width + GAP);
  });
  const [first = "", ...rest] = wrapped(row[widths.length] ?? "", LINE - indent);
  const last = first === "" && line.trim() === "" ? [] : [line + first];
  return [...lines, ...last, ...rest.map((one) => " ".repeat(indent) + one)]
    .map((one) => one.trimEnd())
    .join("\n");
}

/** Wraps lines at `width` characters, at blanks and after `|`; a longer word has a line of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of text.match(/\s*(?:[^\s|]+\|?|\|)/g) ?? []) {
    if (line !== "" && line.length + piece.trimEnd().length > width) {
      lines.push(line);
      line = piece.trimStart();
    } else line += line === "" ? piece.trimStart() : piece;
  }
  return [...lines, line];
}

/** Writes the page without its title: documents have a heading of their own. */
export function pageMarkdown({ blocks }: Page): string {
  return blocks.map(blockMarkdown).join("\n\n");
}

function blockMarkdown(block: Block): string {
  if ("heading" in block) return `### ${block.heading}`;
  if ("text" in block) return block.text;
  const { head, rows, code = [0] } = block.table;
  const cell = (text: string, at: number): string => {
    const safe = text.replaceAll("|", "\\|");
    return code.includes(at) && safe !== "" ? `\`${safe}\`` : safe;
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}
