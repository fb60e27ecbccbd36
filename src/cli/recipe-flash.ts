/** The steps of a recipe that need flash algorithms or files: what each needs is read first, then it is done on a session. */
import { resolve } from "node:path";
import { compare, mustBeSame, readMemory } from "../flash/program/compare.ts";
import { dumpFormatOf, encode } from "../flash/file/encode.ts";
import { Eraser } from "../flash/program/eraser.ts";
import type { FlashImage } from "../flash/file/image.ts";
import type { Proof } from "../flash/program/report.ts";
import type { FlashWork } from "../recipe/recipe.ts";
import type { PrepareFlash } from "../recipe/run.ts";
import { replaceResolved } from "../host/effects/files.ts";
import type { NamedPaths } from "../host/effects/named.ts";
import { mustHaveFolder } from "../host/output-files.ts";
import type { DeviceInputs as Inputs } from "../api/node/gather.ts";
import type { Connection } from "../session/connection.ts";
import { badRequest } from "./bad-request.ts";
import { divideImage, rangesOf } from "../api/jobs/flash-inputs.ts";
import { programStep } from "../api/jobs/program-flash.ts";
import { placesFor, ramNamed, imageToProgram, type AlgorithmOptions } from "./algorithms.ts";
import { mustConsentToErase, type ConsentOptions } from "./consent.ts";
import { FlashProgressDisplay } from "./flash-progress.ts";
import type { Io } from "./io.ts";
import { saveLostPages } from "./lost-pages.ts";
import { readRange } from "./values.ts";

interface Surroundings {
  readonly inputs: Inputs;
  readonly options: AlgorithmOptions & ConsentOptions;
  /** The recipe's folder: its paths are relative to it. */
  readonly folder: string;
  /** What the recipe may read and write. */
  readonly paths: NamedPaths;
}

type Do = (session: Connection) => Promise<string>;

export function prepareFlash(io: Io, around: Surroundings): PrepareFlash {
  return (work) => {
    switch (work.kind) {
      case "flash":
        return program(io, around, work);
      case "erase":
        return erase(io, around, work);
      case "verify":
        return verify(io, around, work);
      case "dump":
        return dump(io, around, work);
    }
  };
}

type Work<K extends FlashWork["kind"]> = Extract<FlashWork, { kind: K }>;

async function program(io: Io, around: Surroundings, work: Work<"flash">): Promise<Do> {
  const { inputs, options } = around;
  const { erase: how, keep } = work;
  if (!work.verify && options.proof === "required")
    throw badRequest("a proof is required, and this step does not verify");
  const whole = await imageOf(io, around, work);
  const parts = divideImage(inputs, whole, { ...ramNamed(options), ramParts: work.ramParts });
  const { image, ram } = parts;
  if (how === "chip") await mustConsentToErase(io, options, inputs.context.description?.device);
  const plan = { ...parts, places: await placesFor(inputs, options, rangesOf(image)) };
  return async (connection) => {
    const display = new FlashProgressDisplay(io, () => connection.nowUs);
    const { sectors, proof } = await programStep(connection, plan, {
      erase: how,
      keep,
      verify: work.verify ? "auto" : "none",
      proof: options.proof,
      mayErase: how === "chip",
      onProgress: display.show,
      signal: io.signal,
      onReport: () => {
        display.clear();
      },
      onLost: (lost) => saveLostPages(lost, io),
    });
    const unchanged = sectors.filter(({ skipped }) => skipped).length;
    return `${image.size} bytes in ${sectors.length} sectors, ${unchanged} of them unchanged${PROVED[proof]}${ram.size === 0 ? "" : `; ${ram.size} bytes in RAM`}`;
  };
}

const PROVED: Readonly<Record<Proof, string>> = {
  flash: ", all verified",
  algorithm: ", verified by the vendor's algorithm alone if the flash cannot be read",
  none: "",
};

async function erase(io: Io, { inputs, options }: Surroundings, { ranges }: Work<"erase">): Promise<Do> {
  const parsed = ranges === "chip" ? [] : ranges.map(readRange);
  if (ranges === "chip") await mustConsentToErase(io, options, inputs.context.description?.device);
  const wanted = parsed.map(({ address, size = 1 }) => ({ address, size }));
  const places = await placesFor(inputs, options, ranges === "chip" ? undefined : wanted);
  return async (session) => {
    if (ranges === "chip") session.rig.guard.grant("erase");
    const display = new FlashProgressDisplay(io, () => session.nowUs);
    const eraser = new Eraser(await session.openFlashes(places), {
      onProgress: display.show,
      proof: options.proof,
      signal: io.signal,
    });
    try {
      if (ranges === "chip") await eraser.eraseChip();
      else await eraser.erase(parsed);
    } finally {
      display.clear();
    }
    return `${eraser.erased.length} sectors are blank`;
  };
}

async function verify(io: Io, around: Surroundings, work: Work<"verify">): Promise<Do> {
  const image = await imageOf(io, around, work);
  return async (session) => {
    await session.remapCodeMemory();
    mustBeSame(await compare(session, image, { signal: io.signal }));
    return `${image.size} bytes are the same`;
  };
}

async function dump(io: Io, { folder, paths }: Surroundings, { ranges, to }: Work<"dump">): Promise<Do> {
  const wanted = ranges.map((text) => {
    const { address, size } = readRange(text);
    if (size === undefined) throw badRequest(`${text}: how many bytes? expected START:SIZE`);
    return { address, size };
  });
  const path = await paths.mayWrite(resolve(folder, to));
  await mustHaveFolder(path);
  io.err(`the recipe writes ${path}\n`);
  return async (session) => {
    const chunks = [];
    for (const range of wanted)
      chunks.push({ address: range.address, bytes: await readMemory(session, range, { signal: io.signal }) });
    const file = encode(chunks, dumpFormatOf(to), to);
    await replaceResolved(path, file);
    return `${wanted.reduce((sum, { size }) => sum + size, 0)} bytes written to ${to}`;
  };
}

async function imageOf(
  io: Io,
  { inputs, folder, paths }: Surroundings,
  { files, base }: { readonly files: readonly string[]; readonly base?: number },
): Promise<FlashImage> {
  const options = base === undefined ? {} : { base: BigInt(base) };
  const named = files.map((file) => resolve(folder, file));
  for (const path of named) await paths.mayRead(path);
  return imageToProgram(named, inputs, options, io);
}
