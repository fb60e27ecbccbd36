/** `dbgseq load`: files into RAM, read back; what stands in flash stays as it is. */
import type { Command } from "commander";
import { emulateReset } from "../../coresight/core/emulated-reset.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import { sha256 } from "../../flash/program/report.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { loadRam } from "../../session/load-ram.ts";
import { mustBeRam } from "../../session/flash/program-image.ts";
import type { Connection } from "../../session/connection.ts";
import { badRequest } from "../bad-request.ts";
import { addImageOptions, parseRam, ramFor, imageToProgram, type ImageOptions } from "../algorithms.ts";
import { gather } from "../asked.ts";
import { withConnection } from "../connected.ts";
import { FlashProgressDisplay } from "../flash-progress.ts";
import { whileReading, type Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
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
    .option("--ram <start:size>", "what is RAM besides what the pack says", parseRam)
    .option("--start", "start it: VTOR, SP and PC as the vector table at its start says");
  addImageOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: LoadOptions) => {
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const image = mustBeRam(
      await whileReading(io, () => imageToProgram(files, inputs, options, io)),
      ramFor(inputs, options),
    );
    const vectors = options.start === true ? vectorsOf(image) : undefined;
    const result: Record<string, Json> = {};
    const work = async (session: Connection): Promise<void> => {
      const display = new FlashProgressDisplay(io, () => session.nowUs);
      const report = await loadRam(session, image, { onProgress: display.show, signal: io.signal });
      display.clear();
      const imageSha256 = await sha256(image.parts.map(({ bytes }) => bytes));
      result["load"] = { ram: report.map((part) => ({ ...part })), imageSha256 };
      if (options.json !== true && options.jsonl !== true) tellRam(report, io);
      if (vectors !== undefined) await start(session, vectors);
    };
    await withConnection(io, {
      inputs,
      options,
      about: { command: "load" },
      result,
      work: (session) => session.during(() => work(session), vectors === undefined ? undefined : "running"),
    });
  });
}

/** The lowest address of the image, which must look like a table: a stack pointer, and a first instruction in Thumb state. */
function vectorsOf({ parts: [first] }: FlashImage): number {
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

/** As a reset would start it from there; the session lets the core run when it ends. */
async function start({ rig: { target } }: Connection, vectors: number): Promise<void> {
  const { faultStatus: mainExtension } = await target.mainExtension();
  await emulateReset(target.core, target.memory, { vectors, mainExtension });
}
