/** Ends a connection: the disconnect flow, and what is still done for a target after a failure. */
import { probePolicy } from "../../coresight/wire/error-policy.ts";
import { Failure, sentences } from "../../lib/fault.ts";
import type { Leave } from "../../options/resolve.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { Crew } from "./crew.ts";
import type { Standing } from "./standing.ts";
import { disconnectSteps, meetPort } from "./steps.ts";

/**
 * Runs the disconnect flow. The target is left as `leave` says, else halted after a halting reset, else as it
 * was found.
 */
export async function disconnect(standing: Standing, leave: Leave | undefined): Promise<void> {
  if (!standing.open) return;
  standing.open = false;
  try {
    // Accesses of the API that were not awaited are judged before their errors can be taken for errors of the
    // flow.
    await standing.rig.access.settle("end of sequence");
    if (standing.settings.connect !== "none") await letGo(standing, leave);
  } catch (error) {
    await giveUp(standing);
    throw error;
  }
  await standing.free();
}

async function letGo(standing: Standing, leave: Leave | undefined): Promise<void> {
  const halted = await settleState(standing, leave);
  if (halted)
    standing.notice(
      "the core is left halted, with debug enabled: DebugCoreStop and DebugPortStop are not run",
    );
  standing.say("disconnect", halted ? "disconnect, the core stays halted and debug stays on" : "disconnect");
  await standing.carryOut(disconnectSteps(standing.progress.begun, halted));
}

/** Brings the core into the state in which it is to be left; returns true if it stays halted. */
async function settleState(
  { rig: { target }, progress }: Standing,
  leave: Leave | undefined,
): Promise<boolean> {
  if (!progress.begun.has("core")) return false;
  const halted =
    leave === "halted" ||
    (leave === undefined && progress.leaveHalted) ||
    (leave !== "running" && progress.foundHalted === true);
  const state = await target.state();
  if (halted && state !== "halted") await target.halt();
  if (!halted && state === "halted") await target.resume();
  return halted;
}

/**
 * Cleans up after a failure: releases the lines, stops what was started as far as it answers, and frees the
 * probe.
 */
export async function abandon(standing: Standing): Promise<void> {
  if (standing.open) {
    standing.open = false;
    await giveUp(standing);
  } else {
    // A refusal before connecting has opened the probe all the same.
    await standing.free({ quietly: true });
  }
}

async function giveUp(standing: Standing): Promise<void> {
  const { progress, settings } = standing;
  // The signal that ended the run must not end the clean-up too.
  const calm: Crew = { ...standing.calm, signal: undefined };
  const steps =
    settings.connect === "none" ? [] : disconnectSteps(progress.begun, progress.foundHalted === true);
  const attempts: (() => Promise<void>)[] = [
    () => standing.rig.target.releaseLines(),
    ...(steps.length === 0 ? [] : [() => regain(standing, calm)]),
    ...steps.map((step) => () => standing.carryOut([step], calm)),
  ];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      standing.warn(`while giving up the connection: ${sentences(error).join("; ")}`);
      if (!mayStillAnswer(error)) break;
    }
  }
  // An error of closing is only a consequence of the failure that was already reported.
  await standing.free({ quietly: true });
}

/**
 * A debug port that lost step, for example after a transfer without an answer, hears nothing before it is set
 * up again (wire rule 5).
 */
async function regain(standing: Standing, calm: Crew): Promise<void> {
  const { target } = standing.rig;
  target.dropCaches();
  try {
    await target.identifyPort(() => undefined);
  } catch {
    await standing.carryOut(meetPort(standing.settings.protocol), calm).catch((error: unknown) => {
      throw new SessionFailure({ kind: "not-released" }, "the target could not be released", error);
    });
  }
}

/** Returns false if the probe is gone, or if nothing hears it. */
function mayStillAnswer(error: unknown): boolean {
  for (let at = error; at instanceof Failure; at = at.cause) {
    const { kind } = (at as Failure).fault;
    if (kind === "not-released" || probePolicy(kind)?.probe === "gone") return false;
  }
  return true;
}
