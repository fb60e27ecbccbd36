/** Which flash algorithms a command may use, the pack's or a named file, and which files it programs. */
import { InvalidArgumentError, Option, type Command } from "commander";
import {
  familyNamed,
  findAlgorithms,
  IMAGE_FORMATS,
  LONGEST_CALL_MINUTES,
  readImage,
  UF2_FAMILIES,
  type FlashImage,
  type FlashPlan,
  type ImageFormat,
  type Range,
} from "../../api/jobs/flash-inputs.ts";
import type { DeviceInputs } from "../../api/node/gather.ts";
import { asFailure, Failure } from "../../lib/fault.ts";
import { nearest } from "../../lib/nearest.ts";
import { badRequest } from "../bad-request.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { parseNumber, parseRange } from "./values.ts";

export interface AlgorithmOptions {
  readonly algorithm?: string;
  readonly ram?: Range;
  readonly proof: "any" | "required";
}

export interface ImageOptions {
  readonly base?: bigint;
  readonly format?: ImageFormat;
  readonly uf2Family?: number;
}

/** Adds the options that find an algorithm without a pack, and say how far it is trusted. */
export function addAlgorithmOptions(command: Command): Command {
  return command
    .option("--algorithm <file>", "a flash algorithm (.FLM) instead of the pack's")
    .option("--ram <start:size>", "RAM for it (the pack's)", parseRam)
    .addOption(
      new Option("--proof <what>", "fail if flash cannot be read (required), or trust its algorithm")
        .choices(["any", "required"])
        .default("any"),
    )
    .addHelpText(
      "after",
      `
Flash work ends: each call of an algorithm by the time that its file states for it, ${LONGEST_CALL_MINUTES} minutes at most, each flash
sequence by --deadline; there are as many calls as sectors and pages.`,
    );
}

export function addImageOptions(command: Command): Command {
  return command
    .option("--base <address>", "base address of a raw binary", parseNumber)
    .addOption(new Option("--format <format>", "file format (default: detected)").choices(IMAGE_FORMATS))
    .addOption(
      new Option("--uf2-family <family>", "family of a UF2 file, by name or number (the device's)").argParser(
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

/** Names the RAM that the user gave, for messages. */
export function ramNamed({ ram }: { readonly ram?: Range }): {
  readonly ram?: Range & { readonly name: string };
} {
  return ram === undefined ? {} : { ram: { ...ram, name: "--ram" } };
}

export function parseRam(text: string): Range {
  const range = parseRange(text);
  if (range.size !== undefined) return { address: range.address, size: range.size };
  throw new InvalidArgumentError("expected START:SIZE, for example 0x20000000:0x4000.");
}

/** The algorithms for the range to be touched, from the named file or from the pack. */
export async function placesFor(
  inputs: DeviceInputs,
  { algorithm, ram }: AlgorithmOptions,
  wanted?: readonly Range[],
): Promise<FlashPlan["places"]> {
  const isDescribed = inputs.context.description !== undefined;
  if (algorithm !== undefined && ram === undefined && !isDescribed)
    throw badRequest("--algorithm needs --ram START:SIZE: no pack says where it may be");
  if (algorithm === undefined && (!isDescribed || inputs.readPackFile === undefined))
    throw badRequest(
      "flashing needs a pack with the device (--pack, --device), or --algorithm FILE.FLM with --ram",
    );
  return findAlgorithms(inputs, { algorithm, ram }, wanted).catch((error: unknown) => {
    throw withProcessorHint(error);
  });
}

/** Adds how to choose the processor whose algorithm it is. */
function withProcessorHint(error: unknown): unknown {
  const failure = asFailure(error);
  const { kind, pnames = [] } = (failure?.fault ?? { kind: "" }) as NoAlgorithm;
  if (failure === undefined || kind !== "no-algorithm" || pnames.length === 0) return error;
  return new Failure(
    failure.fault,
    `${failure.message}; choose the processor with ${pnames.map((pname) => `--pname ${pname}`).join(" or ")}`,
    failure.cause,
  );
}

interface NoAlgorithm {
  readonly kind: string;
  readonly pnames?: readonly string[];
}

/**
 * Reads the image for the device: from the named files, or else from a cbuild-run.yml, which says where each
 * belongs. Reports what was left out of them or cannot be judged.
 */
export async function imageToProgram(
  files: readonly string[],
  inputs: DeviceInputs,
  { base, format, uf2Family }: ImageOptions,
  io: Io,
): Promise<FlashImage> {
  if (files.length === 0 && inputs.output === undefined)
    throw badRequest("no FILE was given; a cbuild-run.yml may name some (--pack)");
  const choice = { base: base === undefined ? undefined : Number(base), format, family: uf2Family };
  const image = await whileReading(io, files.join(", ") || "the image", () =>
    readImage(inputs, files, choice),
  );
  for (const note of image.notes) io.err(`note: ${note}\n`);
  return image;
}
