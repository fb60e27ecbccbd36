/** `dbgseq-ignore CODE: why` in a comment: the finding is known and meant. Knows where such a comment reaches. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isCode, severityOf } from "../../diagnostics/codes.ts";
import type { Comment, Item, Sequence, Statement } from "../tree.ts";
import { reporter } from "./report.ts";

interface Ignore {
  readonly code: string;
  /** Offsets of what it covers. */
  readonly start: number;
  readonly end: number;
}

const MARK = /^\s*dbgseq-ignore\s+(?<code>[a-z][a-z-]*)\s*(?<why>:\s*\S.*)?/s;

/** Takes out what is ignored; an ignore without a reason or with an unknown code is a finding itself. Errors stay. */
export function withoutIgnored(sequence: Sequence, findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const ignores: Ignore[] = [];
  const own: Diagnostic[] = [];
  collect(sequence.items, ignores, own);
  if (ignores.length === 0 && own.length === 0) return findings;
  const kept = findings.filter(
    ({ code, severity, span }) =>
      severity === "error" ||
      !ignores.some((one) => one.code === code && span.start >= one.start && span.start < one.end),
  );
  return [...kept, ...own].sort((a, b) => a.span.start - b.span.start);
}

/** A comment covers what follows it, or what it stands behind on the same line. */
function collect(items: readonly Item[], ignores: Ignore[], own: Diagnostic[]): void {
  cover(items, undefined, ignores, own);
  items.forEach((item, at) => {
    if (item.kind === "block") cover(item.entries, items[at + 1], ignores, own);
    if (item.kind === "control") {
      for (const comment of item.comments) read(comment, item.span, ignores, own);
      collect(item.items, ignores, own);
    }
  });
}

/** `next` is what follows the list, for comments at its end. */
function cover(
  list: readonly (Item | Statement)[],
  next: Item | undefined,
  ignores: Ignore[],
  own: Diagnostic[],
): void {
  list.forEach((thing, at) => {
    if (thing.kind !== "comment") return;
    const behind = thing.trailing ? list[at - 1] : undefined;
    const target = behind ?? list.slice(at + 1).find(({ kind }) => kind !== "comment") ?? next;
    if (target !== undefined) read(thing, target.span, ignores, own);
  });
}

function read(comment: Comment, target: Comment["span"], ignores: Ignore[], own: Diagnostic[]): void {
  const found = MARK.exec(comment.text)?.groups;
  const code = found?.["code"];
  if (found === undefined || code === undefined) return;
  const report = reporter(own);
  if (!isCode(code)) report("unknown-ignore", `there is no finding '${code}' to ignore`, comment.span);
  else if (severityOf(code) === "error") {
    report("unknown-ignore", `'${code}' is an error, which cannot be ignored`, comment.span, {
      hint: "mend it; warnings and notes can be ignored",
    });
  } else if (found["why"] === undefined) {
    report("unknown-ignore", "an ignore must say why", comment.span, {
      hint: `write dbgseq-ignore ${code}: the reason`,
    });
  } else ignores.push({ code, start: target.start, end: target.end });
}
