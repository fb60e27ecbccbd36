/** `dbgseq erase`: sectors, ranges, or everything; seen to be blank afterwards. */
import type { Command } from "commander";
import { eraseFlash, type ErasedSector, type ErasePlan } from "../../api/jobs/erase-flash.ts";
import type { Session } from "../../api/session.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import { addAlgorithmOptions, placesFor, type AlgorithmOptions } from "../flags/algorithms.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { mustConsentToErase, type ConsentOptions } from "../terminal/consent.ts";
import { FlashProgressDisplay } from "../terminal/flash-progress.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { readRange } from "../flags/values.ts";
import { addOutputOptions } from "./run.ts";
import { plural } from "../../lib/plural.ts";

type EraseOptions = TargetOptions &
  OutputOptions &
  AlgorithmOptions &
  ConsentOptions & { readonly chip?: boolean; readonly force?: boolean; readonly reset: boolean };

export function defineErase(command: Command, io: Io): void {
  command
    .argument("[where...]", "ADDRESS: the sector it is in; START:SIZE: whole sectors")
    .option("--chip", "all flash of the device (needs --allow erase)")
    .option("--force", "also erase what is blank already")
    .option("--no-reset", "leave the core halted afterwards");
  addAlgorithmOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (where: readonly string[], options: EraseOptions) => {
    const [first = ""] = where;
    if (options.chip === true && /^[a-z]/i.test(first))
      throw badRequest(`--chip is all flash; the device is named by: dbgseq erase --chip --device ${first}`);
    const ranges = where.map(readRange);
    if ((options.chip === true) === ranges.length > 0)
      throw badRequest("what should be erased? name addresses or START:SIZE, or everything by --chip");
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    if (options.chip === true) await mustConsentToErase(io, options, inputs.context.description?.device);
    const wanted = ranges.map(({ address, size = 1 }) => ({ address, size }));
    const places = await placesFor(inputs, options, options.chip === true ? undefined : wanted);
    const result: Record<string, Json> = {};
    const what = options.chip === true ? "chip" : ranges;
    await withSession(io, {
      inputs,
      options,
      about: { command: "erase" },
      result,
      work: (session) => erase(io, session, { plan: { what, places }, options, result }),
    });
  });
}

interface Work {
  readonly plan: ErasePlan;
  readonly options: EraseOptions;
  readonly result: Record<string, Json>;
}

async function erase(io: Io, session: Session, { plan, options, result }: Work): Promise<void> {
  const { force, proof, reset, json, jsonl } = options;
  const display = new FlashProgressDisplay(io, () => session.nowUs);
  await eraseFlash(session, plan, {
    force: force === true,
    proof,
    reset,
    mayErase: plan.what === "chip",
    onProgress: display.show,
    signal: io.signal,
    onErased: (erased) => {
      display.clear();
      result["erased"] = JSON.parse(JSON.stringify(erased)) as Json;
      if (json !== true && jsonl !== true) tell(erased, io);
    },
  });
}

function tell(erased: readonly ErasedSector[], io: Io): void {
  const blank = erased.filter(({ was }) => was === "blank").length;
  const byWord = erased.filter(({ verified }) => verified === "algorithm").length;
  const bytes = erased.reduce((sum, { size }) => sum + size, 0);
  const [first] = erased;
  const last = erased.at(-1);
  if (first === undefined || last === undefined) return;
  io.out(
    `${plural(erased.length, "sector")} blank, ${bytes} bytes between ${hex32(first.address)} and ${hex32(last.address + last.size - 1)}` +
      (blank === 0 ? "" : `; ${blank} of them were already`) +
      `${byWord === 0 ? "" : `; ${byWord} verified by the vendor's algorithm only`}\n`,
  );
}
