/** `dbgseq flash`: files into flash by the pack's own algorithms, erased, programmed and proved. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { basename } from "node:path";
import { readImage, type FileToProgram, type ImageFormat } from "../../flash/formats.ts";
import { readFlm } from "../../flash/flm.ts";
import type { FlashImage } from "../../flash/image.ts";
import { FlashLoader, type LoadOptions } from "../../flash/loader.ts";
import type { FlashReport } from "../../flash/report.ts";
import { findPlaces, type FlashPlace } from "../../session/flash.ts";
import { readBytes } from "../../session/node/files.ts";
import { readInputs, readPackFile, type Inputs } from "../../session/node/inputs.ts";
import type { Json } from "../../report/json.ts";
import { gather, type Asked } from "../asked.ts";
import { withSession } from "../connected.ts";
import { FlashProgressDisplay } from "../flash-progress.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { parseNumber } from "../values.ts";
import { addOutputOptions, badRequest } from "./run.ts";

export interface AlgorithmOptions {
  readonly algorithm?: string;
  readonly ram?: { readonly start: number; readonly size: number };
}

type FlashOptions = TargetOptions &
  OutputOptions &
  AlgorithmOptions & {
    readonly erase: NonNullable<LoadOptions["erase"]>;
    readonly verify: boolean;
    readonly readBack?: boolean;
    readonly keep?: boolean;
    readonly force?: boolean;
    readonly reset: boolean;
    readonly base?: bigint;
    readonly format?: ImageFormat;
  };

export function defineFlash(command: Command, io: Io): void {
  command
    .argument("<files...>", "ELF, Intel HEX, S-record, UF2, or raw binary with --base")
    .addOption(
      new Option("--erase <what>", "sectors of the image, the whole chip, or nothing")
        .choices(["sector", "chip", "none"])
        .default("sector"),
    )
    .option("--no-verify", "do not compare what was programmed")
    .option("--read-back", "compare by reading everything back")
    .option("--keep", "keep what touched sectors hold besides the image")
    .option("--force", "erase and program also what is there already")
    .option("--no-reset", "leave the core halted after flashing")
    .option("--base <address>", "where a raw binary belongs", parseNumber)
    .addOption(
      new Option("--format <format>", "of the files (told by their content)").choices([
        "elf",
        "hex",
        "srec",
        "uf2",
        "bin",
      ]),
    );
  addAlgorithmOptions(command);
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: FlashOptions) => {
    const image = readImage(await Promise.all(files.map((path) => fileToProgram(path, options))));
    const asked = await gather(io, options);
    const inputs = await readInputs(asked.request);
    const wanted = image.parts.map(({ address, bytes }) => ({ address, size: bytes.length }));
    const places = await placesFor(inputs, asked, options, wanted);
    const summary: Record<string, Json> = {};
    await withSession(io, {
      inputs,
      options,
      asked,
      about: { command: "flash" },
      result: summary,
      work: async (session) => {
        session.purpose = "flash";
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        await session.during(
          async () => {
            const loader = new FlashLoader(await session.openFlashes(places), image, {
              ...loadOptions(options, io),
              beforeVerify: () => session.remapCodeMemory(),
              onProgress: display.show,
            });
            try {
              await loader.commit();
            } finally {
              display.clear();
              const report = await loader.report();
              summary["flash"] = reportJson(report);
              if (options.json !== true && options.jsonl !== true) tell(report, image, io);
            }
            if (options.reset) await session.reset(undefined);
          },
          options.reset ? "running" : "halted",
        );
      },
    });
  });
}

/** How an algorithm is found without a pack. */
export function addAlgorithmOptions(command: Command): Command {
  return command
    .option("--algorithm <file>", "a flash algorithm (.FLM) instead of the pack's")
    .option("--ram <start:size>", "RAM for it", parseRam);
}

function parseRam(text: string): { readonly start: number; readonly size: number } {
  const [start, size, more] = text.split(":");
  if (start === undefined || size === undefined || more !== undefined)
    throw new InvalidArgumentError("START:SIZE is wanted, for example 0x20000000:0x4000.");
  return { start: Number(parseNumber(start)), size: Number(parseNumber(size)) };
}

/** The algorithms for what is going to be touched, of the one that is named or of the pack. */
export async function placesFor(
  { context }: Inputs,
  { request }: Asked,
  { algorithm, ram }: AlgorithmOptions,
  wanted?: readonly { readonly address: number; readonly size: number }[],
): Promise<readonly FlashPlace[]> {
  if (algorithm !== undefined) {
    if (ram === undefined)
      throw badRequest("--algorithm needs --ram START:SIZE, for no pack says where it may stand");
    return [{ algorithm: readFlm(basename(algorithm), await readBytes(algorithm)), ram }];
  }
  const { description } = context;
  const { pack } = request;
  if (description === undefined || pack === undefined)
    throw badRequest(
      "flashing needs a pack with the device (--pack, --device), or --algorithm FILE.FLM with --ram",
    );
  return findPlaces(description, {
    pname: context.pname,
    read: (file) => readPackFile(pack, file),
    ...(wanted === undefined ? {} : { wanted }),
  });
}

async function fileToProgram(path: string, { base, format }: FlashOptions): Promise<FileToProgram> {
  return {
    name: path,
    bytes: await readBytes(path),
    ...(base === undefined ? {} : { base: Number(base) }),
    ...(format === undefined ? {} : { format }),
  };
}

function loadOptions({ erase, verify, readBack, keep, force }: FlashOptions, io: Io): LoadOptions {
  return {
    erase,
    verify: !verify ? "none" : readBack === true ? "read" : "auto",
    keep: keep === true,
    force: force === true,
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  };
}

/** What is certain, in one sentence each. */
function tell(report: FlashReport, image: FlashImage, io: Io): void {
  const { sectors } = report;
  const count = (fits: (sector: (typeof sectors)[number]) => boolean): number => sectors.filter(fits).length;
  const skipped = count(({ skipped: unchanged }) => unchanged);
  const programmed = sectors.reduce((sum, sector) => sum + sector.programmed, 0);
  const unverified = count((sector) => sector.verified === undefined);
  const ways = [
    ...new Set(
      sectors.flatMap(({ verified, skipped: unchanged }) =>
        verified === undefined || unchanged ? [] : [verified],
      ),
    ),
  ];
  io.out(
    `${image.size} bytes in ${sectors.length} sectors: ${programmed} bytes programmed, ${skipped} sectors unchanged, ` +
      `${unverified === 0 ? "all verified" : `${unverified} sectors not verified`}${ways.length === 0 ? "" : ` (${ways.join(", ")})`}\n`,
  );
  io.out(
    `SHA-256 ${report.imageSha256}${report.readSha256 === undefined ? "" : `, read back ${report.readSha256}`}\n`,
  );
  if (report.complete) return;
  const last = sectors.findLast((sector) => sector.programmed > 0 || sector.erase === "erased");
  if (last !== undefined)
    io.err(
      `the last sector that was touched is at 0x${last.address.toString(16).toUpperCase().padStart(8, "0")}: ` +
        `${last.programmed} of ${last.planned} bytes programmed; flashing again completes it\n`,
    );
}

function reportJson(report: FlashReport): Json {
  return JSON.parse(JSON.stringify(report)) as Json;
}
