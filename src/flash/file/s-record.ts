/** Motorola S-records, with 16, 24 and 32-bit addresses (S1, S2, S3). Every record's length and sum are checked. */
import { FormatError, type Chunk } from "./chunk.ts";

/** Number of address bytes by record type. */
const ADDRESS_BYTES: readonly number[] = [2, 2, 3, 4, 0, 2, 3, 4, 3, 2];
const DATA_TYPES: readonly number[] = [1, 2, 3];
const COUNT_TYPES: readonly number[] = [5, 6];
const END_TYPES: readonly number[] = [7, 8, 9];

/** Reads the records. Throws FormatError with the line. */
export function readSRecord(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let ended = false;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed === "\u001a") continue;
    if (ended) throw new FormatError("there is more after the end record", line);
    const { type, address, data } = recordOf(trimmed, line);
    if (DATA_TYPES.includes(type)) chunks.push({ address, bytes: data, where: `:${line}` });
    else if (COUNT_TYPES.includes(type)) {
      if (address !== chunks.length)
        throw new FormatError(`${address} data records were announced, found: ${chunks.length}`, line);
    } else if (END_TYPES.includes(type)) ended = true;
  }
  if (!ended) throw new FormatError("the end record (S7, S8 or S9) is missing: the file is cut off");
  return chunks;
}

interface SRecord {
  readonly type: number;
  readonly address: number;
  readonly data: Uint8Array;
}

function recordOf(text: string, line: number): SRecord {
  const type = Number(text[1]);
  const addressBytes = ADDRESS_BYTES[type] ?? 0;
  if (!/^S\d(?:[0-9A-Fa-f]{2})+$/.test(text) || addressBytes === 0)
    throw new FormatError("this is not a complete record of hexadecimal bytes", line);
  const bytes = Uint8Array.from({ length: (text.length - 2) / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 + 2 * at, 4 + 2 * at), 16),
  );
  const [count = 0] = bytes;
  if (bytes.length !== count + 1 || count < addressBytes + 1)
    throw new FormatError(`the record says ${count} bytes and has ${bytes.length - 1}`, line);
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0xff) throw new FormatError("the record's checksum is wrong", line);
  const address = bytes.subarray(1, 1 + addressBytes).reduce((value, byte) => value * 256 + byte, 0);
  return { type, address, data: bytes.subarray(1 + addressBytes, count) };
}
