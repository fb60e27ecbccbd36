/** Texts and places in them. Knows offsets, lines and columns; knows no language and no file system. */

/** A source is an input file, or a text given on the command line. `path` is what a message shows. */
export class Source {
  readonly path: string;
  readonly text: string;
  /**
   * True if its lines may be shown. A file that the user did not name, and that another file led to, may hold
   * a secret.
   */
  readonly isQuotable: boolean;
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, text: string, { isQuotable = true }: { readonly isQuotable?: boolean } = {}) {
    this.path = path;
    this.text = text;
    this.isQuotable = isQuotable;
  }

  /** Returns the 1-based line and column (in UTF-16 units) of an offset. */
  position(offset: number): Position {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** Returns the text of a 1-based line, without its line ending. */
  line(number: number): string {
    const starts = this.#starts();
    const start = starts[number - 1];
    if (start === undefined) return "";
    return this.text.slice(start, starts[number] ?? this.text.length).replace(/\r?\n$|\r$/, "");
  }

  get lineCount(): number {
    return this.#starts().length;
  }

  #starts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      for (const found of this.text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A span is a half-open range of offsets of one source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Returns `path:line:column` of the start of a span, as every message shows it. */
export function where(span: Span): string {
  const { line, column } = span.source.position(span.start);
  return `${span.source.path}:${line}:${column}`;
}

export function join(first: Span, last: Span): Span {
  return { source: first.source, start: first.start, end: last.end };
}

/**
 * A text that was cut out of a source and decoded, for example the content of an XML element with its
 * entities resolved. Character i of `text` comes from `map.starts[i]` up to `map.ends[i]` of the source.
 */
export interface Excerpt {
  readonly source: Source;
  readonly text: string;
  /** The offset in the source at which the text begins. */
  readonly start: number;
  /** The map is absent if the text stands in the source letter for letter, from `start` on. */
  readonly map?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

/** Returns the place in the source of a range of an excerpt's text. */
export function spanIn(excerpt: Excerpt, start: number, end: number): Span {
  const { source, map } = excerpt;
  if (map === undefined) return { source, start: excerpt.start + start, end: excerpt.start + end };
  const first = map.starts[start] ?? map.ends[start - 1] ?? excerpt.start;
  return { source, start: first, end: end > start ? (map.ends[end - 1] ?? first) : first };
}

export function whole(source: Source): Excerpt {
  return { source, text: source.text, start: 0 };
}
