/** Compares memory of a target with an image, or reads it as bytes: the jobs verify and dump. Neither changes anything. */
import { compare, mustBeSame, readMemory, type Comparison } from "../../flash/program/compare.ts";
import { dumpFormatOf as formatOf, encode, type DumpFormat } from "../../flash/file/encode.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import type { FlashProgress } from "../../flash/program/report.ts";
import type { Connection } from "../../session/connection.ts";
import {
  call,
  listOf,
  oneOf,
  options as named,
  optional,
  record,
  bytes,
  memoryAddress,
  text,
  work,
} from "../arguments.ts";
import { image as imageGiven, session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { range, watched } from "./given.ts";
import type { Range } from "./flash-inputs.ts";

export type { DumpFormat };
export { sha256 } from "../../flash/program/report.ts";
export type { Comparison };

const VERIFY = call({
  session: sessionGiven,
  image: imageGiven,
  options: named({ ...watched, onCompared: optional(work) } satisfies Record<keyof VerifyOptions, unknown>),
});
const DUMP = call({ session: sessionGiven, ranges: listOf(range), options: named(watched) });
const ENCODE = call({
  chunks: listOf(record({ address: memoryAddress, bytes })),
  format: oneOf(["hex", "srec", "bin"]),
  name: text,
});
const FORMAT_OF = call({ name: text });

export interface ReadJobOptions {
  readonly onProgress?: (progress: FlashProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface VerifyOptions extends ReadJobOptions {
  /** Called with the comparison before a difference is thrown. */
  readonly onCompared?: (found: Comparison) => void;
}

/** A range of memory as it was read. */
export interface DumpedRange {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * Compares every byte of an image with the memory of the target. Takes a session that is not open. Throws
 * `differs`, and what the target throws.
 *
 * `await verifyImage(session, await readImage(inputs, ["firmware.elf"]));`
 */
export async function verifyImage(
  session: Session,
  image: FlashImage,
  options: VerifyOptions = {},
): Promise<Comparison> {
  VERIFY({ session, image, options });
  return session.withConnection(async (connection) => {
    connection.purpose = "flash";
    const found: Comparison[] = [];
    await connection.during(async () => {
      found.push(await verifyOn(connection, image, options));
    });
    return found[0] as Comparison;
  });
}

/** Verifies on a connection that is connected; for the jobs of this folder. */
export async function verifyOn(
  connection: Connection,
  image: FlashImage,
  { onCompared, ...options }: VerifyOptions,
): Promise<Comparison> {
  await connection.remapCodeMemory();
  const found = await compare(connection, image, options);
  onCompared?.(found);
  mustBeSame(found);
  return found;
}

/**
 * Reads ranges of the target's memory, with sizes in bytes. Takes a session that is not open. Throws what the
 * target throws.
 *
 * `const [{ bytes }] = await dumpMemory(session, [{ address: 0, size: 0x1000 }]);`
 */
export async function dumpMemory(
  session: Session,
  ranges: readonly Range[],
  options: ReadJobOptions = {},
): Promise<readonly DumpedRange[]> {
  DUMP({ session, ranges, options });
  return session.withConnection(async (connection) => {
    let dumped: readonly DumpedRange[] = [];
    await connection.during(async () => {
      dumped = await dumpOn(connection, ranges, options);
    });
    return dumped;
  });
}

/** Reads on a connection that is connected; for the jobs of this folder. */
export async function dumpOn(
  connection: Connection,
  ranges: readonly Range[],
  options: ReadJobOptions,
): Promise<readonly DumpedRange[]> {
  const dumped: DumpedRange[] = [];
  for (const range of ranges)
    dumped.push({ address: range.address, bytes: await readMemory(connection, range, options) });
  return dumped;
}

/**
 * Returns the format that the ending of a file's name says, or raw if it says nothing. Throws `bad-image` for a
 * format that can only be read.
 */
export function dumpFormatOf(name: string): DumpFormat {
  return formatOf(FORMAT_OF({ name }).name);
}

/**
 * Writes memory as the content of a file. `name` is for messages. Throws `bad-image` for several ranges in a raw
 * binary.
 */
export function encodeDump(chunks: readonly DumpedRange[], format: DumpFormat, name: string): Uint8Array {
  ENCODE({ chunks, format, name });
  return encode(chunks, format, name);
}
