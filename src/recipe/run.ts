/** Carries out a recipe's steps on a session, in order; the first that fails ends it and names its line. */
import { assertNever } from "../lib/assert-never.ts";
import { hex } from "../lib/hex.ts";
import { where } from "../lib/source.ts";
import type { SessionEvent } from "../session/flow/events.ts";
import { SessionFailure } from "../project/faults.ts";
import type { Connection } from "../session/connection.ts";
import type { FlashWork, Recipe, RecipeStep } from "./recipe.ts";

/**
 * The caller knows files and flash algorithms. It reads what a step needs and asks for consent before
 * anything is connected. The result does the work and says in one sentence what was done.
 */
export type PrepareFlash = (work: FlashWork) => Promise<(session: Connection) => Promise<string>>;

/** All steps together may take this many times as long as one step; flash work is bounded by its algorithms. */
export const MOST_DEADLINES = 60;

/** Holds the time of a recipe as a whole. No step begins when it is over; each of them has its own deadline. */
class RecipeTime {
  readonly #session: Connection;
  readonly #limitUs: number;
  #spentUs = 0;

  constructor(session: Connection) {
    this.#session = session;
    this.#limitUs = MOST_DEADLINES * session.settings.deadlineUs;
  }

  async within(step: RecipeStep, work: () => Promise<void>): Promise<void> {
    if (this.#spentUs >= this.#limitUs) {
      const text = `the steps before it took ${MOST_DEADLINES} times the deadline`;
      throw new SessionFailure({ kind: "recipe-deadline", limitUs: this.#limitUs }, text);
    }
    const startUs = this.#session.nowUs;
    await work();
    if (!isFlashWork(step)) this.#spentUs += this.#session.nowUs - startUs;
  }
}

/** The things that a step uses besides its session. */
interface Around {
  readonly values: Map<string, bigint>;
  readonly show: (event: SessionEvent) => void;
  readonly prepared: ReadonlyMap<RecipeStep, (session: Connection) => Promise<string>>;
}

/**
 * A step connects the session that it needs; a session that is still connected at the end of the recipe is
 * disconnected.
 */
export async function runRecipe(
  session: Connection,
  recipe: Recipe,
  { show, flash }: { readonly show: (event: SessionEvent) => void; readonly flash: PrepareFlash },
): Promise<void> {
  // Everything that can be known to be wrong is reported before the first step moves anything.
  const sequences = recipe.steps.flatMap((step) => (step.kind === "run" ? [step.sequence] : []));
  for (const name of sequences) session.context.require(name);
  session.context.refuseErrors(sequences);
  const prepared = new Map<RecipeStep, (session: Connection) => Promise<string>>();
  for (const step of recipe.steps)
    if (isFlashWork(step)) prepared.set(step, await placed(step, () => flash(step)));
  // Sequences learn that flash is the purpose (wire rule 20).
  if (prepared.size > 0) session.purpose = "flash";
  const time = new RecipeTime(session);
  const around = { values: new Map<string, bigint>(), show, prepared };
  try {
    for (const step of recipe.steps)
      await placed(step, () => time.within(step, () => perform(session, step, around)));
  } catch (error) {
    await session.abandon(error);
    throw error;
  }
  await session.disconnect();
}

/** Turns a failure into one of the step, with its line. */
async function placed<T>(step: RecipeStep, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const what = `${where(step.span)}: the step "${step.kind}" failed`;
    throw new SessionFailure({ kind: "flow-step", step: step.kind }, what, error);
  }
}

function isFlashWork(step: RecipeStep): step is RecipeStep & FlashWork {
  return step.kind === "flash" || step.kind === "erase" || step.kind === "verify" || step.kind === "dump";
}

async function perform(
  session: Connection,
  step: RecipeStep,
  { values, show, prepared }: Around,
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
    case "flash":
    case "erase":
    case "verify":
    case "dump":
      say((await prepared.get(step)?.(session)) ?? "");
      return;
    default:
      assertNever(step);
  }
}
