/** `--wire FILE.vcd`: the levels of the simulated wires into a file, as they come. */
import { closeSync, openSync, writeSync } from "node:fs";
import { writeBytes } from "../session/node/files.ts";
import type { WireWatcher } from "../simulator/lines.ts";
import { vcd } from "../simulator/vcd.ts";

export interface WireFile {
  readonly watch: WireWatcher;
  close(): void;
}

/** Each bit is two changes: they go to the file in pieces of so many characters. */
const PIECE = 1 << 16;

/** Rejects with `unwritable-file`. */
export async function openWireFile(path: string): Promise<WireFile> {
  await writeBytes(path, new Uint8Array());
  const file = openSync(path, "a");
  let text = "";
  const flush = (): void => {
    writeSync(file, text);
    text = "";
  };
  const watch = vcd((piece) => {
    text += piece;
    if (text.length >= PIECE) flush();
  });
  return {
    watch,
    close: () => {
      flush();
      closeSync(file);
    },
  };
}
