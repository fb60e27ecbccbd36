/**
 * Carries out the steps of a flow, in order: sequences and acts. The order is in steps.ts, and the acts are
 * in acts.ts.
 */
import { Deadline } from "../../interpreter/run/deadline.ts";
import { findPredefinedSequence } from "../../language/predefined.ts";
import { carryOutAct } from "./acts.ts";
import { CLEAN_UP_US, type Crew, type Progress } from "./crew.ts";
import { runAndJudge } from "./run-sequence.ts";
import type { FlowStep, RunStep } from "./steps.ts";

/** Runs steps in order; after a failure only the steps marked `always` still run, and the first error is kept. */
export async function carryOut(crew: Crew, steps: readonly FlowStep[], progress: Progress): Promise<void> {
  const { clock } = crew.rig;
  let flow: Crew = { ...crew, deadline: new Deadline(clock, crew.settings.deadlineUs) };
  let first: unknown;
  for (const step of steps) {
    if (first !== undefined && !("run" in step && step.always === true)) continue;
    try {
      if ("run" in step) await runStep(flow, step, progress);
      else await carryOutAct(flow, step.act, progress);
    } catch (error) {
      if (first === undefined) progress.failedAt = step;
      first ??= error;
      // The flow may have no time left.
      flow = { ...crew, deadline: new Deadline(clock, CLEAN_UP_US) };
    }
  }
  if (first !== undefined) throw first as Error;
}

async function runStep(crew: Crew, step: RunStep, { begun }: Progress): Promise<void> {
  const { run, begins, ends, mustExist = false, preReset = false } = step;
  noteBefore(crew, run);
  // A step that fails half-way has done something too.
  if (begins !== undefined && !(mustExist && crew.context.find(run) === undefined)) begun.add(begins);
  await runAndJudge(crew, run, { preReset });
  if (ends !== undefined) begun.delete(ends);
}

/** A user who holds the board must know before a line moves (wire rule 20). */
function noteBefore(crew: Crew, name: string): void {
  const text = findPredefinedSequence(name)?.movesReset;
  if (text !== undefined)
    crew.emit({ kind: "notice", timeUs: crew.rig.clock.nowUs(), text: `${name} ${text}` });
}
