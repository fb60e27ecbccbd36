/**
 * Reads and writes one JSON value a line, as pyOCD's remote probe protocol does, with integers of any width.
 * Knows no request.
 */

export type Json =
  null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };

/** pyOCD sends line sequences as integers of up to 256 bits, which JSON.parse would round. */
const WIDE_INTEGERS = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])\d{16,}(?![\w.])/g;
/** No text that people write begins with this. */
const WIDE = "\u0000integer ";
/** This much of a line is enough to tell what it is. */
const LONGEST_START = 16;
/** This is far beyond 256 bits; reading an integer takes more than linear time. */
const MOST_DIGITS = 100;
/** A list of words for 64 KiB takes 190 kB to 790 kB; no client asks for more at once. */
const LONGEST_LINE = 4 << 20;

/** Throws SyntaxError if the line is not JSON. */
export function parseLine(line: string): unknown {
  const safe = line.replace(WIDE_INTEGERS, (found) => {
    if (found.startsWith('"')) return found;
    if (found.length > MOST_DIGITS) throw new SyntaxError(`an integer of ${found.length} digits`);
    return JSON.stringify(WIDE + found);
  });
  return JSON.parse(safe, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(WIDE) ? BigInt(value.slice(WIDE.length)) : value,
  );
}

export function formatLine(value: Json): string {
  return `${format(value)}\n`;
}

function format(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(format).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${format(member)}`);
  return `{${members.join(",")}}`;
}

/** Finds the lines in a stream, however the stream was cut. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  readonly #bad: (reason: string) => Error;
  readonly #longest: number;
  readonly #begins: string;
  #rest = "";

  /**
   * `bad` makes the error for a line that is too long, or that does not begin with `begins`. The latter is
   * seen before the line ends.
   */
  constructor(
    bad: (reason: string) => Error,
    { longest = LONGEST_LINE, begins = "" }: { readonly longest?: number; readonly begins?: string } = {},
  ) {
    this.#bad = bad;
    this.#longest = longest;
    this.#begins = begins;
  }

  push(chunk: Uint8Array): readonly string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    for (const line of lines) {
      if (line.length > this.#longest) throw this.#bad(`a line is longer than ${this.#longest} characters`);
      const start = line.slice(0, LONGEST_START).trimStart();
      if (start !== "" && !start.startsWith(this.#begins))
        throw this.#bad(`a line begins with ${JSON.stringify(start)}, not with ${this.#begins}`);
    }
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
