/** Reads XML with places: elements, attributes and texts know where they stand in the file. Knows no PDSC. */
import { SaxesParser } from "saxes";
import { Failure } from "../fault.ts";
import { groupedBy } from "../grouped.ts";
import { where, type Excerpt, type Source, type Span } from "../source.ts";
import { table } from "../table.ts";

export interface XmlAttribute {
  readonly name: string;
  readonly nameSpan: Span;
  /** The value has its entities resolved; it is mapped to its place between the quotes. */
  readonly value: Excerpt;
  readonly span: Span;
}

export type XmlNode = XmlElement | XmlText | XmlComment;

/** Character data stands here as in the file, with entities and CDATA markers. */
export interface XmlText {
  readonly kind: "text" | "cdata";
  readonly span: Span;
}

export interface XmlComment {
  readonly kind: "comment";
  /** The text as it stands between the markers. */
  readonly text: string;
  readonly span: Span;
}

export interface XmlFault {
  readonly kind: "malformed-xml";
  readonly reason: string;
  readonly span: Span;
}

export class XmlElement {
  readonly kind = "element";
  readonly name: string;
  readonly children: readonly XmlNode[];
  readonly source: Source;
  readonly #open: readonly [number, number];
  readonly #end: () => number;
  #attributes: readonly XmlAttribute[] | undefined;
  #elements: readonly XmlElement[] | undefined;
  #text: string | undefined;
  /** The map is made on first use: thousands of devices may ask a level for it. */
  #byName: ReadonlyMap<string, readonly XmlElement[]> | undefined;

  constructor(
    name: string,
    source: Source,
    open: readonly [number, number],
    children: readonly XmlNode[],
    end: () => number,
  ) {
    this.name = name;
    this.source = source;
    this.#open = open;
    this.children = children;
    this.#end = end;
  }

