/** Writes the levels of the simulated wires into a .vcd file, which is kept however the run ends. */
import { growFile } from "./output-files.ts";
import type { WireWatcher } from "../../simulator/port/lines.ts";
import { vcd } from "../../simulator/probe/vcd.ts";

export interface WireFile {
  readonly watch: WireWatcher;
  /** Ends the file, once; throws `unwritable-file`. */
  close(): void;
}

/** Characters per write: each bit is two changes. */
const PIECE = 1 << 16;

/** Opens the file. Rejects with `unwritable-file`. */
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
