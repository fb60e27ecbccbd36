/** What was to be kept in erased sectors when flashing ended: it is put into a file, for the target may have it no more. */
import { basename, resolve } from "node:path";
import { encode } from "../flash/file/encode.ts";
import type { Loader } from "../flash/program/loader.ts";
import { sentences } from "../lib/fault.ts";
import { hex, hex32 } from "../lib/hex.ts";
import { writeNewFile } from "../host/output-files.ts";
import type { Io } from "./io.ts";

/** Says what was lost, and where it is now; an older file of this kind stays, for it may be the only place left. */
export async function saveLostPages(loader: Loader, io: Io): Promise<void> {
  const { lost = [] } = await loader.report();
  const [first] = lost;
  if (first === undefined) return;
  const name = `dbgseq-kept-${hex(first.address, 8).slice(2)}.hex`;
  const sectors = lost.map(({ address }) => hex32(address)).join(", ");
  io.err(
    `what the ${lost.length === 1 ? "sector" : "sectors"} ${sectors} held besides the image may be gone, ` +
      "and flashing the image again does not bring it back",
  );
  try {
    const path = await writeNewFile(resolve(io.cwd, name), encode(loader.lostPages, "hex", name));
    io.err(`; ${basename(path)} has it, with the image's own bytes: flash that file\n`);
  } catch (error) {
    io.err(`; and it could not be saved: ${sentences(error).join("; ")}\n`);
  }
}
