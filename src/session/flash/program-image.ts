/** Makes an image for a device out of files, and tells which parts of it are RAM. */
import { agree, plural } from "../../lib/plural.ts";
import { FlashFailure } from "../../flash/faults.ts";
import { readImage, type FileToProgram, type ImageFormat } from "../../flash/file/formats.ts";
import { FlashImage } from "../../flash/file/image.ts";
import { hex32 } from "../../lib/hex.ts";
import type { DeviceContext } from "../../project/context.ts";
import { memoryKinds } from "../../project/memory-kinds.ts";
import { least } from "../../lib/lists.ts";

/** The facts of a device that are known before anything is connected. */
export type KnownDevice = Pick<DeviceContext, "description" | "pname">;

export interface RamRegion {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** A file that a project builds, and what the project says of it. */
export interface OutputFile {
  readonly path: string;
  readonly format?: ImageFormat;
  /** The address at which a raw binary belongs. */
  readonly base?: number;
}

/**
 * Without a pack, RAM is what the architecture defines as such (Armv7-M B3.1, Armv8-M B8.1); code may be in
 * either region.
 */
const SRAM: RamRegion = { name: "SRAM", start: 0x2000_0000, size: 0x2000_0000 };

/** Throws `bad-image`, `other-family` or `overlap`. */
export function imageFor({ description }: KnownDevice, files: readonly FileToProgram[]): FlashImage {
  if (description === undefined) return readImage(files);
  const cores = description.processors.map(({ core }) => core);
  return readImage(files, { name: description.device, cores });
}

/** `more` lists what the user says is RAM. */
export function ramOf(
  { description, pname }: KnownDevice,
  more: readonly RamRegion[] = [],
): readonly RamRegion[] {
  if (description === undefined) return [...more, SRAM];
  const described = memoryKinds(description, pname).filter(({ kind }) => kind === "ram");
  return [
    ...more,
    ...described.map(({ memory: { name, start, size } }) => ({
      name: name ?? hex32(Number(start)),
      start: Number(start),
      size: Number(size),
    })),
  ];
}

export interface DividedImage {
  readonly flash: FlashImage;
  readonly ram: FlashImage;
}

/** What is not RAM counts as flash; the flash algorithms decide if it really is. */
function divideImage(image: FlashImage, regions: readonly RamRegion[]): DividedImage {
  const flash = new FlashImage();
  const ram = new FlashImage();
  for (const { address, bytes, from, pieces } of image.parts)
    for (let at = 0; at < bytes.length;) {
      const place = address + at;
      const here = regions.find(({ start, size }) => start <= place && place < start + size);
      const next = Math.min(
        address + bytes.length,
        here === undefined ? Infinity : here.start + here.size,
        least(here === undefined ? regions.map(({ start }) => start).filter((start) => start > place) : []),
      );
      (here === undefined ? flash : ram).add(place, bytes.subarray(at, next - address), from, pieces);
      at = next - address;
    }
  for (const note of image.notes) flash.note(note);
  return { flash, ram };
}

/**
 * Prepares flashing: throws `ram-part` for parts in RAM, unless they are allowed; there must be something for
 * the flash.
 */
export function divideForFlash(
  image: FlashImage,
  regions: readonly RamRegion[],
  wantsRam: boolean,
): DividedImage {
  const divided = divideImage(image, regions);
  const [first] = divided.ram.parts;
  const only = divided.flash.parts.length === 0;
  if (first === undefined || (wantsRam && !only)) return divided;
  const { address, bytes, from } = first;
  throw new FlashFailure(
    { kind: "ram-part", address, size: bytes.length, only, files: filesOf(image) },
    `${from}: ${plural(bytes.length, "byte")} at ${hex32(address)} ${agree(bytes.length, "is", "are")} for RAM (${regionAt(regions, address)})` +
      (only ? ", and nothing is for flash" : ", which flash algorithms do not program"),
  );
}

/** Prepares loading RAM: throws `not-ram` for everything else, before anything is written. */
export function mustBeRam(image: FlashImage, regions: readonly RamRegion[]): FlashImage {
  const { flash, ram } = divideImage(image, regions);
  const [first] = flash.parts;
  if (first === undefined) return ram;
  const { address, bytes, from } = first;
  const known = regions.map((one) => `${one.name} ${hex32(one.start)} to ${hex32(one.start + one.size - 1)}`);
  throw new FlashFailure(
    { kind: "not-ram", address, size: bytes.length, mixed: ram.parts.length > 0, files: filesOf(image) },
    `${from}: ${plural(bytes.length, "byte")} at ${hex32(address)} ${agree(bytes.length, "is", "are")} outside of the RAM, which is ` +
      (known.length === 0 ? "not described" : known.join(", ")),
  );
}

function regionAt(regions: readonly RamRegion[], address: number): string {
  return regions.find(({ start, size }) => start <= address && address < start + size)?.name ?? "";
}

function filesOf({ parts }: FlashImage): readonly string[] {
  return [...new Set(parts.map(({ from }) => from))];
}
