/** Saves the bytes that were to be kept in erased sectors when flashing ended: the target may have lost them. */
import { basename, resolve } from "node:path";
import type { LostPages } from "../../api/jobs/program-flash.ts";
import { saveNewFile } from "../../api/node/files.ts";
import { sentences } from "../../lib/fault.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Io } from "./io.ts";

/** Says what was lost and where it is now. An older file of this kind stays, for it may be the only copy left. */
export async function saveLostPages({ sectors, name, content }: LostPages, io: Io): Promise<void> {
  const places = sectors.map(({ address }) => hex32(address)).join(", ");
  io.err(
    `what the ${sectors.length === 1 ? "sector" : "sectors"} ${places} held outside of the image may be gone, ` +
      "and flashing the image again does not bring it back",
  );
  try {
    const path = await saveNewFile(resolve(io.cwd, name), content);
    io.err(`; ${basename(path)} has it, with the image's own bytes: flash that file\n`);
  } catch (error) {
    io.err(`; and it could not be saved: ${sentences(error).join("; ")}\n`);
  }
}
