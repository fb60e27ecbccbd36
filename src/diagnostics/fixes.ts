/**
 * Applies fixes of findings as edits of a text, and shows the changes as a unified diff. Pure; the caller
 * handles files.
 */
import type { Diagnostic, Fix } from "./diagnostic.ts";

/** Returns the text with every fix in it that no other one overlaps, and their number; the first of two wins. */
export function withFixes(
  text: string,
  findings: readonly Diagnostic[],
): { readonly text: string; readonly fixed: number } {
  const fixes = findings.flatMap(({ fix }) => fix ?? []).toSorted((a, b) => a.span.start - b.span.start);
  let made = "";
  let at = 0;
  let fixed = 0;
  let last: Fix | undefined;
  for (const fix of fixes) {
    const { start, end } = fix.span;
    if (start < at || (last?.span.start === start && last.span.end === end)) continue;
    made += text.slice(at, start) + fix.text;
    at = end;
    fixed += 1;
    last = fix;
  }
  return { text: made + text.slice(at), fixed };
}

const AROUND = 3;

/** Writes the difference as `diff -u` does. The edits of a fix never join or split lines. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const old = linesOf(before);
  const made = linesOf(after);
  const changed = old.flatMap((line, at) => (line === made[at] ? [] : [at]));
  const hunks: { first: number; last: number }[] = [];
  for (const at of changed) {
    const open = hunks.at(-1);
    if (open !== undefined && at <= open.last + 2 * AROUND) open.last = at;
    else hunks.push({ first: at, last: at });
  }
  const text = hunks.map(({ first, last }) => {
    const start = Math.max(0, first - AROUND);
    const end = Math.min(old.length, last + AROUND + 1);
    const lines = old.slice(start, end).flatMap((line, offset) => {
      const new_ = made[start + offset] ?? "";
      return line === new_ ? [` ${line}`] : [`-${line}`, `+${new_}`];
    });
    return `@@ -${start + 1},${end - start} +${start + 1},${end - start} @@\n${lines.join("")}`;
  });
  return hunks.length === 0 ? "" : `--- ${path}\n+++ ${path}\n${text.join("")}`;
}

/** Returns each line with its break; the last one may have none, which diff says on a line of its own. */
function linesOf(text: string): readonly string[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) =>
    line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`,
  );
}
