/**
 * Programs an image into flash by the device's own algorithms, from connecting to leaving: erased, programmed,
 * proved, reset.
 */
import { encode } from "../../flash/file/encode.ts";
import { Loader, type LoadOptions } from "../../flash/program/loader.ts";
import { writeRam, type RamReport } from "../../flash/program/ram-loader.ts";
import type { FlashReport } from "../../flash/program/report.ts";
import { hex } from "../../lib/hex.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { Connection } from "../../session/connection.ts";
import { call, oneOf, options as named, optional, record, work, yesOrNo } from "../arguments.ts";
import { image as imageGiven, session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { erasing, flashPlaces } from "./given.ts";
import type { FlashPlan, Range } from "./flash-inputs.ts";

export type { FlashProgress, FlashStep, SectorReport } from "../../flash/program/report.ts";
export type { FlashReport, RamReport };

const PROGRAM = call({
  session: sessionGiven,
  plan: record({ image: imageGiven, ram: imageGiven, places: flashPlaces } satisfies Record<
    keyof FlashPlan,
    unknown
  >),
  options: named({
    ...erasing,
    erase: optional(oneOf(["sector", "chip", "none"])),
    verify: optional(oneOf(["auto", "read", "none"])),
    keep: optional(yesOrNo),
    mayLock: optional(yesOrNo),
    onReport: optional(work),
    onLost: optional(work),
    onRam: optional(work),
  } satisfies Record<keyof ProgramOptions, unknown>),
});

export interface ProgramOptions extends Omit<LoadOptions, "beforeVerify"> {
  /** Resets the target afterwards and lets it run; with false, the core is left halted. Default true. */
  readonly reset?: boolean;
  /** Consents to erasing the whole chip; without it, `erase: "chip"` is refused (`no-consent`). */
  readonly mayErase?: boolean;
  /** Called once with what is certain of every sector, also after a failure. */
  readonly onReport?: (report: FlashReport, error?: unknown) => void;
  /** Called if flashing failed, with what was to be kept in erased sectors and may be gone: it should be saved. */
  readonly onLost?: (lost: LostPages) => Promise<void>;
  /** Called with what was written to RAM. */
  readonly onRam?: (report: readonly RamReport[]) => void;
}

/** What sectors held outside of the image when flashing failed. */
export interface LostPages {
  readonly sectors: readonly Range[];
  /** A name for a file. */
  readonly name: string;
  /** The content as Intel HEX, with the image's own bytes. */
  readonly content: Uint8Array;
}

/**
 * Programs an image. Takes a session that is not open. Throws `no-consent` before anything is touched, else
 * `algorithm-failed`, `differs` or another FlashFault, and what the probe and the sequences throw.
 *
 * ```ts
 * const parts = divideImage(inputs, await readImage(inputs, ["firmware.elf"]));
 * const places = await findAlgorithms(inputs, {}, rangesOf(parts.image));
 * const { complete } = await programFlash(session, { ...parts, places });
 * ```
 */
export async function programFlash(
  session: Session,
  plan: FlashPlan,
  options: ProgramOptions = {},
): Promise<FlashReport> {
  PROGRAM({ session, plan, options });
  const { reset = true, onProgress, signal, onRam } = options;
  return session.withConnection(async (connection) => {
    connection.purpose = "flash";
    mustMayEraseChip(connection, options);
    const results: FlashReport[] = [];
    await connection.during(
      async () => {
        results.push(await programOn(connection, plan, options));
        // Once the core is caught at its reset vector, the boot ROM of a device has finished its work with RAM.
        if (reset) await connection.reset(undefined, { halt: plan.ram.parts.length > 0 });
        if (plan.ram.parts.length === 0) return;
        const ram = await writeRam(connection.rig.target.memory, plan.ram, {
          ...(onProgress === undefined ? {} : { onProgress }),
          signal,
        });
        onRam?.(ram);
        results.push({ ...(results[0] as FlashReport), ram });
      },
      reset ? "running" : "halted",
    );
    return results.at(-1) as FlashReport;
  });
}

/** Programs flash and writes the RAM parts on a connection that is connected; for the jobs of this folder. */
export async function programStep(
  connection: Connection,
  plan: FlashPlan,
  options: ProgramOptions,
): Promise<FlashReport> {
  mustMayEraseChip(connection, options);
  const report = await programOn(connection, plan, options);
  await writeRam(connection.rig.target.memory, plan.ram, { signal: options.signal });
  return report;
}

async function programOn(
  connection: Connection,
  { places, image }: FlashPlan,
  options: ProgramOptions,
): Promise<FlashReport> {
  const { onReport, onLost } = options;
  const loader = new Loader(await connection.openFlashes(places), image, {
    ...loaderOptions(options),
    beforeVerify: () => connection.remapCodeMemory(),
  });
  const end = async (error?: unknown): Promise<FlashReport> => {
    const report = await loader.report();
    onReport?.(report, error);
    const { lost = [] } = report;
    if (lost.length > 0) await onLost?.(lostPages(loader, lost));
    return report;
  };
  try {
    await loader.commit();
  } catch (error) {
    await end(error);
    throw error;
  }
  return end();
}

function loaderOptions(options: ProgramOptions): LoadOptions {
  const { erase, verify, proof, keep, force, onProgress, mayLock, signal } = options;
  const given = { erase, verify, proof, keep, force, onProgress, mayLock, signal };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function lostPages(loader: Loader, sectors: readonly Range[]): LostPages {
  const name = `dbgseq-kept-${hex(sectors[0]?.address ?? 0, 8).slice(2)}.hex`;
  return { sectors, name, content: encode(loader.lostPages, "hex", name) };
}

/** Throws `no-consent` for a chip erase without consent of the call or of the session. */
export function mustMayEraseChip(
  { rig: { guard } }: Connection,
  { erase, mayErase = false }: Pick<ProgramOptions, "erase" | "mayErase">,
): void {
  if (mayErase) guard.grant("erase");
  if (erase === "chip" && !guard.has("erase"))
    throw new SessionFailure({ kind: "no-consent", effect: "erase" }, "erasing all flash needs consent");
}
