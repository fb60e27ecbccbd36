/** `dbgseq flash`: files into flash by the pack's own algorithms, erased, programmed and proved. */
import { Option, type Command } from "commander";
import type { FlashImage } from "../../flash/file/image.ts";
import { Loader, type LoadOptions } from "../../flash/program/loader.ts";
import { writeRam, type RamReport } from "../../flash/program/ram-loader.ts";
import type { FlashReport, SectorReport } from "../../flash/program/report.ts";
import { divideForFlash } from "../../session/flash/program-image.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import {
  addAlgorithmOptions,
  addImageOptions,
  imageToProgram,
  placesFor,
  ramFor,
  type AlgorithmOptions,
  type ImageOptions,
} from "../algorithms.ts";
import { gather } from "../asked.ts";
import { withConnection } from "../connected.ts";
import { mustConsentToErase, type ConsentOptions } from "../consent.ts";
import { DOING, FlashProgressDisplay } from "../flash-progress.ts";
import { EXIT, exitCodeOf } from "../../session/exit-codes.ts";
import { whileReading, type Io } from "../io.ts";
import { saveLostPages } from "../lost-pages.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";

type FlashOptions = TargetOptions &
  OutputOptions &
  AlgorithmOptions &
  ImageOptions &
  ConsentOptions & {
    readonly erase: NonNullable<LoadOptions["erase"]>;
    readonly verify: boolean;
    readonly readBack?: boolean;
    readonly keep?: boolean;
    readonly force?: boolean;
    readonly ramParts?: boolean;
    readonly reset: boolean;
  };

export function defineFlash(command: Command, io: Io): void {
  command
    .argument(
      "[files...]",
      "ELF, Intel HEX, S-record, UF2, or raw binary with --base (what a cbuild-run.yml names as output)",
    )
    .addOption(
      new Option("--erase <what>", "sectors of the image, the whole chip, or nothing")
        .choices(["sector", "chip", "none"])
        .default("sector"),
    )
    .option("--no-verify", "do not compare what was programmed")
    .option("--read-back", "compare by reading everything back")
    .option("--keep", "keep what touched sectors hold besides the image")
    .option("--force", "erase and program also what is there already")
    .option("--ram-parts", "write what the files have for RAM there, after flashing")
    .option("--reset", "reset the target after flashing, and let it run: the default", true)
    .option("--no-reset", "leave the core halted after flashing");
  addAlgorithmOptions(addImageOptions(command));
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: FlashOptions) => {
    if (!options.verify && options.readBack === true)
      throw badRequest("--read-back is a way to verify: not with --no-verify");
    if (!options.verify && options.proof === "required")
      throw badRequest("--proof required needs what --no-verify leaves out");
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const whole = await whileReading(io, () => imageToProgram(files, inputs, options, io));
    const { flash: image, ram } = divideForFlash(whole, ramFor(inputs, options), options.ramParts === true);
    const wanted = image.parts.map(({ address, bytes }) => ({ address, size: bytes.length }));
    if (options.erase === "chip") await mustConsentToErase(io, options, inputs.context.description?.device);
    const places = await placesFor(inputs, options, wanted);
    const summary: Record<string, Json> = {};
    await withConnection(io, {
      inputs,
      options,
      about: { command: "flash" },
      result: summary,
      work: async (session) => {
        session.purpose = "flash";
        if (options.erase === "chip") session.rig.guard.grant("erase");
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        await session.during(
          async () => {
            const loader = new Loader(await session.openFlashes(places), image, {
              ...loadOptions(options, io),
              beforeVerify: () => session.remapCodeMemory(),
              onProgress: display.show,
            });
            const end = async (error?: unknown): Promise<void> => {
              display.clear();
              const report = await loader.report();
              summary["flash"] = reportJson(report);
              if (options.json !== true && options.jsonl !== true)
                tell(report, { image, error, options, io });
              await saveLostPages(loader, io);
            };
            try {
              await loader.commit();
            } catch (error) {
              await end(error);
              throw error;
            }
            await end();
            // What the boot ROM of a device does with RAM is over once the core is caught at its reset vector.
            if (options.reset) await session.reset(undefined, { halt: ram.parts.length > 0 });
            if (ram.parts.length === 0) return;
            const report = await writeRam(session.rig.target.memory, ram, {
              onProgress: display.show,
              signal: io.signal,
            });
            display.clear();
            summary["flash"] = { ...(summary["flash"] as object), ram: report.map((part) => ({ ...part })) };
            if (options.json !== true && options.jsonl !== true) tellRam(report, io);
          },
          options.reset ? "running" : "halted",
        );
      },
    });
  });
}

