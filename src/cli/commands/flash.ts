/** `dbgseq flash`: erases, programs and proves files in flash by the pack's own algorithms. */
import { Option, type Command } from "commander";
import { EXIT, exitCodeOf } from "../../api/exit-codes.ts";
import { divideImage, rangesOf, type FlashImage, type FlashPlan } from "../../api/jobs/flash-inputs.ts";
import {
  programFlash,
  type FlashReport,
  type ProgramOptions,
  type RamReport,
  type SectorReport,
} from "../../api/jobs/program-flash.ts";
import type { Session } from "../../api/session.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import {
  addAlgorithmOptions,
  addImageOptions,
  imageToProgram,
  placesFor,
  ramNamed,
  type AlgorithmOptions,
  type ImageOptions,
} from "../flags/algorithms.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { mustConsentToErase, type ConsentOptions } from "../terminal/consent.ts";
import { DOING, FlashProgressDisplay } from "../terminal/flash-progress.ts";
import type { Io } from "../terminal/io.ts";
import { saveLostPages } from "../terminal/lost-pages.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { addOutputOptions } from "./run.ts";
import { plural } from "../../lib/plural.ts";

type FlashOptions = TargetOptions &
  OutputOptions &
  AlgorithmOptions &
  ImageOptions &
  ConsentOptions & {
    readonly erase: NonNullable<ProgramOptions["erase"]>;
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
    .option("--keep", "preserve the rest of every sector the image touches")
    .option("--force", "also erase and program what is there already")
    .option("--ram-parts", "write what the files have for RAM there, after flashing")
    .option("--reset", "reset the target after flashing, and let it run: the default", true)
    .option("--no-reset", "leave the core halted after flashing");
  addAlgorithmOptions(addImageOptions(command));
  addTargetOptions(command);
  addOutputOptions(command).action(async (files: readonly string[], options: FlashOptions) => {
    if (!options.verify && options.readBack === true)
      throw badRequest("--read-back verifies: it contradicts --no-verify");
    if (!options.verify && options.proof === "required")
      throw badRequest("--proof required needs what --no-verify leaves out");
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const whole = await imageToProgram(files, inputs, options, io);
    const parts = divideImage(inputs, whole, { ...ramNamed(options), ramParts: options.ramParts === true });
    if (options.erase === "chip") await mustConsentToErase(io, options, inputs.context.description?.device);
    const places = await placesFor(inputs, options, rangesOf(parts.image));
    const result: Record<string, Json> = {};
    await withSession(io, {
      inputs,
      options,
      about: { command: "flash" },
      result,
      work: (session) => program(io, session, { plan: { ...parts, places }, options, result }),
    });
  });
}

interface Work {
  readonly plan: FlashPlan;
  readonly options: FlashOptions;
  readonly result: Record<string, Json>;
}

async function program(io: Io, session: Session, { plan, options, result }: Work): Promise<void> {
  const { erase, verify, readBack, proof, keep, force, reset, json, jsonl } = options;
  const isPlain = json !== true && jsonl !== true;
  const display = new FlashProgressDisplay(io, () => session.nowUs);
  await programFlash(session, plan, {
    erase,
    verify: !verify ? "none" : readBack === true ? "read" : "auto",
    proof,
    keep: keep === true,
    force: force === true,
    reset,
    mayErase: erase === "chip",
    onProgress: display.show,
    signal: io.signal,
    onReport: (report, error) => {
      display.clear();
      result["flash"] = reportJson(report);
      if (isPlain) tell(report, { image: plan.image, error, options, io });
    },
    onLost: (lost) => saveLostPages(lost, io),
    onRam: (report) => {
      display.clear();
      result["flash"] = { ...(result["flash"] as object), ram: report.map((part) => ({ ...part })) };
      if (isPlain) tellRam(report, io);
    },
  });
}

export function tellRam(report: readonly RamReport[], io: Io): void {
  for (const { address, size } of report)
    io.out(`${size} bytes written to RAM at ${hex32(address)} and read back\n`);
}

interface Told {
  readonly image: FlashImage;
  readonly error: unknown;
  readonly options: FlashOptions;
  readonly io: Io;
}

/** Says what is certain, in one sentence each. */
function tell(report: FlashReport, { image, error, options, io }: Told): void {
  const { sectors } = report;
  // A refusal before the first look explains itself.
  if (sectors.length === 0) return;
  const count = (fits: (sector: (typeof sectors)[number]) => boolean): number => sectors.filter(fits).length;
  const skipped = count(({ skipped: unchanged }) => unchanged);
  const programmed = sectors.reduce((sum, sector) => sum + sector.programmed, 0);
  io.out(
    `${image.size} bytes in ${plural(sectors.length, "sector")}: ${programmed} bytes programmed, ${plural(skipped, "sector")} unchanged, ` +
      `${verifiedWords(sectors)}\n`,
  );
  io.out(
    `SHA-256 ${report.imageSha256}${report.readSha256 === undefined ? "" : `, read back ${report.readSha256}`}\n`,
  );
  const { reached } = report;
  if (report.complete || reached === undefined) return;
  const page = reached.page === undefined ? "" : `, at the page ${hex32(reached.page)}`;
  // A failed function may still have changed something.
  const touched = reached.step !== "compare";
  const before = sectors.some(({ erase, programmed: bytes }) => erase === "erased" || bytes > 0);
  const again = `flashing again${options.erase === "none" ? ", with an erase," : ""} completes it`;
  const next = wasCutShort(error) ? again : "what the sector holds is not certain";
  io.err(
    `it ended while ${DOING[reached.step]}, in the sector ${hex32(reached.sector)}${page}; ` +
      `${touched ? next : `nothing was changed${before ? " there" : ""}`}\n`,
  );
}

/** Says how much of it was seen in the flash, and how. The word of an algorithm alone is named as such. */
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
    ...(unverified === 0 ? [] : [`${plural(unverified, "sector")} not verified`]),
    ...(byWord === 0 ? [] : [`${plural(byWord, "sector")} verified by the vendor's algorithm only`]),
  ];
  return `${some.join(", ")}${ways.length === 0 ? "" : `, the rest verified (${ways.join(", ")})`}`;
}

/**
 * True if a person or a probe stopped it. The flash and its algorithm did nothing wrong, so the same command may
 * then succeed.
 */
function wasCutShort(error: unknown): boolean {
  const code = exitCodeOf(error);
  return code === EXIT.interrupted || code === EXIT.terminated || code === EXIT.noProbe;
}

function reportJson(report: FlashReport): Json {
  return JSON.parse(JSON.stringify(report)) as Json;
}
