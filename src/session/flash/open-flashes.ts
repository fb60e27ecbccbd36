/**
 * Opens flash for a session, by algorithms or by the device's own sequences, with what each of them needs of
 * the target.
 */
import type { FlashDriver } from "../../flash/driver.ts";
import { FlashFailure } from "../../flash/faults.ts";
import { AlgorithmFlash } from "../../flash/algorithm/algorithm-flash.ts";
import { readFlm } from "../../flash/algorithm/flm.ts";
import { AlgorithmRunner, type RunnerParts } from "../../flash/algorithm/runner.ts";
import { SequenceFlash } from "../../flash/algorithm/sequence-flash.ts";
import { SpareCrc } from "../../flash/algorithm/spare-crc.ts";
import { U64_MAX } from "../../lib/u64.ts";
import type { Crew } from "../flow/crew.ts";
import type { DeviceContext } from "../../project/context.ts";
import { findPlaces, type FlashPlace, type WantedRange } from "./places.ts";
import type { ReadPackFile } from "../../pack/files/pack-files.ts";
import type { OtherCores } from "./other-cores.ts";
import { FlashSequences, type OpenAlgorithm } from "./sequence-runner.ts";

const FLASH_SEQUENCES: readonly string[] = [
  "FlashEraseSetup",
  "FlashProgramSetup",
  "FlashInit",
  "FlashUninit",
  "FlashEraseSector",
  "FlashEraseChip",
  "FlashEraseDone",
  "FlashProgramPage",
  "FlashProgramDone",
];

/** Returns the pack's flash for these ranges, or for the whole device. Throws `no-algorithm`, `bad-algorithm`. */
export async function placesOf(
  { description, pname }: DeviceContext,
  read: ReadPackFile | undefined,
  wanted: readonly WantedRange[] | undefined,
): Promise<readonly FlashPlace[]> {
  if (description === undefined || read === undefined)
    throw new FlashFailure(
      { kind: "no-algorithm", address: wanted?.[0]?.address ?? 0 },
      "flash needs a pack with the device: its algorithms are there",
    );
  return findPlaces(description, { pname, read, ...(wanted === undefined ? {} : { wanted }) });
}

/**
 * Mistakes in what is going to run are reported before anything is reset. Throws `no-algorithm`,
 * `sequence-errors`.
 */
export function mustHaveSequences(context: DeviceContext, places: readonly FlashPlace[]): void {
  if (!places.some(({ kind }) => kind === "sequences")) return;
  const there = FLASH_SEQUENCES.filter((name) => context.find(name) !== undefined);
  for (const [name, setup] of [
    ["FlashEraseSector", "FlashEraseSetup"],
    ["FlashProgramPage", "FlashProgramSetup"],
  ] as const)
    if (!there.includes(name) && !there.includes(setup))
      throw new FlashFailure(
        { kind: "no-algorithm", address: 0 },
        `the pack describes flash by flashinfo, but has no sequence ${name}`,
      );
  context.refuseErrors(there);
}

/** Opens the regions in the order of the places. The core is halted already. */
export async function openFlashes(
  crew: Crew,
  places: readonly FlashPlace[],
  read: ReadPackFile | undefined,
  others: OtherCores,
): Promise<readonly FlashDriver[]> {
  const { target, clock } = crew.rig;
  const { core, memory } = target;
  const extension = await target.mainExtension();
  const parts: RunnerParts = { core, memory, clock, extension, signal: crew.signal };
  const open: OpenAlgorithm = async (file, ram) => {
    const algorithm = readFlm(file, await readPack(read, file));
    return new AlgorithmFlash(new AlgorithmRunner(algorithm, ram, parts), memory);
  };
  const consent = crew.rig.guard.forFlash((work) => crew.rig.access.dp.wire.look(work));
  const drivers: FlashDriver[] = [];
  for (const place of places) {
    if (place.kind === "sequences") {
      const { region, ram } = place;
      const sequences = new FlashSequences(crew, region.filler ?? U64_MAX, open);
      drivers.push(new SequenceFlash(region, sequences, ram && SpareCrc.in(ram, parts), consent));
      continue;
    }
    const { algorithm, part, readable = true, pname, ram } = place;
    const options = { readable, consent, ...(part === undefined ? {} : { part }) };
    const own = pname === undefined ? parts : await others.partsOf(crew, pname);
    drivers.push(new AlgorithmFlash(new AlgorithmRunner(algorithm, ram, own), own.memory, options));
  }
  return drivers;
}

function readPack(read: ReadPackFile | undefined, file: string): Promise<Uint8Array> {
  if (read !== undefined) return read(file);
  throw new FlashFailure(
    { kind: "bad-algorithm", file, reason: "no pack" },
    `${file}: there is no pack to read it from`,
  );
}
