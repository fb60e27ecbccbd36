/** The cause of a failure on a connection: a look at the target while it is still there, and what that says. */
import { asFailure, Failure } from "../lib/fault.ts";
import { EXIT, exitCodeOf } from "../session/exit-codes.ts";
import type { Connection } from "../session/connection.ts";
import { askedOf } from "./asked.ts";
import { diagnose } from "./causes/diagnose.ts";
import { faultOf, type Diagnosis } from "./causes/seen.ts";
import { lookAround } from "./target/look.ts";

/** A part that has just been released needs a moment before its lines are high. */
const RISE_US = 10_000;

/** Failures of these kinds end with 1, and the target tells more about them. */
const OF_TARGET: ReadonlySet<string> = new Set([
  "algorithm-failed",
  "algorithm-hangs",
  "algorithm-crashed",
  "flash-sequence-failed",
  "not-erased",
  "not-proved",
  "differs",
  "still-in-reset",
  "reset-not-seen",
  "reset-line-low",
  "message-abort",
]);

/** Undefined if the failure is not about the target, the target cannot be looked at, or nothing that was seen explains it. */
export async function diagnoseFailure(
  error: unknown,
  connection: Connection,
): Promise<Diagnosis | undefined> {
  const { settings } = connection;
  const { link } = connection.rig.access.dp.wire;
  // A far side that selects by itself cannot be looked past; without a connection there may be nothing that listens.
  if (!mayTell(error) || link.can.selects || settings.connect === "none") return undefined;
  const { target, access, clock } = connection.rig;
  const { context } = connection;
  try {
    if (!access.holdsReset || settings.connect === "under-reset") await target.releaseLines();
    await clock.sleep(RISE_US);
    const sight = await lookAround(link, clock, {
      protocol: settings.protocol,
      clockHz: settings.clockHz,
      place: target.place,
      route: access.ports.routeTo(context.dp),
    });
    return diagnose({
      sight,
      asked: {
        ...askedOf(context),
        connect: settings.connect,
        dormant: settings.dormant,
        reached: connection.reached,
      },
      error,
    });
  } catch (failure) {
    // The failure that is told is the one before.
    if (failure instanceof Failure) return undefined;
    throw failure;
  } finally {
    access.ports.lost();
    target.dropCaches();
  }
}

function mayTell(error: unknown): boolean {
  if (exitCodeOf(error) === EXIT.target) return true;
  // A comparison that finds a difference has done what it was asked for.
  if (faultOf(error, "differs")?.compared === true) return false;
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if (OF_TARGET.has(at.fault.kind)) return true;
  return false;
}
