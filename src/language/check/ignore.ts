/**
 * Reads `dbgseq-ignore CODE: why` in a comment: the finding is known and intended. Knows what such a comment
 * covers.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isCode, severityOf } from "../../diagnostics/codes.ts";
import type { Comment, Item, Sequence, Statement } from "../tree.ts";
import { reporter } from "./report.ts";

interface Ignore {
  readonly code: string;
  /** Offsets at which the covered text starts and ends. */
  readonly start: number;
  readonly end: number;
}

const MARK = /^\s*dbgseq-ignore\s+(?<code>[a-z][a-z-]*)\s*(?<why>:\s*\S.*)?/s;

/**
 * Removes ignored findings; an ignore without a reason or with an unknown code is a finding itself. Errors
 * stay.
 */
export function withoutIgnored(sequence: Sequence, findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const ignores: Ignore[] = [];
  const own: Diagnostic[] = [];
  collect(sequence.items, ignores, own);
  if (ignores.length === 0 && own.length === 0) return findings;
  const isIgnored = coverOf(ignores);
  const kept = findings.filter(
    ({ code, severity, span }) => severity === "error" || !isIgnored(code, span.start),
  );
  return [...kept, ...own].sort((a, b) => a.span.start - b.span.start);
}

/** Returns a function that tells if an offset is covered for a code; offsets must be asked in their order. */
function coverOf(ignores: readonly Ignore[]): (code: string, offset: number) => boolean {
  const byCode = new Map<string, { readonly list: Ignore[]; next: number; end: number }>();
  for (const one of ignores.toSorted((a, b) => a.start - b.start)) {
    const own = byCode.get(one.code) ?? { list: [], next: 0, end: 0 };
    own.list.push(one);
    byCode.set(one.code, own);
  }
  return (code, offset) => {
    const own = byCode.get(code);
    if (own === undefined) return false;
    for (let one = own.list[own.next]; one !== undefined && one.start <= offset; one = own.list[own.next]) {
      own.end = Math.max(own.end, one.end);
      own.next += 1;
    }
    return offset < own.end;
  };
}

/** A comment covers what follows it, or what it follows on the same line. */
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
  // The loop goes backwards, so that what follows a comment is known.
  let following: Item | Statement | undefined = next;
  for (let at = list.length - 1; at >= 0; at--) {
    const thing = list[at];
    if (thing?.kind === "comment") {
      const target = (thing.trailing ? list[at - 1] : undefined) ?? following;
      if (target !== undefined) read(thing, target.span, ignores, own);
    } else following = thing;
  }
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
