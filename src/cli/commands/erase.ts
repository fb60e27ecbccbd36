/** `dbgseq erase`: sectors, ranges, or everything; seen to be blank afterwards. */
import type { Command } from "commander";
import { Eraser } from "../../flash/program/eraser.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import type { Connection } from "../../session/connection.ts";
import type { FlashPlace } from "../../session/flash/places.ts";
import { badRequest } from "../bad-request.ts";
import { addAlgorithmOptions, placesFor, type AlgorithmOptions } from "../algorithms.ts";
import { gather } from "../asked.ts";
import { withConnection } from "../connected.ts";
import { mustConsentToErase, type ConsentOptions } from "../consent.ts";
import { FlashProgressDisplay } from "../flash-progress.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { readRange, type Range } from "../values.ts";
import { addOutputOptions } from "./run.ts";

type EraseOptions = TargetOptions &
  OutputOptions &
  AlgorithmOptions &
  ConsentOptions & { readonly chip?: boolean; readonly force?: boolean; readonly reset: boolean };

export function defineErase(command: Command, io: Io): void {
  command
    .argument("[where...]", "ADDRESS: the sector it is in; START:SIZE: whole sectors")
    .option("--chip", "all flash of the device (needs --allow erase)")
    .option("--force", "erase also what is blank already")
    .option("--no-reset", "leave the core halted afterwards");
  addAlgorithmOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (where: readonly string[], options: EraseOptions) => {
    const ranges = where.map(readRange);
    if ((options.chip === true) === ranges.length > 0)
      throw badRequest("what should be erased? name addresses or START:SIZE, or everything by --chip");
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    if (options.chip === true) await mustConsentToErase(io, options, inputs.context.description?.device);
    const wanted = ranges.map(({ address, size = 1 }) => ({ address, size }));
    const places = await placesFor(inputs, options, options.chip === true ? undefined : wanted);
    const result: Record<string, Json> = {};
    await withConnection(io, {
      inputs,
      options,
      about: { command: "erase" },
      result,
      work: async (session) => {
        session.purpose = "flash";
        if (options.chip === true) session.rig.guard.grant("erase");
        const work = async (): Promise<void> => {
          await erase(session, { io, options, places, ranges, result });
          if (options.reset) await session.reset(undefined);
        };
        await session.during(work, options.reset ? "running" : "halted");
      },
    });
  });
}

interface Job {
  readonly io: Io;
  readonly options: EraseOptions;
  readonly places: readonly FlashPlace[];
  readonly ranges: readonly Range[];
  readonly result: Record<string, Json>;
}

async function erase(session: Connection, { io, options, places, ranges, result }: Job): Promise<void> {
  const display = new FlashProgressDisplay(io, () => session.nowUs);
  const eraser = new Eraser(await session.openFlashes(places), {
    onProgress: display.show,
    force: options.force === true,
    proof: options.proof,
    signal: io.signal,
  });
  try {
    if (options.chip === true) await eraser.eraseChip();
    else await eraser.erase(ranges);
  } finally {
    display.clear();
    result["erased"] = JSON.parse(JSON.stringify(eraser.erased)) as Json;
    if (options.json !== true && options.jsonl !== true) tell(eraser, io);
  }
}

function tell({ erased }: Eraser, io: Io): void {
  const blank = erased.filter(({ was }) => was === "blank").length;
  const byWord = erased.filter(({ verified }) => verified === "algorithm").length;
  const bytes = erased.reduce((sum, { size }) => sum + size, 0);
  const [first] = erased;
  const last = erased.at(-1);
  if (first === undefined || last === undefined) return;
  io.out(
    `${erased.length} sectors blank, ${bytes} bytes between ${hex32(first.address)} and ${hex32(last.address + last.size - 1)}` +
      (blank === 0 ? "" : `; ${blank} of them were already`) +
      `${byWord === 0 ? "" : `; ${byWord} verified by the vendor's algorithm only`}\n`,
  );
}
