/** Runs the reset flow, and recovers if the debug port was reset with the device (wire rule 23). */
import type { Crew } from "./crew.ts";
import { looksLost, portWasReset, recover } from "./recovery.ts";
import type { Standing } from "./standing.ts";
import type { Act, FlowStep } from "./steps.ts";

/** The looks before and after the reset; `BEFORE` is repeated with it. */
const BEFORE: Act = "clear S_RESET_ST";
const BEHIND: Act = "look after the port";

export async function carryOutReset(
  standing: Standing,
  crew: Crew,
  steps: readonly FlowStep[],
  halt: boolean,
): Promise<void> {
  try {
    await standing.carryOut(steps, crew);
  } catch (error) {
    const failed = standing.progress.failedAt;
    if (!mayHaveLostPort(error, failed, crew) || !(await portWasReset(standing))) throw error;
    const before = failed !== undefined && isAct(failed, BEFORE);
    await recover(standing, error, halt && !before);
    if (before) await standing.carryOut(steps, crew);
  }
}

/**
 * Returns true if the reset itself, or a look before or after it, had no answer. A vendor's sequence that was
 * cut off is a failure whatever became of the port: it is unknown what it still had to do.
 */
function mayHaveLostPort(error: unknown, failed: FlowStep | undefined, { context }: Crew): boolean {
  if (failed === undefined || !looksLost(error)) return false;
  if (isAct(failed, BEFORE) || isAct(failed, BEHIND)) return true;
  if (!("run" in failed) || failed.resets !== true) return false;
  return context.resolve(failed.run)?.winner.origin.layer === "default";
}

function isAct(step: FlowStep, act: Act): boolean {
  return "act" in step && step.act === act;
}
