/** Prepares flash work before anything is connected: the image of the files, the algorithms for it, the RAM. */
import { LONGEST_CALL_US } from "../../flash/driver.ts";
import { familyNamed } from "../../flash/file/uf2-families.ts";
import { readFlm } from "../../flash/algorithm/flm.ts";
import { formatOf, IMAGE_FORMATS, type FileToProgram, type ImageFormat } from "../../flash/file/formats.ts";
import type { FlashImage } from "../../flash/file/image.ts";
import type { DeviceContext } from "../../project/context.ts";
import { findPlaces, isReadable, ramOfDevice, type FlashPlace } from "../../session/flash/places.ts";
import {
  divideForFlash,
  imageFor,
  mustBeRam,
  ramOf,
  type OutputFile,
  type RamRegion,
} from "../../session/flash/program-image.ts";
import {
  badRequest,
  call,
  count,
  listOf,
  memoryAddress,
  oneOf,
  options as named,
  optional,
  text,
  yesOrNo,
} from "../arguments.ts";
import { flashInputs, image as imageGiven } from "../given.ts";
import type { FlashInputs } from "../host.ts";
import { ramRange, range } from "./given.ts";

export { IMAGE_FORMATS };
export { UF2_FAMILIES } from "../../flash/file/uf2-families.ts";
export type { FlashImage, FlashInputs, ImageFormat };
export { familyNamed };

export interface ImageChoice {
  /** The address of raw binaries. */
  readonly base?: number | undefined;
  /** The format; found out from the content by default. */
  readonly format?: ImageFormat | undefined;
  /** The number of the family of UF2 files; that of the device by default. */
  readonly family?: number | undefined;
}

/** The limit of one call of a flash algorithm. */
export const LONGEST_CALL_MINUTES = LONGEST_CALL_US / 60e6;

/** A range, with its size in bytes. */
export interface Range {
  readonly address: number;
  readonly size: number;
}

export interface AlgorithmChoice {
  /** The path of a flash algorithm (.FLM) instead of the pack's. */
  readonly algorithm?: string | undefined;
  /** The RAM for it; the pack's by default. */
  readonly ram?: Range | undefined;
}

export interface RamChoice {
  /** RAM beyond that of the pack, with its name for messages. */
  readonly ram?: (Range & { readonly name?: string }) | undefined;
}

const READ = call({
  inputs: flashInputs,
  files: listOf(text),
  choice: named({
    base: optional(memoryAddress),
    format: optional(oneOf(IMAGE_FORMATS)),
    family: optional(count(0)),
  } satisfies Record<keyof ImageChoice, unknown>),
});
const DIVIDE = call({
  inputs: flashInputs,
  image: imageGiven,
  choice: named({ ram: optional(ramRange), ramParts: optional(yesOrNo) }),
});
const ONLY_RAM = call({ inputs: flashInputs, image: imageGiven, choice: named({ ram: optional(ramRange) }) });
const FIND = call({
  inputs: flashInputs,
  choice: named({ algorithm: optional(text), ram: optional(range) } satisfies Record<
    keyof AlgorithmChoice,
    unknown
  >),
  wanted: optional(listOf(range)),
});
const RANGES_OF = call({ image: imageGiven });

/** Flash work that is ready to be done: the image and the algorithms. */
export interface FlashPlan {
  readonly image: FlashImage;
  /** The part of the image that is for RAM. */
  readonly ram: FlashImage;
  readonly places: readonly FlashPlace[];
}

/** The format of a file that has addresses of its own, by its content; undefined for a raw binary. */
export function addressedFormat(name: string, bytes: Uint8Array): ImageFormat | undefined {
  const format = formatOf({ name, bytes, base: 0 });
  return format === "bin" ? undefined : format;
}

/**
 * Reads the image for a device: from the named files, or else from the output of the cbuild-run.yml in place of
 * the pack, each file where that says. Its `notes` list what was left out. Throws `unreadable-file`, `bad-image`,
 * `other-family`, `overlap`.
 *
 * `const image = await readImage(inputs, ["firmware.elf"]);`
 */
