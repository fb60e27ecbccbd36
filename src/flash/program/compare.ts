/** Compares an image with memory by reading every byte. Changes nothing and knows no flash. */
import { eventLoopTurn } from "../../lib/clock.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";
import type { FlashImage } from "../file/image.ts";
import { sha256, type FlashProgress } from "./report.ts";

export interface ReadMemory {
  readBytes(address: number, count: number): Promise<Uint8Array>;
}

export interface ReadOptions {
  readonly onProgress?: (progress: FlashProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Difference {
  readonly address: number;
  /** How many bytes in a row differ. */
  readonly size: number;
  /** The first of them in the image. */
  readonly expected: number;
  readonly found: number;
}

export interface Comparison {
  /** How many bytes were compared. */
  readonly size: number;
  /** How many bytes differ. */
  readonly differing: number;
  /** The first differences, at most 16. */
  readonly differences: readonly Difference[];
  readonly imageSha256: string;
  readonly readSha256: string;
}

const CHUNK = 0x1000;
const MOST_SHOWN = 16;
/** So many bytes are compared before signals and timers are served again. */
const BYTES_PER_TURN = 1 << 16;

/** Reads a range and reports progress. */
export async function readMemory(
  memory: ReadMemory,
  { address, size }: { readonly address: number; readonly size: number },
  { onProgress, signal }: ReadOptions = {},
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const region = hex32(address);
  // A read that is done at once needs no progress.
  const tell = size > CHUNK ? onProgress : undefined;
  for (let at = 0; at < size; at += CHUNK) {
    signal?.throwIfAborted();
    tell?.({ step: "read", region, address: address + at, done: at, total: size });
    bytes.set(await memory.readBytes(address + at, Math.min(CHUNK, size - at)), at);
  }
  tell?.({ step: "read", region, address, done: size, total: size });
  return bytes;
}

export async function compare(
  memory: ReadMemory,
  image: FlashImage,
  options: ReadOptions = {},
): Promise<Comparison> {
  const read: Uint8Array[] = [];
  const differences: Difference[] = [];
  let differing = 0;
  for (const { address, bytes } of image.parts) {
    const found = await readMemory(memory, { address, size: bytes.length }, options);
    read.push(found);
    let run: { size: number } | undefined;
    for (let at = 0; at < bytes.length; at++) {
      if (at % BYTES_PER_TURN === 0) await eventLoopTurn();
      const [expected = 0, seen = 0] = [bytes[at], found[at]];
      if (expected === seen) {
        run = undefined;
        continue;
      }
      differing += 1;
      if (run !== undefined) {
        run.size += 1;
        continue;
      }
      const difference = { address: address + at, size: 1, expected, found: seen };
      run = difference;
      if (differences.length < MOST_SHOWN) differences.push(difference);
    }
  }
  return {
    size: image.size,
    differing,
    differences,
    imageSha256: await sha256(image.parts.map(({ bytes }) => bytes)),
    readSha256: await sha256(read),
  };
}

/** Throws `differs` if a comparison found something. */
export function mustBeSame({ size, differing, differences: [first] }: Comparison): void {
  if (first === undefined) return;
  const { address, expected, found } = first;
  throw new FlashFailure(
    { kind: "differs", address, expected, found, compared: true },
    `${differing} of ${size} bytes differ: ${hex32(address)} holds ${hex(found, 2)} instead of ${hex(expected, 2)}`,
  );
}
