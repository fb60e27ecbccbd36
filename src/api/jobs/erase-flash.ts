/** Erases flash, from connecting to leaving: sectors, ranges, or everything. Checks that it is blank afterwards. */
import { Eraser, type ErasedSector, type EraseOptions } from "../../flash/program/eraser.ts";
import type { Connection } from "../../session/connection.ts";
import type { FlashPlace } from "../../session/flash/places.ts";
import {
  call,
  count,
  either,
  listOf,
  memoryAddress,
  oneOf,
  options as named,
  optional,
  record,
  work,
} from "../arguments.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { erasing, flashPlaces } from "./given.ts";
import { mustMayEraseChip } from "./program-flash.ts";

export type { ErasedSector };

const SECTOR = record({ address: memoryAddress, size: optional(count(0)) });
const ERASE = call({
  session: sessionGiven,
  plan: record({
    what: either(oneOf(["chip"]), listOf(SECTOR), '"chip" or an array of { address, size }'),
    places: flashPlaces,
  } satisfies Record<keyof ErasePlan, unknown>),
  options: named({ ...erasing, onErased: optional(work) } satisfies Record<keyof EraseJobOptions, unknown>),
});

export interface EraseJobOptions extends EraseOptions {
  /** Resets the target afterwards and lets it run; with false, the core is left halted. Default true. */
  readonly reset?: boolean;
  /** Consents to erasing the whole chip; without it, "chip" is refused (`no-consent`). */
  readonly mayErase?: boolean;
  /** Called once with what is known to be blank, also after a failure. */
  readonly onErased?: (erased: readonly ErasedSector[]) => void;
}

export interface ErasePlan {
  /**
   * "chip" is all flash of the places. An address without a size means the sector that contains it; with a size
   * in bytes, whole sectors.
   */
  readonly what: "chip" | readonly { readonly address: number; readonly size?: number }[];
  /** The places that findAlgorithms found. */
  readonly places: readonly FlashPlace[];
}

/**
 * Erases. Takes a session that is not open. Throws `no-consent` before anything is touched, `no-flash` or `part-of-sector` before
 * anything is erased, else what the flash said.
 *
 * `await eraseFlash(session, { what: [{ address: 0 }], places: await findAlgorithms(inputs, {}, [{ address: 0, size: 1 }]) });`
 */
export async function eraseFlash(
  session: Session,
  plan: ErasePlan,
  options: EraseJobOptions = {},
): Promise<readonly ErasedSector[]> {
  ERASE({ session, plan, options });
  const { reset = true, mayErase = false } = options;
  return session.withConnection(async (connection) => {
    connection.purpose = "flash";
    mustMayEraseChip(connection, { erase: plan.what === "chip" ? "chip" : "sector", mayErase });
    let erased: readonly ErasedSector[] = [];
    await connection.during(
      async () => {
        erased = await eraseOn(connection, plan, options);
        if (reset) await connection.reset(undefined);
      },
      reset ? "running" : "halted",
    );
    return erased;
  });
}

/** Erases on a connection that is connected; for the jobs of this folder. */
export async function eraseOn(
  connection: Connection,
  { what, places }: ErasePlan,
  { onErased, onProgress, force, proof, signal }: EraseJobOptions,
): Promise<readonly ErasedSector[]> {
  const eraser = new Eraser(await connection.openFlashes(places), {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(force === undefined ? {} : { force }),
    ...(proof === undefined ? {} : { proof }),
    signal,
  });
  try {
    if (what === "chip") await eraser.eraseChip();
    else await eraser.erase(what);
  } finally {
    onErased?.(eraser.erased);
  }
  return eraser.erased;
}
