/**
 * Connects, resets and disconnects every device of a pack and each of its processors on a model derived from the pack
 * alone: what fails there fails on a board too, or wants something that the pack does not describe.
 */
import type { DeviceDescription } from "../device/description.ts";
import { sentences } from "../lib/fault.ts";
import type { Pack } from "../pack/pdsc.ts";
import { deriveModel } from "../simulator/derive.ts";
import { openSimulator } from "../simulator/open.ts";
import { DeviceContext } from "./context.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { openSessionOver } from "./open.ts";
import { scriptedOperator } from "./operator.ts";
import type { Session } from "./session.ts";

export type SmokeStep = "derive" | "connect" | "reset" | "disconnect";

export interface SmokeResult {
  readonly device: string;
  readonly pname?: string;
  /** The reset that ran, where the run came so far. */
  readonly reset?: string;
  /** Where it ended and why, outermost sentence first; undefined where all went well. */
  readonly failed?: { readonly step: SmokeStep; readonly sentences: readonly string[] };
}

/** One after another, as they are wanted; a defect of ours is thrown and not counted as a failure of the pack. */
export async function* smoke(
  pack: Pack,
  devices: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<SmokeResult> {
  for (const name of devices) {
    const described = pack.describe(name);
    if (described === undefined) continue;
    const { description, inSequence } = described;
    const pnames = new Set(description.processors.map(({ pname }) => pname));
    for (const pname of pnames.size === 0 ? [undefined] : pnames) {
      signal?.throwIfAborted();
      const named = pname === undefined ? {} : { pname };
      let step: SmokeStep = "derive";
      let reset: string | undefined;
      try {
        const context = new DeviceContext({ description, inSequence, ...named });
        const session = await openDerived(description, context, signal);
        try {
          step = "connect";
          await session.connect();
          step = "reset";
          reset = context.resetSequence(undefined);
          await session.reset(undefined);
          step = "disconnect";
          await session.disconnect();
        } catch (error) {
          await session.abandon();
          throw error;
        }
        yield { device: name, ...named, reset };
      } catch (error) {
        signal?.throwIfAborted();
        if (exitCodeOf(error) === undefined) throw error;
        const failed = { step, sentences: sentences(error) };
        yield { device: name, ...named, ...(reset === undefined ? {} : { reset }), failed };
      }
    }
  }
}

/** Queries get their defaults; what a sequence wants of the user's machine is refused. */
function openDerived(
  description: DeviceDescription,
  context: DeviceContext,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const { model } = deriveModel(description);
  return openSessionOver(openSimulator({ model }), {
    context,
    layers: [],
    operator: scriptedOperator([]),
    ...(signal === undefined ? {} : { signal }),
  });
}
