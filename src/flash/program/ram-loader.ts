/** Writes an image into RAM and reads it back. Knows no flash; the caller knows what is RAM. */
import { compare, mustBeSame } from "./compare.ts";
import type { FlashImage } from "../file/image.ts";
import type { FlashProgress } from "./report.ts";

export interface RamMemory {
  readBytes(address: number, count: number): Promise<Uint8Array>;
  writeBytes(address: number, data: Uint8Array): Promise<void>;
}

export interface RamOptions {
  readonly onProgress?: ((progress: FlashProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RamReport {
  readonly address: number;
  readonly size: number;
  /** True if it was read back. */
  readonly verified: boolean;
}

/** Small enough for a quick Ctrl-C. */
const CHUNK = 0x4000;

/**
 * Writes and reads back. The core must be halted, so that nothing else writes there. Throws `differs` if it does
 * not read back.
 */
export async function writeRam(
  memory: RamMemory,
  image: FlashImage,
  { onProgress, signal }: RamOptions = {},
): Promise<readonly RamReport[]> {
  let done = 0;
  for (const { address, bytes } of image.parts)
    for (let at = 0; at < bytes.length; at += CHUNK) {
      signal?.throwIfAborted();
      const piece = bytes.subarray(at, at + CHUNK);
      onProgress?.({ step: "program", region: "RAM", address: address + at, done, total: image.size });
      await memory.writeBytes(address + at, piece);
      done += piece.length;
    }
  mustBeSame(await compare(memory, image, { signal }));
  return image.parts.map(({ address, bytes }) => ({ address, size: bytes.length, verified: true }));
}