export async function readImage(
  inputs: FlashInputs,
  files: readonly string[],
  choice: ImageChoice = {},
): Promise<FlashImage> {
  READ({ inputs, files, choice });
  const contents = wantedFiles(files, inputs).map((file) => contentOf(file, choice, inputs));
  return imageFor(inputs.context, await Promise.all(contents));
}

/** Divides the image into flash and RAM. Throws `ram-part` for the latter, unless `ramParts` asks for it. */
export function divideImage(
  inputs: FlashInputs,
  image: FlashImage,
  choice: RamChoice & { readonly ramParts?: boolean } = {},
): Omit<FlashPlan, "places"> {
  DIVIDE({ inputs, image, choice });
  const { context } = inputs;
  const { ram, ramParts = false } = choice;
  const { flash, ram: forRam } = divideForFlash(image, regionsOf(context, ram), ramParts);
  return { image: flash, ram: forRam };
}

/** Returns the image if all of it is for RAM; throws `not-ram` otherwise. */
export function onlyRam(inputs: FlashInputs, image: FlashImage, choice: RamChoice = {}): FlashImage {
  ONLY_RAM({ inputs, image, choice });
  return mustBeRam(image, regionsOf(inputs.context, choice.ram));
}

function regionsOf(context: DeviceContext, ram: RamChoice["ram"]): readonly RamRegion[] {
  return ramOf(
    context,
    ram === undefined ? [] : [{ name: ram.name ?? "ram", start: ram.address, size: ram.size }],
  );
}

/**
 * Finds the algorithms for ranges of flash, or for all flash of the device: the named one, or the pack's. Throws
 * `no-algorithm`, `bad-algorithm`, and `bad-request` if nothing describes the flash.
 */
export async function findAlgorithms(
  inputs: FlashInputs,
  choice: AlgorithmChoice,
  wanted?: readonly Range[],
): Promise<readonly FlashPlace[]> {
  FIND({ inputs, choice, wanted });
  const { algorithm, ram } = choice;
  if (algorithm !== undefined) return [await placeOf(inputs, algorithm, ram)];
  const { context, readPackFile } = inputs;
  const { description } = context;
  if (description === undefined || readPackFile === undefined)
    throw badRequest("flashing needs a pack with the device, or a flash algorithm and its RAM");
  const places = await findPlaces(description, {
    pname: context.pname,
    read: readPackFile,
    ...(wanted === undefined ? {} : { wanted }),
  });
  if (ram === undefined) return places;
  const own = { start: ram.address, size: ram.size };
  return places.map((place) => (place.kind === "algorithm" ? { ...place, ram: own } : place));
}

async function placeOf(
  { context, readFile }: FlashInputs,
  path: string,
  ram: Range | undefined,
): Promise<FlashPlace> {
  const { description } = context;
  const flm = readFlm(path.split(/[\\/]/).at(-1) ?? path, await readFile(path));
  const own = ram === undefined ? ramOfDevice(context, flm.device) : { start: ram.address, size: ram.size };
  if (own === undefined)
    throw badRequest("a flash algorithm needs a range of RAM: no pack says where it may be", "algorithm-ram");
  const place = { kind: "algorithm", algorithm: flm, ram: own } as const;
  const { address: start, size } = flm.device;
  return description === undefined ? place : { ...place, readable: isReadable(description, { start, size }) };
}

/** Lists the ranges that an image covers. */
export function rangesOf(image: FlashImage): readonly Range[] {
  return RANGES_OF({ image }).image.parts.map(({ address, bytes }) => ({ address, size: bytes.length }));
}

function wantedFiles(files: readonly string[], { output }: FlashInputs): readonly OutputFile[] {
  if (files.length > 0) return files.map((path) => ({ path }));
  if (output === undefined) throw badRequest("no file was given; a cbuild-run.yml as the pack may name some");
  return output();
}

/** Reads a file. The caller's words about it win over the project's. */
async function contentOf(
  { path, ...project }: OutputFile,
  { format = project.format, base = project.base, family }: ImageChoice,
  { readFile }: FlashInputs,
): Promise<FileToProgram> {
  return {
    name: path,
    bytes: await readFile(path),
    ...(base === undefined ? {} : { base }),
    ...(format === undefined ? {} : { format }),
    ...(family === undefined ? {} : { family }),
  };
}
