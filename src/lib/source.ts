/** Texts and places in them. Knows offsets, lines and columns; knows no language and no file system. */

/** One input file, or one text given on the command line. `path` is what a message shows. */
export class Source {
  readonly path: string;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** 1-based line and column (in UTF-16 units) of an offset. */
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

  /** The text of a 1-based line, without its line ending. */
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

/** A half-open range of offsets of one source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** `path:line:column` of the start of a span, as every message shows it. */
export function where(span: Span): string {
  const { line, column } = span.source.position(span.start);
  return `${span.source.path}:${line}:${column}`;
}

export function join(first: Span, last: Span): Span {
  return { source: first.source, start: first.start, end: last.end };
}

/**
 * A text that was cut out of a source and decoded, for example the content of an XML element with its entities
 * resolved. `offsets[i]` is the offset in the source of character i of `text`; one entry more marks its end.
 */
export interface Excerpt {
  readonly source: Source;
  readonly text: string;
  /** Undefined where the text stands in the source as it is, from `start` on. */
  readonly offsets?: Uint32Array;
  readonly start: number;
}

export function spanIn(excerpt: Excerpt, start: number, end: number): Span {
  const at = (index: number): number =>
    excerpt.offsets === undefined ? excerpt.start + index : (excerpt.offsets[index] ?? excerpt.start);
  // The end of a range is the end of its last character, which is not where the next one begins when an entity or an
  // XML comment stands between them.
  const last = end > start ? at(end - 1) + 1 : at(start);
  return {
    source: excerpt.source,
    start: at(start),
    end: Math.max(last, excerpt.offsets ? Math.min(at(end), last + 8) : at(end)),
  };
}

export function whole(source: Source): Excerpt {
  return { source, text: source.text, start: 0 };
}
