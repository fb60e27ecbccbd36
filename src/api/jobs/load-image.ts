/** Writes an image into RAM, reads it back, and starts it on request, from connecting to leaving. */
import { emulateReset } from "../../coresight/core/emulated-reset.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import type { RamReport } from "../../flash/program/ram-loader.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Connection } from "../../session/connection.ts";
import { loadRam } from "../../session/load-ram.ts";
import { badRequest, call, memoryAddress, options as named, optional, work } from "../arguments.ts";
import { image as imageGiven, session as sessionGiven } from "../given.ts";
import { watched } from "./given.ts";
import type { Session } from "../session.ts";
import type { ReadJobOptions } from "./compare-memory.ts";

const LOAD = call({
  session: sessionGiven,
  image: imageGiven,
  options: named({
    ...watched,
    start: optional(memoryAddress),
    onLoaded: optional(work),
  } satisfies Record<keyof LoadImageOptions, unknown>),
});
const VECTORS_OF = call({ image: imageGiven });

export interface LoadImageOptions extends ReadJobOptions {
  /** The address of the vector table to start from, as vectorsOf returns it; nothing is started without it. */
  readonly start?: number | undefined;
  /** Called with what was written, before anything is started. */
  readonly onLoaded?: (report: readonly RamReport[]) => Promise<void> | void;
}

/**
 * Loads an image that is all for RAM, as onlyRam returns it; flash stays as it is. Takes a session that is not
 * open. Throws `differs` if it does not read back, and what the target throws.
 *
 * `await loadImage(session, onlyRam(inputs, image), { start: vectorsOf(image) });`
 */
export async function loadImage(
  session: Session,
  image: FlashImage,
  options: LoadImageOptions = {},
): Promise<readonly RamReport[]> {
  LOAD({ session, image, options });
  const { start, onLoaded, ...wishes } = options;
  return session.withConnection(async (connection) => {
    let report: readonly RamReport[] = [];
    await connection.during(
      async () => {
        report = await loadRam(connection, image, wishes);
        await onLoaded?.(report);
        if (start !== undefined) await startAt(connection, start);
      },
      start === undefined ? undefined : "running",
    );
    return report;
  });
}

/**
 * Returns the lowest address of the image, which must look like a vector table: a stack pointer, and a first
 * instruction in Thumb state. Throws `bad-request` if it does not.
 */
export function vectorsOf(image: FlashImage): number {
  const [first] = VECTORS_OF({ image }).image.parts;
  const { address = 0, bytes = new Uint8Array() } = first ?? {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [stack, entry] = bytes.length < 8 ? [0, 0] : [view.getUint32(0, true), view.getUint32(4, true)];
  // VTOR has no bits below 128 (Armv7-M B3.2.5).
  const isTable = address % 128 === 0 && stack !== 0 && stack % 4 === 0 && entry % 2 === 1;
  if (isTable) return address;
  throw badRequest(
    `no vector table at ${hex32(address)}, where the image begins: ${hex32(stack)} as a stack pointer, ${hex32(entry)} as the first instruction`,
  );
}

/** Starts it as a reset would from there; the session lets the core run when it ends. */
async function startAt({ rig: { target } }: Connection, vectors: number): Promise<void> {
  const { faultStatus: mainExtension } = await target.mainExtension();
  await emulateReset(target.core, target.memory, { vectors, mainExtension });
}
