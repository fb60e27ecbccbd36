/**
 * Reads a .dbgconf: the values that a user gives to a pack's debug variables, as `Name = number;` with
 * comments. The annotations of the configuration wizard stand in comments and mean nothing here. Knows no
 * files.
 */
import type { Override } from "../device/debug-vars.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nearest } from "../lib/nearest.ts";
import type { Source, Span } from "../lib/source.ts";
import { integerOf, U64_MAX } from "../lib/u64.ts";

export interface ReadDbgconf {
  /** The overrides in the order of the file, without those for unknown names. */
  readonly overrides: readonly Override[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Real files have up to 20 KB. */
const MAX_LETTERS = 1 << 20;

/** `declared` are the names of the debugvars, if they are known. A file may set them but may not add others. */
export function readDbgconf(source: Source, declared: Iterable<string> | undefined): ReadDbgconf {
  const names = declared === undefined ? undefined : new Set(declared);
  const overrides: Override[] = [];
  const firstSet = new Map<string, Span>();
  const diagnostics: Diagnostic[] = [];
  const nul = source.text.indexOf("\0");
  if (nul >= 0) {
    const span = { source, start: nul, end: nul + 1 };
    return { overrides, diagnostics: [malformed("this is a binary file, not a configuration", span)] };
  }
  if (source.text.length > MAX_LETTERS) {
    const span = { source, start: MAX_LETTERS, end: MAX_LETTERS + 1 };
    return { overrides, diagnostics: [malformed(`more than ${MAX_LETTERS} letters of text`, span)] };
  }
  const open = unterminatedComment(source);
  if (open !== undefined) diagnostics.push(malformed("the comment has no end", open, "end it with */"));
  for (const statement of statements(source)) {
    const read = assignment(statement);
    if ("diagnostic" in read) diagnostics.push(read.diagnostic);
    else if (names?.has(read.name) === false) diagnostics.push(unknownName(read.name, read.nameSpan, names));
    else {
      const { name, value, nameSpan } = read;
      const before = firstSet.get(name);
      if (before === undefined) firstSet.set(name, nameSpan);
      else diagnostics.push(setTwice(name, nameSpan, before));
      overrides.push({ name, value, origin: source.path, span: statement.span });
    }
  }
  return { overrides, diagnostics };
}

interface Statement {
  /** The text has blanks of the same length in place of each comment. */
  readonly text: string;
  readonly span: Span;
  readonly ended: boolean;
}

const COMMENT = /\/\/[^\r\n]*|\/\*[^]*?(?:\*\/|$)/g;

function* statements(source: Source): Generator<Statement> {
  const code = source.text.replace(/^\uFEFF/, " ").replace(COMMENT, blanks);
  for (const { 0: raw, index } of code.matchAll(/[^;]*(?:;|$)/g)) {
    const ended = raw.endsWith(";");
    const text = ended ? raw.slice(0, -1) : raw;
    if (text.trim() === "" && !ended) continue;
    const start = index + (text.trim() === "" ? text.length : text.search(/\S/));
    yield { text: text.trim(), span: { source, start, end: index + raw.trimEnd().length }, ended };
  }
}

function unterminatedComment(source: Source): Span | undefined {
  for (const { 0: comment, index } of source.text.matchAll(COMMENT)) {
    const closed = comment.startsWith("//") || (comment.length > 3 && comment.endsWith("*/"));
    if (!closed) return { source, start: index, end: index + 2 };
  }
  return undefined;
}

function blanks(comment: string): string {
  return comment.replace(/[^\r\n]/g, " ");
}

interface Assignment {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: bigint;
}

function assignment({ text, span, ended }: Statement): Assignment | { readonly diagnostic: Diagnostic } {
  const [, name, sign, raw = ""] = /^([A-Za-z_]\w*)(\s*=\s*)?([^]*)$/.exec(text) ?? [];
  if (name === undefined || sign === undefined) {
    return { diagnostic: malformed("expected an assignment", firstLine(span), "write Name = number;") };
  }
  const valueStart = span.start + name.length + sign.length;
  const valueSpan = firstLine({ ...span, start: valueStart, end: valueStart + raw.length });
  const digits = /^(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]{0,3}$/.exec(raw)?.[1];
  if (digits === undefined && !ended) {
    return { diagnostic: malformed("the assignment has no end", valueSpan, "end it with ;") };
  }
  if (digits === undefined) {
    return { diagnostic: malformed("expected a number", valueSpan, "decimal, or hexadecimal with 0x") };
  }
  if (!ended) return { diagnostic: malformed("the assignment has no end", valueSpan, "end it with ;") };
  const value = integerOf(digits);
  if (value === undefined || value > U64_MAX)
    return { diagnostic: malformed("the number has more than 64 bits", valueSpan) };
  return { name, nameSpan: { ...span, end: span.start + name.length }, value };
}

/**
 * A forgotten semicolon joins several lines into one statement, and a reader should look at the first of
 * them.
 */
function firstLine(span: Span): Span {
  const end = span.source.text.slice(span.start, span.end).search(/[\r\n]/);
  return end < 0 ? span : { ...span, end: span.start + end };
}

function malformed(message: string, span: Span, hint?: string): Diagnostic {
  const found: Diagnostic = { code: "malformed-dbgconf", severity: "error", message, span, malformed: true };
  return hint === undefined ? found : { ...found, hint };
}

function unknownName(name: string, span: Span, names: ReadonlySet<string>): Diagnostic {
  const guess = nearest(name, names);
  return {
    code: "unknown-debug-variable",
    severity: "warning",
    message: `the pack declares no debug variable ${name}; the line has no effect`,
    span,
    ...(guess === undefined ? {} : { hint: `did you mean ${guess}?` }),
  };
}

function setTwice(name: string, span: Span, first: Span): Diagnostic {
  return {
    code: "set-twice",
    severity: "warning",
    message: `${name} is set a second time; this value counts`,
    span,
    related: [{ span: first, message: "first set here" }],
  };
}
