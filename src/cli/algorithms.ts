/** Which flash algorithms a command may use: the pack's, or a file that is named; and the files with what is to be programmed. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { basename } from "node:path";
import { readImage, type FileToProgram, type ImageFormat } from "../flash/formats.ts";
import type { FlashImage } from "../flash/image.ts";
import { readFlm } from "../flash/flm.ts";
import type { CbuildImage } from "../pack/cbuild-run.ts";
import { findPlaces, type FlashPlace } from "../session/flash.ts";
import { readBytes } from "../session/node/files.ts";
import type { Inputs } from "../session/node/inputs.ts";
import { imagesOf } from "../session/node/run-file.ts";
import { badRequest } from "./commands/run.ts";
import { parseNumber, parseRange } from "./values.ts";

export interface AlgorithmOptions {
  readonly algorithm?: string;
  readonly ram?: { readonly address: number; readonly size: number };
  readonly proof: "any" | "required";
}

export interface ImageOptions {
  readonly base?: bigint;
  readonly format?: ImageFormat;
}

const FORMATS = ["elf", "hex", "srec", "uf2", "bin"] as const satisfies readonly ImageFormat[];

/** How an algorithm is found without a pack, and what it is believed. */
export function addAlgorithmOptions(command: Command): Command {
  return command
    .option("--algorithm <file>", "a flash algorithm (.FLM) instead of the pack's")
    .option("--ram <start:size>", "RAM for it (the pack's)", parseRam)
    .addOption(
      new Option("--proof <what>", "fail where flash cannot be read (required), or trust its algorithm there")
        .choices(["any", "required"])
        .default("any"),
    );
}

export function addImageOptions(command: Command): Command {
  return command
    .option("--base <address>", "where a raw binary belongs", parseNumber)
    .addOption(new Option("--format <format>", "of the files (told by their content)").choices(FORMATS));
}

function parseRam(text: string): { readonly address: number; readonly size: number } {
  const range = parseRange(text);
  if (range.size !== undefined) return { address: range.address, size: range.size };
  throw new InvalidArgumentError("START:SIZE is wanted, for example 0x20000000:0x4000.");
}

/** The algorithms for what is going to be touched, of the one that is named or of the pack. */
export async function placesFor(
  { context, readPackFile }: Inputs,
  { algorithm, ram }: AlgorithmOptions,
  wanted?: readonly { readonly address: number; readonly size: number }[],
): Promise<readonly FlashPlace[]> {
  if (algorithm !== undefined) {
    if (ram === undefined)
      throw badRequest("--algorithm needs --ram START:SIZE, for no pack says where it may stand");
    const place = { start: ram.address, size: ram.size };
    return [
      { kind: "algorithm", algorithm: readFlm(basename(algorithm), await readBytes(algorithm)), ram: place },
    ];
  }
  const { description } = context;
  if (description === undefined || readPackFile === undefined)
    throw badRequest(
      "flashing needs a pack with the device (--pack, --device), or --algorithm FILE.FLM with --ram",
    );
  const places = await findPlaces(description, {
    pname: context.pname,
    read: readPackFile,
    ...(wanted === undefined ? {} : { wanted }),
  });
  if (ram === undefined) return places;
  const own = { start: ram.address, size: ram.size };
  return places.map((place) => (place.kind === "algorithm" ? { ...place, ram: own } : place));
}

/** The files that are named, or else the images of a cbuild-run.yml, each where it says. */
export async function imageToProgram(
  files: readonly string[],
  { run }: Inputs,
  options: ImageOptions,
): Promise<FlashImage> {
  if (files.length > 0)
    return readImage(await Promise.all(files.map((path) => fileToProgram(path, options))));
  if (run === undefined) throw badRequest("which FILE? A cbuild-run.yml may name some (--pack)");
  const images = imagesOf(run);
  if (images.length === 0) throw badRequest(`${run.path}: its output has no image to load; name a FILE`);
  return readImage(await Promise.all(images.map((image) => projectImage(image, options))));
}

function projectImage(
  { file, type, loadOffset }: CbuildImage,
  options: ImageOptions,
): Promise<FileToProgram> {
  const format = FORMATS.find((one) => one === type);
  return fileToProgram(file, {
    ...options,
    ...(format === undefined ? {} : { format }),
    ...(loadOffset === undefined ? {} : { base: loadOffset }),
  });
}

export async function fileToProgram(path: string, { base, format }: ImageOptions): Promise<FileToProgram> {
  return {
    name: path,
    bytes: await readBytes(path),
    ...(base === undefined ? {} : { base: Number(base) }),
    ...(format === undefined ? {} : { format }),
  };
}
