/** `dbgseq load`: writes files into RAM and reads them back; flash stays as it is. */
import type { Command } from "commander";
import { sha256 } from "../../api/jobs/compare-memory.ts";
import { onlyRam } from "../../api/jobs/flash-inputs.ts";
import { loadImage, vectorsOf } from "../../api/jobs/load-image.ts";
import type { Json } from "../../report/json.ts";
import {
  addImageOptions,
  parseRam,
  ramNamed,
  imageToProgram,
  type ImageOptions,
} from "../flags/algorithms.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { FlashProgressDisplay } from "../terminal/flash-progress.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { tellRam } from "./flash.ts";
import { addOutputOptions } from "./run.ts";

type LoadOptions = TargetOptions &
  OutputOptions &
  ImageOptions & {
    readonly ram?: { readonly address: number; readonly size: number };
    readonly start?: boolean;
  };

export function defineLoad(command: Command, io: Io): void {
  command
    .argument(
      "[files...]",
      "ELF, Intel HEX, S-record, UF2, or raw binary with --base (what a cbuild-run.yml names as output)",
    )
    .option("--ram <start:size>", "RAM in addition to the pack's", parseRam)
    .option("--start", "start it: VTOR, SP and PC as the vector table at its start says");
  addImageOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: LoadOptions) => {
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const whole = await imageToProgram(files, inputs, options, io);
    const image = onlyRam(inputs, whole, ramNamed(options));
    const vectors = options.start === true ? vectorsOf(image) : undefined;
    const result: Record<string, Json> = {};
    await withSession(io, {
      inputs,
      options,
      about: { command: "load" },
      result,
      work: async (session) => {
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        await loadImage(session, image, {
          start: vectors,
          onProgress: display.show,
          signal: io.signal,
          onLoaded: async (report) => {
            display.clear();
            const imageSha256 = await sha256(image.parts.map(({ bytes }) => bytes));
            result["load"] = { ram: report.map((part) => ({ ...part })), imageSha256 };
            if (options.json !== true && options.jsonl !== true) tellRam(report, io);
          },
        });
      },
    });
  });
}
