/** Puts comments back in their places. Knows positions only. */
import type { IToken } from "chevrotain";
import { spanIn, type Excerpt, type Span } from "../../lib/source.ts";
import type { Comment, Control, Item } from "../tree.ts";

export function toComments(excerpt: Excerpt, tokens: readonly IToken[]): Comment[] {
  return tokens.map((token) => {
    const { image, startOffset } = token;
    const style = image.startsWith("//") ? "line" : "block";
    const text = style === "line" ? image.slice(2) : image.slice(2, image.endsWith("*/") ? -2 : undefined);
    return {
      kind: "comment",
      style,
      text: style === "line" ? text.trimEnd() : text,
      span: spanIn(excerpt, startOffset, startOffset + image.length),
      trailing: standsBehindSomething(excerpt.text, startOffset),
    };
  });
}

function standsBehindSomething(text: string, offset: number): boolean {
  for (let at = offset - 1; at >= 0; at--) {
    const letter = text.charCodeAt(at);
    if (letter === 10 || letter === 13) return false;
    if (letter !== 32 && letter !== 9) return true;
  }
  return false;
}

/** Merges both lists in order of their places; a comment inside an item follows it. */
export function weave<T extends { readonly span: Span }>(
  things: readonly T[],
  comments: readonly Comment[],
): (T | Comment)[] {
  if (comments.length === 0) return [...things];
  const woven: (T | Comment)[] = [];
  let next = 0;
  for (const thing of things) {
    for (let comment = comments[next]; comment !== undefined; comment = comments[next]) {
      if (comment.span.start >= thing.span.start) break;
      woven.push(comment);
      next++;
    }
    woven.push(thing);
  }
  return [...woven, ...comments.slice(next)];
}

/** Holds the comments of one file; each is taken once, by the innermost item that it stands in. */
export class CommentStore {
  #all: readonly Comment[] = [];
  #taken = new Set<Comment>();

  fill(comments: readonly Comment[]): void {
    this.#all = comments;
    this.#taken = new Set();
  }

  /** Takes the comments that begin in a range of offsets and fulfil the condition, in order. */
  take(start: number, end: number, wanted: (comment: Comment) => boolean = () => true): Comment[] {
    const found: Comment[] = [];
    for (let at = this.#firstFrom(start); at < this.#all.length; at++) {
      const comment = this.#all[at];
      if (comment === undefined || comment.span.start >= end) break;
      if (this.#taken.has(comment) || !wanted(comment)) continue;
      this.#taken.add(comment);
      found.push(comment);
    }
    return found;
  }

  /**
   * Takes single-line comments that follow an offset on its own line, with nothing but other comments
   * between.
   */
  takeBehind(offset: number): Comment[] {
    const found: Comment[] = [];
    let end = offset;
    for (let at = this.#firstFrom(offset); at < this.#all.length; at++) {
      const comment = this.#all[at];
      if (comment === undefined) break;
      const { source, start } = comment.span;
      if (!/^[ \t]*$/.test(source.text.slice(end, start)) || /[\r\n]/.test(comment.text)) break;
      end = comment.span.end;
      if (this.#taken.has(comment)) continue;
      this.#taken.add(comment);
      found.push(comment);
    }
    return found;
  }

  #firstFrom(offset: number): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#all[middle]?.span.start ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** If `//` means an XML comment (heads, file level), both spellings are one comment in the tree. */
export function asXmlComment(comment: Comment): Comment {
  return comment.style === "block"
    ? comment
    : { ...comment, style: "block", text: ` ${comment.text.trim()} ` };
}

/**
 * Gives items of a PDSC the comments of .seq: a comment of one line after the head or the end of a control is
 * the control's own. `trailing` means that something stands before the comment on its line.
 */
export function adoptComments(items: readonly Item[]): readonly Item[] {
  const adopted: Item[] = [];
  let behind: Comment[] = [];
  const join = (): void => {
    const before = adopted.at(-1);
    if (behind.length > 0 && before?.kind === "control")
      adopted[adopted.length - 1] = { ...before, comments: [...before.comments, ...behind] };
    behind = [];
  };
  for (const item of items) {
    if (item.kind === "comment" && isShort(item) && adopted.at(-1)?.kind === "control") {
      behind.push(item);
      continue;
    }
    join();
    adopted.push(item.kind === "control" ? adoptHead(item) : item);
  }
  join();
  return adopted;
}

function adoptHead(control: Control): Control {
  const first = control.items.findIndex((item) => item.kind !== "comment" || !isShort(item));
  const count = first < 0 ? control.items.length : first;
  if (count === 0) return control;
  const own = control.items.slice(0, count).filter((item) => item.kind === "comment");
  return { ...control, comments: [...control.comments, ...own], items: control.items.slice(count) };
}

function isShort({ trailing, text }: Comment): boolean {
  return trailing && !/[\r\n]/.test(text);
}
