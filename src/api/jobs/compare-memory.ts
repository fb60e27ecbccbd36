/** Compares memory of a target with an image, or reads it as bytes: the jobs verify and dump. Neither changes anything. */
import { compare, mustBeSame, readMemory, type Comparison } from "../../flash/program/compare.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import type { FlashProgress } from "../../flash/program/report.ts";
import type { Connection } from "../../session/connection.ts";
import type { Session } from "../session.ts";
import type { Range } from "./flash-inputs.ts";

export { dumpFormatOf, encode as encodeDump, type DumpFormat } from "../../flash/file/encode.ts";
export { sha256 } from "../../flash/program/report.ts";
export type { Comparison };

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
