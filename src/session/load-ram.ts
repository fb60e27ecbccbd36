/**
 * Loads an image into the RAM of a connected target: the core stands still meanwhile, so that nothing else
 * writes there.
 */
import type { FlashImage } from "../flash/file/image.ts";
import { writeRam, type RamOptions, type RamReport } from "../flash/program/ram-loader.ts";
import type { Connection } from "./connection.ts";

/** A core that ran goes on afterwards. Throws `differs` if something does not read back. */
export async function loadRam(
  { rig: { target } }: Connection,
  image: FlashImage,
  options: RamOptions = {},
): Promise<readonly RamReport[]> {
  const ran = (await target.state()) !== "halted";
  if (ran) await target.halt();
  const report = await writeRam(target.memory, image, options);
  if (ran) await target.resume();
  return report;
}
