/**
 * Reads YAML with places: every value and key knows its span, and integers are exact. Knows nothing of what a
 * file means.
 */
import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from "js-yaml";
import { Failure } from "../fault.ts";
import { where, type Source, type Span } from "../source.ts";

/** Integers beyond 2^53 are bigint, all others number. */
export type YamlValue =
  null | boolean | number | bigint | string | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** A path has keys of mappings and indexes of sequences, from the top of the document. */
export type YamlPath = readonly (string | number)[];

export interface YamlFault {
  readonly kind: "malformed-yaml";
  readonly reason: string;
  readonly span: Span;
}

export interface YamlDocument {
  readonly source: Source;
  readonly value: YamlValue;
  /**
   * Returns the span of the value at a path or, if the path leads to nothing, of the deepest value on the
   * way.
   */
  spanOf(path: YamlPath): Span;
  /** Returns the span of the key that leads to a path, or of the value in a sequence. */
  keySpanOf(path: YamlPath): Span;
}

interface Node {
  readonly span: Span;
  readonly value: YamlValue;
  readonly children: ReadonlyMap<string | number, Node>;
  readonly keys: ReadonlyMap<string, Span>;
  readonly hasAlias: boolean;
  /** The number of values in it, itself included. Values count as often as aliases repeat them. */
  readonly size: number;
}

/** Reads one document; an empty file is null. Throws a `malformed-yaml` failure with its span. */
export function parseYaml(source: Source): YamlDocument {
  const root = new Builder(source, events(source)).document();
  return {
    source,
    value: root.value,
    spanOf: (path) => follow(root, path).span,
    keySpanOf: (path) => {
      const last = path.at(-1);
      const owner = follow(root, path.slice(0, -1));
      const key = typeof last === "string" ? owner.keys.get(last) : undefined;
      return key ?? follow(root, path).span;
    },
  };
}

