/** The levels of the simulated wires into a .vcd file, which is kept however the run ends. */
import { growFile } from "./output-files.ts";
import type { WireWatcher } from "../simulator/port/lines.ts";
import { vcd } from "../simulator/probe/vcd.ts";

export interface WireFile {
  readonly watch: WireWatcher;
  /** Once; throws `unwritable-file`. */
  close(): void;
}

/** Each bit is two changes: they go to the file in pieces of so many characters. */
const PIECE = 1 << 16;

/** Rejects with `unwritable-file`. */
export async function openWireFile(path: string): Promise<WireFile> {
  const file = await growFile(path);
  let text = "";
  const flush = (): void => {
    file.write(text);
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
      file.close();
    },
  };
}
