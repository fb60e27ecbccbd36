/** Which flash algorithms a command may use: the pack's, or a file that is named; and the files with what is to be programmed. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { basename } from "node:path";
import { LONGEST_CALL_US } from "../flash/driver.ts";
import { IMAGE_FORMATS, type FileToProgram, type ImageFormat } from "../flash/file/formats.ts";
import type { FlashImage } from "../flash/file/image.ts";
import { FlashFailure } from "../flash/faults.ts";
import { readFlm } from "../flash/algorithm/flm.ts";
import { familyNamed, UF2_FAMILIES } from "../flash/file/uf2-families.ts";
import { nearest } from "../lib/nearest.ts";
import { findPlaces, isReadable, ramOfDevice, type FlashPlace } from "../session/flash/places.ts";
import { readBytes } from "../host/files.ts";
import type { DeviceInputs as Inputs } from "../api/node/gather.ts";
import { imageFor, ramOf, type OutputFile, type RamRegion } from "../session/flash/program-image.ts";
import { badRequest } from "./bad-request.ts";
import type { Io } from "./io.ts";
import { parseNumber, parseRange } from "./values.ts";

export interface AlgorithmOptions {
  readonly algorithm?: string;
  readonly ram?: { readonly address: number; readonly size: number };
  readonly proof: "any" | "required";
}

export interface ImageOptions {
  readonly base?: bigint;
  readonly format?: ImageFormat;
  readonly uf2Family?: number;
}

/** How an algorithm is found without a pack, and what it is believed. */
export function addAlgorithmOptions(command: Command): Command {
  return command
    .option("--algorithm <file>", "a flash algorithm (.FLM) instead of the pack's")
    .option("--ram <start:size>", "RAM for it (the pack's)", parseRam)
    .addOption(
      new Option("--proof <what>", "fail where flash cannot be read (required), or trust its algorithm there")
        .choices(["any", "required"])
        .default("any"),
    )
    .addHelpText(
      "after",
      `
Flash work ends: each call of an algorithm by the time that its file states for it, ${LONGEST_CALL_US / 60e6} minutes at most, each flash
sequence by --deadline; there are as many calls as sectors and pages.`,
    );
}

export function addImageOptions(command: Command): Command {
  return command
    .option("--base <address>", "where a raw binary belongs", parseNumber)
    .addOption(new Option("--format <format>", "of the files (told by their content)").choices(IMAGE_FORMATS))
    .addOption(
      new Option("--uf2-family <family>", "of a UF2 file, by name or number (that of the device)").argParser(
        parseFamily,
      ),
    );
}

function parseFamily(text: string): number {
  const family = familyNamed(text);
  if (family !== undefined) return family;
  const near = nearest(text.toUpperCase(), new Set(UF2_FAMILIES.map(({ name }) => name)));
  throw new InvalidArgumentError(
    `no UF2 family has that name${near === undefined ? "" : `; did you mean ${near}?`} A number such as 0xE48BFF56 is taken as it is.`,
  );
}

/** What the user says is RAM, and what the pack does. */
export function ramFor({ context }: Inputs, { ram }: Pick<AlgorithmOptions, "ram">): readonly RamRegion[] {
  return ramOf(context, ram === undefined ? [] : [{ name: "--ram", start: ram.address, size: ram.size }]);
}

export function parseRam(text: string): { readonly address: number; readonly size: number } {
  const range = parseRange(text);
  if (range.size !== undefined) return { address: range.address, size: range.size };
  throw new InvalidArgumentError("START:SIZE is wanted, for example 0x20000000:0x4000.");
}

/** How the processor is chosen whose algorithm it is. */
function withProcessorHint(error: unknown): unknown {
  if (!(error instanceof FlashFailure) || error.fault.kind !== "no-algorithm") return error;
  const { pnames = [] } = error.fault;
  if (pnames.length === 0) return error;
  return new FlashFailure(
    error.fault,
    `${error.message}; choose the processor with ${pnames.map((pname) => `--pname ${pname}`).join(" or ")}`,
    error.cause,
  );
}

/** The algorithms for what is going to be touched, of the one that is named or of the pack. */
export async function placesFor(
  { context, readPackFile }: Inputs,
  { algorithm, ram }: AlgorithmOptions,
  wanted?: readonly { readonly address: number; readonly size: number }[],
): Promise<readonly FlashPlace[]> {
  const { description } = context;
  if (algorithm !== undefined) {
    const flm = readFlm(basename(algorithm), await readBytes(algorithm));
    const own = ram === undefined ? ramOfDevice(context, flm.device) : { start: ram.address, size: ram.size };
    if (own === undefined)
      throw badRequest("--algorithm needs --ram START:SIZE, for no pack says where it may stand");
    const place = { kind: "algorithm", algorithm: flm, ram: own } as const;
    const { address: start, size } = flm.device;
    return [
      description === undefined ? place : { ...place, readable: isReadable(description, { start, size }) },
    ];
  }
  if (description === undefined || readPackFile === undefined)
    throw badRequest(
      "flashing needs a pack with the device (--pack, --device), or --algorithm FILE.FLM with --ram",
    );
  const places = await findPlaces(description, {
    pname: context.pname,
    read: readPackFile,
    ...(wanted === undefined ? {} : { wanted }),
  }).catch((error: unknown) => {
    throw withProcessorHint(error);
  });
  if (ram === undefined) return places;
  const own = { start: ram.address, size: ram.size };
  return places.map((place) => (place.kind === "algorithm" ? { ...place, ram: own } : place));
}

/**
 * The image that files are for the device: those that are named, or else the images of a cbuild-run.yml, each where it says.
 * What was left out of them, or cannot be judged, is said.
 */
export async function imageToProgram(
  files: readonly string[],
  inputs: Inputs,
  options: ImageOptions,
  io: Io,
): Promise<FlashImage> {
  const contents = wantedFiles(files, inputs).map((file) => fileToProgram(file, options, inputs));
  const image = imageFor(inputs.context, await Promise.all(contents));
  for (const note of image.notes) io.err(`note: ${note}\n`);
  return image;
}

function wantedFiles(files: readonly string[], { output }: Inputs): readonly OutputFile[] {
  if (files.length > 0) return files.map((path) => ({ path }));
  if (output === undefined) throw badRequest("which FILE? A cbuild-run.yml may name some (--pack)");
  return output();
}

/** What the command line says of a file wins over what the project does. */
async function fileToProgram(
  { path, ...project }: OutputFile,
  { format = project.format, uf2Family, ...options }: ImageOptions,
  { readFile }: Inputs,
): Promise<FileToProgram> {
  const base = options.base === undefined ? project.base : Number(options.base);
  return {
    name: path,
    bytes: await readFile(path),
    ...(base === undefined ? {} : { base }),
    ...(format === undefined ? {} : { format }),
    ...(uf2Family === undefined ? {} : { family: uf2Family }),
  };
}
