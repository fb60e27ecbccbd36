/** `dbgseq verify`: compares files with the memory of the target, every byte, and changes nothing. */
import type { Command } from "commander";
import { verifyImage, type Comparison } from "../../api/jobs/compare-memory.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { addImageOptions, imageToProgram, type ImageOptions } from "../flags/algorithms.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { FlashProgressDisplay } from "../terminal/flash-progress.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { addOutputOptions } from "./run.ts";
import { plural } from "../../lib/plural.ts";

type VerifyOptions = TargetOptions & OutputOptions & ImageOptions;

export function defineVerify(command: Command, io: Io): void {
  command.argument(
    "[files...]",
    "ELF, Intel HEX, S-record, UF2, or raw binary with --base (what a cbuild-run.yml names as output)",
  );
  addImageOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: VerifyOptions) => {
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const image = await imageToProgram(files, inputs, options, io);
    const result: Record<string, Json> = {};
    await withSession(io, {
      inputs,
      options,
      about: { command: "verify" },
      result,
      work: async (session) => {
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        await verifyImage(session, image, {
          onProgress: display.show,
          signal: io.signal,
          onCompared: (found) => {
            display.clear();
            const notes = image.notes.length === 0 ? {} : { notes: image.notes };
            result["verify"] = JSON.parse(JSON.stringify({ ...found, ...notes })) as Json;
            if (options.json !== true && options.jsonl !== true) tell(found, io);
          },
        });
      },
    });
  });
}

function tell({ size, differing, differences, imageSha256, readSha256 }: Comparison, io: Io): void {
  for (const { address, size: run, expected, found } of differences)
    io.out(
      `${hex32(address)}: ${plural(run, "byte")} differ${run === 1 ? "s" : ""}, the first is ${hex(found, 2)} instead of ${hex(expected, 2)}\n`,
    );
  io.out(
    differing === 0
      ? `${size} bytes are the same\nSHA-256 ${imageSha256}\n`
      : `${differing} of ${size} bytes differ\nSHA-256 ${imageSha256}, read ${readSha256}\n`,
  );
}
