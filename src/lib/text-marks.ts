/**
 * Tells the encoding of a text file from its bytes: byte order marks, and the zeros of UTF-16. Knows no
 * format.
 */

export interface UnicodeMark {
  readonly encoding: "UTF-8" | "UTF-16LE" | "UTF-16BE";
  /** The bytes of the mark; 0 if UTF-16 is told by its zeros alone. */
  readonly length: number;
}

const MARKS = [
  { encoding: "UTF-8", start: [0xef, 0xbb, 0xbf] },
  { encoding: "UTF-16LE", start: [0xff, 0xfe] },
  { encoding: "UTF-16BE", start: [0xfe, 0xff] },
] as const;

/** This many characters without a mark, each with a zero on the same side, are not an accident. */
const SURE_CHARACTERS = 4;

/** Returns undefined for text that has no mark and is not UTF-16. */
export function unicodeMark(bytes: Uint8Array): UnicodeMark | undefined {
  const mark = MARKS.find(({ start }) => start.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) return { encoding: mark.encoding, length: mark.start.length };
  if (bytes.length < 2 * SURE_CHARACTERS) return undefined;
  const zeros = [...bytes.subarray(0, 2 * SURE_CHARACTERS)].map((byte) => byte === 0);
  if (zeros.every((zero, at) => zero === (at % 2 === 1))) return { encoding: "UTF-16LE", length: 0 };
  if (zeros.every((zero, at) => zero === (at % 2 === 0))) return { encoding: "UTF-16BE", length: 0 };
  return undefined;
}

/** Returns the sentence for a format that has no UTF-16 texts. */
export function isUtf16(encoding: UnicodeMark["encoding"]): string {
  return `the text is encoded as ${encoding}, which is not read here; save it as UTF-8`;
}