  /** The span runs from the `<` of the opening tag to the `>` of the closing one. */
  get span(): Span {
    return { source: this.source, start: this.#open[0], end: this.#end() };
  }

  get openSpan(): Span {
    return { source: this.source, start: this.#open[0], end: this.#open[1] };
  }

  /** Attributes are scanned on first use: most elements of a large file are never asked. */
  get attributes(): readonly XmlAttribute[] {
    this.#attributes ??= scanAttributes(this.source, this.#open);
    return this.#attributes;
  }

  attribute(name: string): XmlAttribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  value(name: string): string | undefined {
    return this.attribute(name)?.value.text;
  }

  /** Returns them in the order of the file. */
  elements(name?: string): readonly XmlElement[] {
    this.#elements ??= this.children.filter((child) => child.kind === "element");
    if (name === undefined) return this.#elements;
    this.#byName ??= groupedBy(this.#elements, (child) => child.name);
    return this.#byName.get(name) ?? [];
  }

  element(name: string): XmlElement | undefined {
    return this.elements(name)[0];
  }

  /** Returns the text of this element alone, without comments. */
  get text(): string {
    this.#text ??= this.excerpt(() => "").text;
    return this.#text;
  }

  /**
   * Returns the content as one mapped text. `comment` says what an XML comment becomes; it is given the text
   * that was added since its last call. Child elements are left out.
   */
  excerpt(comment: (node: XmlComment, added: string) => string): Excerpt {
    const builder = new ExcerptBuilder(this.source, this.#open[1]);
    for (const child of this.children) {
      if (child.kind === "text") builder.decoded(child.span.start, child.span.end);
      else if (child.kind === "cdata") builder.literal(child.span.start + 9, child.span.end - 3);
      else if (child.kind === "comment") builder.replaced(comment(child, builder.takeAdded()), child.span);
    }
    return builder.excerpt();
  }
}

/** The deepest nesting of elements; pack descriptions need 14. A caller that walks the tree may recurse. */
const MAX_DEPTH = 200;
/** The most tags of one file, since each takes memory. The largest pack that was looked at has 25,000. */
const MOST_TAGS = 400_000;

/** Returns the root element. Throws a `malformed-xml` failure at the first place that is not well-formed XML. */
export function parseXml(source: Source, mostTags = MOST_TAGS): XmlElement {
  const fail = (reason: string, at: number): never => {
    const start = Math.min(Math.max(at, 0), source.text.length);
    const span = { source, start, end: Math.min(start + 1, source.text.length) };
    throw new Failure<XmlFault>({ kind: "malformed-xml", reason, span }, `${where(span)}: ${reason}`);
  };
  if (source.text.trim() === "") fail("the file is empty", 0);
  const nul = source.text.indexOf("\0");
  if (nul >= 0) fail("this is a binary file, not XML", nul);

  interface Open {
    readonly element: XmlElement;
    readonly children: XmlNode[];
    end: number;
  }
  const stack: Open[] = [];
  let tags = 0;
  let root: XmlElement | undefined;
  let lastEnd = 0;
  const parser = new SaxesParser({ position: true });

  const textBefore = (start: number): void => {
    if (start > lastEnd)
      stack.at(-1)?.children.push({ kind: "text", span: { source, start: lastEnd, end: start } });
  };
  const markup = (end: number): number => {
    const start = source.text.indexOf("<", lastEnd);
    tags += 1;
    if (tags > mostTags) fail(`more than ${mostTags} tags and comments`, start);
    textBefore(start);
    lastEnd = end;
    return start;
  };

  // saxes reports the end of what it complains about; a reader should look at its beginning.
  const placeOf = (reason: string, at: number): number => {
    if (reason.includes("entity")) return source.text.lastIndexOf("&", at);
    if (reason.startsWith("text data outside"))
      return lastEnd + source.text.slice(lastEnd).search(/[^\s\uFEFF]/);
    return at;
  };
  parser.on("error", (error) => {
    const reason = reasonOf(error.message);
    const open = stack.at(-1)?.element;
    if (open !== undefined && reason.startsWith("unclosed tag")) {
      fail(`<${open.name}> is never closed`, open.openSpan.start);
    }
    fail(reason, placeOf(reason, parser.position - 1));
  });
  parser.on("doctype", () =>
    fail(
      "a document type declaration is refused, because it could define entities",
      source.text.indexOf("<!", lastEnd),
    ),
  );
  parser.on("processinginstruction", () => markup(parser.position));
  parser.on("xmldecl", () => markup(parser.position));
  // The text is taken from the file, because saxes turns CRLF into LF.
  parser.on("comment", () => {
    const end = source.text.indexOf(">", parser.position - 1) + 1;
    const start = markup(end);
    const text = source.text.slice(start + "<!--".length, end - "-->".length);
    stack.at(-1)?.children.push({ kind: "comment", text, span: { source, start, end } });
  });
  parser.on("cdata", () => {
    const end = parser.position;
    const start = markup(end);
    stack.at(-1)?.children.push({ kind: "cdata", span: { source, start, end } });
  });
  parser.on("opentag", ({ name }) => {
    const end = parser.position;
    const children: XmlNode[] = [];
    const open: Open = {
      element: new XmlElement(name, source, [markup(end), end], children, () => open.end),
      children,
      end,
    };
    stack.at(-1)?.children.push(open.element);
    root ??= open.element;
    stack.push(open);
    if (stack.length > MAX_DEPTH) fail(`more than ${MAX_DEPTH} elements inside one another`, open.end - 1);
  });
  parser.on("closetag", ({ isSelfClosing }) => {
    const start = isSelfClosing ? lastEnd : markup(parser.position);
    const closed = stack.pop();
    if (closed === undefined) return;
    closed.end = lastEnd;
    if (isSelfClosing) return;
    const [tag = ""] = /^<\/[^\s>]*/.exec(source.text.slice(start, lastEnd)) ?? [];
    if (tag === `</${closed.element.name}`) return;
    const { line } = source.position(closed.element.openSpan.start);
    fail(`${tag}> stands where <${closed.element.name}> of line ${line} must be closed first`, start);
  });
  parser.write(source.text).close();
  return root ?? fail("there is no element in this file", 0);
}

/**
 * saxes puts `line:column: ` before its messages. It is removed, because our messages show the place
 * themselves.
 */
function reasonOf(message: string): string {
  return message.replace(/^(?:[^:]*:)?\d+:\d+: /, "").replace(/\.$/, "");
}

function scanAttributes(source: Source, [start, end]: readonly [number, number]): readonly XmlAttribute[] {
  const found: XmlAttribute[] = [];
  // Only the tag is searched; a search that finds nothing would go on to the next tag that has attributes.
  const tag = source.text.slice(start, end);
  for (const match of tag.matchAll(/([^\s=<>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    const name = match[1] ?? "";
    const at = start + match.index;
    const stop = at + match[0].length;
    const valueStart = stop - 1 - (match[2] ?? match[3] ?? "").length;
    const builder = new ExcerptBuilder(source, valueStart);
    builder.attribute(valueStart, stop - 1);
    found.push({
      name,
      nameSpan: { source, start: at, end: at + name.length },
      value: builder.excerpt(),
      span: { source, start: at, end: stop },
    });
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = table({
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
});

/** A piece of decoded text: a run of the file's own letters, or their replacement. */
interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isRun: boolean;
}

/** Collects decoded text. If it differs from the raw text, it also collects the place of each character. */
class ExcerptBuilder {
  readonly #source: Source;
  readonly #start: number;
  readonly #pieces: Piece[] = [];
  #taken = 0;

  constructor(source: Source, start: number) {
    this.#source = source;
    this.#start = start;
  }

  literal(start: number, end: number): void {
    if (start < end)
      this.#pieces.push({ text: this.#source.text.slice(start, end), start, end, isRun: true });
  }

  decoded(start: number, end: number): void {
    let from = start;
    // Only the piece is searched; a search that finds nothing would go through the rest of the file.
    for (const { 0: entire, index } of this.#source.text.slice(start, end).matchAll(/&[^;]*;/g)) {
      const at = start + index;
      this.literal(from, at);
      from = at + entire.length;
      this.#pieces.push({ text: entity(entire.slice(1, -1)), start: at, end: from, isRun: false });
    }
    this.literal(from, end);
  }

  /** Adds it decoded; the line ends of any system become one character (XML 1.0, 2.11). */
  attribute(start: number, end: number): void {
    let from = start;
    for (const { 0: lineEnd, index } of this.#source.text.slice(start, end).matchAll(/\r\n?/g)) {
      const at = start + index;
      this.decoded(from, at);
      from = at + lineEnd.length;
      this.#pieces.push({ text: "\n", start: at, end: from, isRun: false });
    }
    this.decoded(from, end);
  }

  replaced(text: string, { start, end }: Span): void {
    this.#pieces.push({ text, start, end, isRun: false });
  }

  /** Returns what was added since the last call. */
  takeAdded(): string {
    const added = this.#pieces.slice(this.#taken);
    this.#taken = this.#pieces.length;
    return added.map(({ text }) => text).join("");
  }

  get text(): string {
    return this.#pieces.map(({ text }) => text).join("");
  }

  excerpt(): Excerpt {
    const { text } = this;
    const [first] = this.#pieces;
    const base = { source: this.#source, text, start: first?.start ?? this.#start };
    const asItStands = this.#pieces.every(
      ({ isRun, start }, at) => isRun && (at === 0 || start === this.#pieces[at - 1]?.end),
    );
    if (asItStands) return base;
    const starts = new Uint32Array(text.length);
    const ends = new Uint32Array(text.length);
    let at = 0;
    for (const piece of this.#pieces)
      for (let unit = 0; unit < piece.text.length; unit++, at++) {
        starts[at] = piece.isRun ? piece.start + unit : piece.start;
        ends[at] = piece.isRun ? piece.start + unit + 1 : piece.end;
      }
    return { ...base, map: { starts, ends } };
  }
}

function entity(name: string): string {
  if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
  if (name.startsWith("#")) return String.fromCodePoint(Number.parseInt(name.slice(1), 10));
  return ENTITIES[name] ?? "";
}
