/**
 * Makes items of what stands in a pair of braces: statements in a row become blocks, and comments find their
 * place.
 */
import { join } from "../../lib/source.ts";
import { weave } from "./comments.ts";
import type { Block, Comment, Control, Item, Statement } from "../tree.ts";
import { append } from "../../lib/lists.ts";

export type Part = Statement | Block | Control;

/**
 * A `//` comment belongs to the run that it touches, and alone it is a block of its own. A block comment is an XML
 * comment: inside a run it stays there, at the edge of one it stands between the items.
 */
export function arrange(parts: readonly Part[], comments: readonly Comment[]): Item[] {
  const items: Item[] = [];
  let run: (Statement | Comment)[] = [];
  let pending: Comment[] = [];
  const flush = (): void => {
    const first = run[0];
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      items.push({
        kind: "block",
        atomic: false,
        entries: run,
        attributes: [],
        span: join(first.span, last.span),
      });
    }
    append(items, pending);
    run = [];
    pending = [];
  };
  const extend = (entry: Statement | Comment): void => {
    if (run.length > 0) append(run, pending);
    else append(items, pending);
    pending = [];
    run.push(entry);
  };
  for (const thing of weave(parts, comments)) {
    switch (thing.kind) {
      case "declaration":
      case "expression":
        extend(thing);
        break;
      case "comment":
        if (thing.style === "line" || (thing.trailing && run.length > 0 && pending.length === 0))
          extend(thing);
        else pending.push(thing);
        break;
      case "block":
      case "control":
        flush();
        items.push(thing);
        break;
    }
  }
  flush();
  return items;
}
