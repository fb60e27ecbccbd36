/** One JSON value a line, as pyOCD's remote probe protocol has it, with integers of any width. Knows no request. */

export type Json =
  null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };

/** pyOCD sends line sequences as integers of up to 256 bits, which JSON.parse would round. */
const WIDE_INTEGERS = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])\d{16,}(?![\w.])/g;
/** No text that people write begins so. */
const WIDE = "\u0000integer ";
/** 64 KiB as a list of words is 190 kB; nobody asks for more at once. */
const LONGEST_LINE = 4 << 20;

/** Throws SyntaxError where the line is no JSON. */
export function parseLine(line: string): unknown {
  const safe = line.replace(WIDE_INTEGERS, (found) =>
    found.startsWith('"') ? found : JSON.stringify(WIDE + found),
  );
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

/** Finds the lines in a stream, however it was cut. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  readonly #bad: (reason: string) => Error;
  #rest = "";

  /** `bad` makes the error for a line that does not end. */
  constructor(bad: (reason: string) => Error) {
    this.#bad = bad;
  }

  push(chunk: Uint8Array): readonly string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST_LINE) throw this.#bad(`a line is longer than ${LONGEST_LINE} characters`);
    return lines;
  }
}
