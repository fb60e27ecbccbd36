/** Intel HEX (Intel, "Hexadecimal Object File Format Specification", revision A). Every record's length and sum are checked. */
import { FormatError, type Chunk } from "./chunk.ts";

const SEGMENT_BYTES = 0x1_0000;
const DATA = 0;
const END = 1;
const SEGMENT = 2;
const START_SEGMENT = 3;
const LINEAR = 4;
const START_LINEAR = 5;

/** Reads the records. Throws FormatError with the line. */
export function readIntelHex(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let upper = 0;
  let segmented = true;
  let ended = false;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed === "\u001a") continue;
    if (ended) throw new FormatError("there is more after the end record", line);
    const record = recordOf(trimmed, line);
    const { type, address, data } = record;
    if (type === DATA) {
      // The specification wraps to the segment's start, most tools go on past its end: what was meant cannot be
      // known.
      if (segmented && address + data.length > SEGMENT_BYTES)
        throw new FormatError("the record goes beyond the end of its 64 KiB segment", line);
      chunks.push({ address: upper + address, bytes: data, where: `:${line}` });
    } else if (type === END) ended = true;
    else if (type === SEGMENT || type === LINEAR) {
      segmented = type === SEGMENT;
      upper = word(data, line) * (segmented ? 16 : 0x1_0000);
    } else if (type !== START_SEGMENT && type !== START_LINEAR)
      throw new FormatError(`there is no record type ${type}`, line);
  }
  if (!ended) throw new FormatError("the end record is missing: the file is cut off");
  return chunks;
}

interface HexRecord {
  readonly type: number;
  readonly address: number;
  readonly data: Uint8Array;
}

function recordOf(text: string, line: number): HexRecord {
  if (!text.startsWith(":")) throw new FormatError("a record begins with a colon", line);
  if (text.length % 2 === 0 || !/^[0-9A-Fa-f]{10,}$/.test(text.slice(1)))
    throw new FormatError("this is not a complete record of hexadecimal bytes", line);
  const bytes = Uint8Array.from({ length: (text.length - 1) / 2 }, (_, at) =>
    Number.parseInt(text.slice(1 + 2 * at, 3 + 2 * at), 16),
  );
  const [count = 0, high = 0, low = 0, type = 0] = bytes;
  if (bytes.length !== count + 5)
    throw new FormatError(`the record says ${count} bytes and has ${bytes.length - 5}`, line);
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) throw new FormatError("the record's checksum is wrong", line);
  return { type, address: high * 256 + low, data: bytes.subarray(4, 4 + count) };
}

function word(data: Uint8Array, line: number): number {
  const [high = 0, low = 0] = data;
  if (data.length !== 2) throw new FormatError(`an address record has 2 bytes, not ${data.length}`, line);
  return high * 256 + low;
}