export function tellRam(report: readonly RamReport[], io: Io): void {
  for (const { address, size } of report)
    io.out(`${size} bytes written to RAM at ${hex32(address)} and read back\n`);
}

function loadOptions({ erase, verify, readBack, proof, keep, force }: FlashOptions, io: Io): LoadOptions {
  return {
    erase,
    verify: !verify ? "none" : readBack === true ? "read" : "auto",
    proof,
    keep: keep === true,
    force: force === true,
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  };
}

interface Told {
  readonly image: FlashImage;
  readonly error: unknown;
  readonly options: FlashOptions;
  readonly io: Io;
}

/** What is certain, in one sentence each. */
function tell(report: FlashReport, { image, error, options, io }: Told): void {
  const { sectors } = report;
  // What was refused before anything was looked at says so by itself.
  if (sectors.length === 0) return;
  const count = (fits: (sector: (typeof sectors)[number]) => boolean): number => sectors.filter(fits).length;
  const skipped = count(({ skipped: unchanged }) => unchanged);
  const programmed = sectors.reduce((sum, sector) => sum + sector.programmed, 0);
  io.out(
    `${image.size} bytes in ${sectors.length} sectors: ${programmed} bytes programmed, ${skipped} sectors unchanged, ` +
      `${verifiedWords(sectors)}\n`,
  );
  io.out(
    `SHA-256 ${report.imageSha256}${report.readSha256 === undefined ? "" : `, read back ${report.readSha256}`}\n`,
  );
  const { reached } = report;
  if (report.complete || reached === undefined) return;
  const page = reached.page === undefined ? "" : `, at the page ${hex32(reached.page)}`;
  // A function that failed may have changed something all the same.
  const touched = reached.step !== "compare";
  const before = sectors.some(({ erase, programmed: bytes }) => erase === "erased" || bytes > 0);
  const again = `flashing again${options.erase === "none" ? ", with an erase," : ""} completes it`;
  const next = wasCutShort(error) ? again : "what the sector holds is not certain";
  io.err(
    `it ended while ${DOING[reached.step]}, in the sector ${hex32(reached.sector)}${page}; ` +
      `${touched ? next : `nothing was changed${before ? " there" : ""}`}\n`,
  );
}

/** How much of it was seen in the flash, and how; the word of an algorithm alone is called that. */
function verifiedWords(sectors: FlashReport["sectors"]): string {
  const count = (way: SectorReport["verified"]): number =>
    sectors.filter(({ verified }) => verified === way).length;
  const [unverified, byWord] = [count(undefined), count("algorithm")];
  const ways = [
    ...new Set(
      sectors.flatMap(({ verified, skipped }) =>
        verified === undefined || verified === "algorithm" || skipped ? [] : [verified],
      ),
    ),
  ];
  const all = `all verified${ways.length === 0 ? "" : ` (${ways.join(", ")})`}`;
  if (unverified === 0 && byWord === 0) return all;
  const some = [
    ...(unverified === 0 ? [] : [`${unverified} sectors not verified`]),
    ...(byWord === 0 ? [] : [`${byWord} sectors verified by the vendor's algorithm only`]),
  ];
  return `${some.join(", ")}${ways.length === 0 ? "" : `, the rest verified (${ways.join(", ")})`}`;
}

/** By a person or a probe: the flash and its algorithm did nothing wrong, so that the same once more may succeed. */
function wasCutShort(error: unknown): boolean {
  const code = exitCodeOf(error);
  return code === EXIT.interrupted || code === EXIT.terminated || code === EXIT.noProbe;
}

function reportJson(report: FlashReport): Json {
  return JSON.parse(JSON.stringify(report)) as Json;
}
