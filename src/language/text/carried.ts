/**
 * Finds what one spelling of sequences has and the other cannot express. Knows the rules of XML for
 * characters, attributes and comments, and that of .seq for comments; converts nothing.
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Attribute, Comment, Item, Script, Sequence } from "../tree.ts";

/** Characters that no XML 1.0 file can hold, not even as an entity (XML 1.0, 2.2). */
const NO_CHARACTER =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Returns the reasons why the items of a file cannot be converted, each with its place. */
export function uncarried({ items, span }: Pick<Script, "items" | "span">): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const text = span.source.text.slice(span.start, span.end);
  for (const { index } of text.matchAll(NO_CHARACTER)) {
    found.push({
      code: "not-convertible",
      severity: "error",
      message: `XML cannot hold the character U+${text.charCodeAt(index).toString(16).toUpperCase().padStart(4, "0")}`,
      span: { ...span, start: span.start + index, end: span.start + index + 1 },
      hint: "take it out",
      malformed: true,
    });
  }
  for (const comment of xmlComments(items)) {
    if (!comment.text.includes("--") && !comment.text.endsWith("-")) continue;
    found.push({
      code: "not-convertible",
      severity: "error",
      message: "an XML comment cannot hold '--' nor end with '-'",
      span: comment.span,
      hint: "write something else, or // inside of a block",
      malformed: true,
    });
  }
  for (const { name } of twice(items)) {
    found.push({
      code: "not-convertible",
      severity: "error",
      message: `an XML element cannot have the attribute '${name.text}' twice`,
      span: name.span,
      hint: "take one of them out; what the language has a word for is written as that word",
      malformed: true,
    });
  }
  for (const item of items) {
    if (item.kind !== "sequence" || item.name.text !== "") continue;
    found.push({
      code: "not-convertible",
      severity: "error",
      message: "a pack has no place for statements outside of a sequence",
      span: item.span,
      hint: "put them into a sequence with a name",
      malformed: true,
    });
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** Yields comments that become XML comments; `//` among the statements of a block stays text. */
function* xmlComments(items: readonly (Script["items"][number] | Item)[]): Generator<Comment> {
  for (const item of items) {
    switch (item.kind) {
      case "comment":
        yield item;
        break;
      case "block":
      case "debugvars":
        for (const entry of item.entries)
          if (entry.kind === "comment" && entry.style === "block") yield entry;
        break;
      case "control":
        yield* item.comments;
        yield* xmlComments(item.items);
        break;
      case "sequence":
      case "scope":
        yield* xmlComments(item.items);
        break;
      case "import":
      case "traceSetup":
        break;
      default:
        assertNever(item);
    }
  }
}

/** Yields attributes that an element has already, by another `@` or by a word of the language. */
function* twice(items: readonly (Script["items"][number] | Item)[]): Generator<Attribute> {
  for (const item of items) {
    if ("attributes" in item) {
      const seen = new Set<string>(WORDS[item.kind]);
      for (const attribute of item.attributes) {
        if (seen.has(attribute.name.text)) yield attribute;
        seen.add(attribute.name.text);
      }
    }
    if (item.kind === "scope" || item.kind === "sequence" || item.kind === "control")
      yield* twice(item.items);
  }
}

/** These are attributes of the schema that an element may have from words. */
const WORDS = {
  sequence: ["name", "Pname", "disable", "info"],
  block: ["atomic", "info"],
  control: ["if", "while", "timeout", "info"],
  debugvars: ["configfile", "version"],
} as const;

/** Returns the same reasons for one sequence. */
export function uncarriedIn(sequence: Sequence): readonly Diagnostic[] {
  return uncarried({ items: [sequence], span: sequence.span });
}

/** Returns why a sequence of a PDSC cannot be converted: an XML comment that would end early in .seq. */
export function unsaidIn({ span }: Sequence): readonly Diagnostic[] {
  const { source, start, end } = span;
  const comments = [...source.text.slice(start, end).matchAll(/<!--.*?-->/gs)];
  return comments.flatMap(({ 0: text, index }): readonly Diagnostic[] => {
    const at = text.indexOf("*/");
    if (at < 0) return [];
    const begin = start + index + at;
    return [
      {
        code: "not-convertible",
        severity: "error",
        message: "a comment of .seq cannot hold '*/'",
        span: { source, start: begin, end: begin + 2 },
        hint: "write something else in the pack's comment",
        malformed: true,
      },
    ];
  });
}