function follow(root: Node, path: YamlPath): Node {
  let node = root;
  for (const step of path) {
    const next = node.children.get(step);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/**
 * The most values of one document. Aliases count as what they stand for, because a caller meets each of the
 * values.
 */
const MOST_VALUES = 200_000;
/** No value here is a longer integer, and making one takes more than linear time. */
const MOST_DIGITS = 100;

/** Recipes and models have a few KB, what the CMSIS-Toolbox writes a few hundred. */
const MAX_LETTERS = 1 << 22;

function events(source: Source): readonly Event[] {
  if (source.text.length > MAX_LETTERS)
    throw malformed(
      { source, start: MAX_LETTERS, end: MAX_LETTERS + 1 },
      `more than ${MAX_LETTERS} letters of text`,
    );
  try {
    return parseEvents(source.text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    throw malformed({ source, start: at, end: Math.min(at + 1, source.text.length) }, error.reason);
  }
}

function malformed(span: Span, reason: string): Failure<YamlFault> {
  return new Failure({ kind: "malformed-yaml", reason, span }, `${where(span)}: ${reason}`);
}

class Builder {
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Node>();
  #at = 0;
  #lastEnd = 0;
  #values = 0;

  constructor(source: Source, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  document(): Node {
    if (this.#next() === undefined) return this.#scalar(null, this.#span(0, 0));
    const root = this.#node();
    this.#next();
    if (this.#next() !== undefined) {
      const { span } = this.#node();
      throw malformed(span, "a second document begins here, only one is expected");
    }
    return root;
  }

  #next(): Event | undefined {
    return this.#events[this.#at++];
  }

  #span(start: number, end: number): Span {
    this.#lastEnd = Math.max(this.#lastEnd, end);
    return { source: this.#source, start, end };
  }

  /** Throws if one document would have too many values. */
  #counted(values: number): number {
    this.#values += values;
    if (this.#values > MOST_VALUES)
      throw malformed(
        this.#span(this.#lastEnd, this.#lastEnd),
        `more than ${MOST_VALUES} values, those that aliases repeat among them`,
      );
    return values;
  }

  #scalar(value: YamlValue, span: Span): Node {
    return { span, value, children: new Map(), keys: new Map(), hasAlias: false, size: this.#counted(1) };
  }

  #node(): Node {
    const event = this.#next();
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return this.#scalar(null, this.#span(this.#lastEnd, this.#lastEnd));
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd);
    const node =
      event.type === EVENT_ID.SCALAR
        ? this.#fromScalar(event)
        : event.type === EVENT_ID.SEQUENCE
          ? this.#fromSequence(event.start)
          : this.#fromMapping(event.start);
    if (event.type !== EVENT_ID.SCALAR && event.tagStart >= 0) throw this.#unknownTag(event);
    if (event.anchorStart >= 0) {
      if (node.hasAlias)
        throw malformed(node.span, "an anchored value that itself holds an alias is refused");
      this.#anchors.set(this.#source.text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  #alias(start: number, end: number): Node {
    const name = this.#source.text.slice(start, end);
    const target = this.#anchors.get(name);
    const span = this.#span(start - 1, end);
    if (target === undefined) throw malformed(span, `the alias *${name} has no anchor before it`);
    this.#counted(target.size);
    return { ...target, span, hasAlias: true };
  }

  #fromScalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): Node {
    const tag = event.tagStart < 0 ? undefined : this.#source.text.slice(event.tagStart, event.tagEnd);
    if (tag !== undefined && tag !== "!!str" && tag !== "!") throw this.#unknownTag(event);
    if (event.valueStart < 0)
      return this.#scalar(tag === undefined ? null : "", this.#span(this.#lastEnd, this.#lastEnd));
    const text = getScalarValue(this.#source.text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN && tag === undefined;
    const quotes =
      event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED ? 1 : 0;
    const span = this.#span(event.valueStart - quotes, event.valueEnd + quotes);
    return this.#scalar(plain ? resolvePlain(text) : text, span);
  }

  #unknownTag(event: { readonly tagStart: number; readonly tagEnd: number }): Failure<YamlFault> {
    const tag = this.#source.text.slice(event.tagStart, event.tagEnd);
    return malformed(this.#span(event.tagStart, event.tagEnd), `the tag ${tag} is not supported`);
  }

  #fromSequence(start: number): Node {
    const children = new Map<number, Node>();
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) children.set(children.size, this.#node());
    this.#at += 1;
    const nodes = [...children.values()];
    return {
      span: this.#span(start, Math.max(start + 1, nodes.at(-1)?.span.end ?? 0)),
      value: nodes.map(({ value }) => value),
      children,
      keys: new Map(),
      hasAlias: nodes.some(({ hasAlias }) => hasAlias),
      size: this.#counted(1) + sizeOf(nodes),
    };
  }

  #fromMapping(start: number): Node {
    const children = new Map<string, Node>();
    const keys = new Map<string, Span>();
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) {
      const key = this.#key();
      if (keys.has(key.name)) throw malformed(key.span, `the key "${key.name}" is there twice`);
      keys.set(key.name, key.span);
      children.set(key.name, this.#node());
    }
    this.#at += 1;
    const nodes = [...children.values()];
    return {
      span: this.#span(start, Math.max(start + 1, nodes.at(-1)?.span.end ?? 0)),
      value: Object.fromEntries([...children].map(([name, { value }]) => [name, value])),
      children,
      keys,
      hasAlias: nodes.some(({ hasAlias }) => hasAlias),
      size: this.#counted(1) + sizeOf(nodes),
    };
  }

  /** Reads a key as it is spelt: `0x10:` is the key "0x10". */
  #key(): { readonly name: string; readonly span: Span } {
    const event = this.#events[this.#at];
    const { span } = this.#node();
    if (event?.type !== EVENT_ID.SCALAR) throw malformed(span, "a key must be a plain word or a string");
    const name = event.valueStart < 0 ? "" : getScalarValue(this.#source.text, event);
    if (name === "<<") throw malformed(span, "merge keys (<<) are not supported");
    return { name, span };
  }
}

function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, { size }) => sum + size, 0);
}

const DECIMAL = /^[-+]?[0-9]+$/;
const PREFIXED = /^0(?:x[0-9a-fA-F]+|o[0-7]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Follows the core schema of YAML 1.2.2, 10.3.2, with exact integers. */
function resolvePlain(text: string): YamlValue {
  if (/^(?:null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (text.length > MOST_DIGITS) return text;
  if (DECIMAL.test(text)) {
    const magnitude = BigInt(text.replace(/^[-+]/, ""));
    return narrow(text.startsWith("-") ? -magnitude : magnitude);
  }
  if (PREFIXED.test(text)) return narrow(BigInt(text));
  if (FLOAT.test(text)) return Number(text);
  return text;
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
