/**
 * Parses a text to a tree: the content of a block, a single expression, a whole .seq file. It always answers:
 * a text that cannot be read gives a diagnostic with its place, and everything around it is still there.
 * Knows no XML and opens no file.
 */
import { spanIn, whole, type Excerpt, type Source } from "../../lib/source.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { toComments, weave } from "./comments.ts";
import { tokenize, type Tokens } from "./lexer.ts";
import { exceededLength, exceededLimit, MAX_FINDINGS } from "./limits.ts";
import { ScriptParser } from "./script-parser.ts";
import { readStraightBlock, readStraightExpression } from "./straight-reader.ts";
import type { Comment, Expression, Script, Statement } from "../tree.ts";

let shared: ScriptParser | undefined;

function parserFor(excerpt: Excerpt, read: Tokens): ScriptParser {
  shared ??= new ScriptParser(true);
  shared.start(excerpt, read.tokens);
  return shared;
}

/**
 * Parses the statements and comments of a PDSC `<block>` or of debugvars. XML comments inside come as `/* ...
 * *\/`.
 */
export function parseBlock(excerpt: Excerpt): {
  readonly entries: readonly (Statement | Comment)[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const tooLong = exceededLength(excerpt);
  if (tooLong !== undefined) return { entries: [], diagnostics: [tooLong] };
  const read = tokenize(excerpt.text);
  const comments = toComments(excerpt, read.comments);
  const limit = exceededLimit(excerpt, read.tokens);
  if (limit !== undefined) return { entries: comments, diagnostics: [limit] };
  const straight = readStraightBlock(excerpt, read.tokens);
  if (straight !== undefined)
    return { entries: weave(straight, comments), diagnostics: findings([], excerpt, read) };
  const parser = parserFor(excerpt, read);
  const statements = parser.blockText();
  return { entries: weave(statements, comments), diagnostics: findings(parser.findings, excerpt, read) };
}

/**
 * Parses an `if` or `while` attribute, or the argument of `eval`. `expression` is absent if it could not be
 * read.
 */
export function parseExpression(excerpt: Excerpt): {
  readonly expression?: Expression;
  readonly diagnostics: readonly Diagnostic[];
} {
  const tooLong = exceededLength(excerpt);
  if (tooLong !== undefined) return { diagnostics: [tooLong] };
  const read = tokenize(excerpt.text);
  const limit = exceededLimit(excerpt, read.tokens);
  if (limit !== undefined) return { diagnostics: [limit] };
  const straight = readStraightExpression(excerpt, read.tokens);
  if (straight !== undefined) return { expression: straight, diagnostics: findings([], excerpt, read) };
  const parser = parserFor(excerpt, read);
  const expression = parser.wholeExpression();
  const diagnostics = findings(parser.findings, excerpt, read);
  return expression === undefined ? { diagnostics } : { expression, diagnostics };
}

/** Parses a .seq file. Bare statements are one sequence with an empty name. */
export function parseScript(source: Source): {
  readonly script: Script;
  readonly diagnostics: readonly Diagnostic[];
} {
  const excerpt = whole(source);
  const span = spanIn(excerpt, 0, source.text.length);
  const tooLong = exceededLength(excerpt);
  if (tooLong !== undefined) return { script: { kind: "script", items: [], span }, diagnostics: [tooLong] };
  const read = tokenize(source.text);
  const limit = exceededLimit(excerpt, read.tokens);
  if (limit !== undefined) return { script: { kind: "script", items: [], span }, diagnostics: [limit] };
  const parser = parserFor(excerpt, read);
  parser.comments.fill(toComments(excerpt, read.comments));
  const items = parser.script();
  return { script: { kind: "script", items, span }, diagnostics: findings(parser.findings, excerpt, read) };
}

/** Joins the findings of the parser and those of the lexer, in order. */
function findings(parsed: readonly Diagnostic[], excerpt: Excerpt, read: Tokens): Diagnostic[] {
  if (parsed.length === 0 && read.stray.length === 0 && read.comments.length === 0) return [];
  const found = [...parsed];
  for (const { start, end } of read.stray) {
    const text = excerpt.text.slice(start, Math.min(end, start + 20));
    found.push({
      code: "stray-character",
      severity: "error",
      message: `'${text}' has no meaning here`,
      span: spanIn(excerpt, start, end),
      ...strayHint(text),
      malformed: true,
    });
  }
  for (const { image, startOffset } of read.comments) {
    if (!image.startsWith("/*") || (image.length >= 4 && image.endsWith("*/"))) continue;
    found.push({
      code: "unterminated-comment",
      severity: "error",
      message: "the comment has no end",
      span: spanIn(excerpt, startOffset, startOffset + 2),
      hint: "end it with */",
      malformed: true,
    });
  }
  return limited(withoutEchoes(found).sort((a, b) => a.span.start - b.span.start));
}

/** If a text is not a sequence at all, the first findings say so. */
function limited(found: Diagnostic[]): Diagnostic[] {
  const more = found.splice(MAX_FINDINGS);
  const [first] = more;
  if (first === undefined) return found;
  const worst = more.find(({ severity }) => severity === "error") ?? first;
  const { severity, span, malformed } = worst;
  const message = `${more.length} more findings follow, which are not shown`;
  found.push({ code: "too-complex", severity, message, span, ...(malformed === true ? { malformed } : {}) });
  return found;
}

/**
 * Removes repeated mistakes: a finding of the parser on the line of a stray character or an open string is
 * the same mistake again.
 */
function withoutEchoes(found: readonly Diagnostic[]): Diagnostic[] {
  const lineOf = ({ span }: Diagnostic): number => span.source.position(span.start).line;
  const lines = new Set(
    found.filter(({ code }) => code === "stray-character" || code === "unterminated-string").map(lineOf),
  );
  if (lines.size === 0) return [...found];
  return found.filter((finding) => finding.code !== "syntax" || !lines.has(lineOf(finding)));
}

function strayHint(text: string): { hint?: string } {
  if (text.startsWith("#"))
    return { hint: "there is no preprocessor; use __var for constants, // for comments" };
  if (text.startsWith("'")) return { hint: "there are no character constants; write the number" };
  if (/^[“”„]/.test(text)) return { hint: 'write " around strings' };
  return {};
}
