/** Carries out a recipe's steps on a session, in order; the first that fails ends it and names its line. */
import { assertNever } from "../lib/assert-never.ts";
import { hex } from "../lib/hex.ts";
import { where } from "../lib/source.ts";
import type { SessionEvent } from "../session/events.ts";
import { SessionFailure } from "../session/faults.ts";
import type { Session } from "../session/session.ts";
import type { Recipe, RecipeStep } from "./recipe.ts";

/** A session that a step needs is connected by it; what the recipe leaves connected is disconnected at its end. */
export async function runRecipe(
  session: Session,
  recipe: Recipe,
  show: (event: SessionEvent) => void,
): Promise<void> {
  const values = new Map<string, bigint>();
  // Whatever can be known to be wrong is said before the first step moves anything.
  const sequences = recipe.steps.flatMap((step) => (step.kind === "run" ? [step.sequence] : []));
  for (const name of sequences) session.context.require(name);
  session.context.refuseErrors(sequences);
  try {
    for (const step of recipe.steps) await runStep(session, step, values, show);
  } catch (error) {
    await session.abandon();
    throw error;
  }
  await session.disconnect();
}

async function runStep(
  session: Session,
  step: RecipeStep,
  values: Map<string, bigint>,
  show: (event: SessionEvent) => void,
): Promise<void> {
  try {
    await perform(session, step, values, show);
  } catch (error) {
    const what = `${where(step.span)}: the step "${step.kind}" failed`;
    throw new SessionFailure({ kind: "flow-step", step: step.kind }, what, error);
  }
}

async function perform(
  session: Session,
  step: RecipeStep,
  values: Map<string, bigint>,
  show: (event: SessionEvent) => void,
): Promise<void> {
  if (!session.connected && step.kind !== "disconnect") await session.connect();
  const say = (text: string): void => {
    show({ kind: "step", timeUs: session.nowUs, text });
  };
  switch (step.kind) {
    case "connect":
      return;
    case "disconnect":
      await session.disconnect();
      return;
    case "run":
      await session.run(step.sequence, { halt: step.halt });
      return;
    case "reset":
      await session.reset(step.reset, { halt: step.halt });
      return;
    case "read": {
      const value = BigInt(await session.read(Number(step.address), step.size));
      if (step.as !== undefined) values.set(step.as, value);
      say(`${step.as ?? hex(step.address)} = ${hex(value)}`);
      return;
    }
    case "write":
      await session.write(Number(step.address), step.size, step.value);
      say(`${hex(step.address)} := ${hex(step.value)}`);
      return;
    case "expect": {
      const value = await session.evaluate(step.condition, values);
      if (value !== 0n) {
        say(`${step.condition.text}: holds`);
        return;
      }
      const text = step.message ?? `expected ${step.condition.text}`;
      throw new SessionFailure({ kind: "expectation-failed", condition: step.condition.text }, text);
    }
    default:
      assertNever(step);
  }
}
