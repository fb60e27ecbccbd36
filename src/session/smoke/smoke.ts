/**
 * Connects, resets and disconnects every device of a pack and each of its processors on a model derived from
 * the pack alone. If the pack's own sequences read something that nothing describes (an identity, a status),
 * its value is found by trying what they compare with; the assumptions are reported.
 */
import type { DeviceDescription } from "../../device/description.ts";
import type { RegisterMap } from "../../device/peripherals.ts";
import { sentences } from "../../lib/fault.ts";
import type { Pack } from "../../pack/pdsc/pdsc.ts";
import type { Assumption } from "../../simulator/model/assume.ts";
import { deriveModel } from "../../simulator/model/derive.ts";
import { openSimulator } from "../../simulator/open.ts";
import { DeviceContext } from "../../project/context.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { openSessionOver } from "../assemble.ts";
import { scriptedOperator } from "../operator.ts";
import { proposals, Reads, selectedPorts } from "./proposals.ts";

export type SmokeStep = "derive" | "connect" | "reset" | "disconnect";

export interface SmokeResult {
  readonly device: string;
  readonly pname?: string;
  /** The reset that ran, if the run came so far. */
  readonly reset?: string;
  /** The values that the device was assumed to hold, so that the sequences pass. */
  readonly assumptions: readonly Assumption[];
  /** Where it ended and why, outermost sentence first; undefined if all went well. */
  readonly failed?: { readonly step: SmokeStep; readonly sentences: readonly string[] };
}

/** The most trials for one device whose sequences differ from those before it. */
const MOST_TRIALS = 400;

/**
 * Yields one report after another, as they are asked for; a defect of ours is thrown and does not count as a
 * failure of the pack.
 */
export async function* smoke(
  pack: Pack,
  devices: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<SmokeResult> {
  // Devices of a family ask the same questions: an assumption that helped one is tried first for the next.
  const helped: (readonly Assumption[])[] = [];
  for (const name of devices) {
    const described = pack.describe(name);
    if (described === undefined) continue;
    const { description, inSequence } = described;
    const pnames = new Set(description.processors.map(({ pname }) => pname));
    for (const pname of pnames.size === 0 ? [undefined] : pnames) {
      const named = pname === undefined ? {} : { pname };
      const trial = (assumptions: readonly Assumption[]): Promise<Outcome> =>
        attempt(description, () => new DeviceContext({ description, inSequence, ...named }), {
          assumptions,
          signal,
        });
      const outcome = await search(trial, helped, description);
      const { failed, reset, assumptions } = outcome;
      if (failed === undefined && assumptions.length > 0 && !helped.includes(assumptions))
        helped.unshift(assumptions);
      yield {
        device: name,
        ...named,
        assumptions,
        ...(reset === undefined ? {} : { reset }),
        ...(failed === undefined ? {} : { failed }),
      };
    }
  }
}

/** What a model of a device must hold besides, so that the device's own sequences accept it. */
export interface Wanted {
  readonly assumptions: readonly Assumption[];
  /** The reasons why a processor could still not be connected and reset, by its outermost sentence. */
  readonly refused: readonly string[];
}

/**
 * Tries every processor of the context's device on models derived from it; each keeps what the earlier ones
 * needed.
 */
export async function wantedBySequences(context: DeviceContext, registers?: RegisterMap): Promise<Wanted> {
  const { description } = context;
  if (description === undefined) return { assumptions: [], refused: [] };
  const refused: string[] = [];
  let wanted: readonly Assumption[] = [];
  for (const pname of new Set(description.processors.map((processor) => processor.pname))) {
    const contextOf = (): DeviceContext => (pname === undefined ? context : context.forProcessor(pname));
    const trial = (assumptions: readonly Assumption[]): Promise<Outcome> => {
      const all = [...without(wanted, assumptions), ...assumptions];
      return attempt(description, contextOf, { assumptions: all, registers });
    };
    const { failed, assumptions } = await search(trial, [], description);
    if (failed === undefined) wanted = assumptions;
    else refused.push(`${pname === undefined ? "" : `${pname}: `}${failed.sentences.join("; ")}`);
  }
  return { assumptions: wanted, refused };
}

interface Outcome extends Pick<SmokeResult, "reset" | "failed" | "assumptions"> {
  readonly error?: unknown;
  readonly reads: Reads;
}

/** Climbs step by step: an assumption stays if the run comes further with it. */
async function search(
  trial: (assumptions: readonly Assumption[]) => Promise<Outcome>,
  helped: readonly (readonly Assumption[])[],
  description: DeviceDescription,
): Promise<Outcome> {
  const plain = await trial([]);
  if (plain.failed === undefined || plain.failed.step === "derive") return plain;
  let best = await trial(selectedPorts(description));
  for (const assumptions of helped) {
    const outcome = await trial(assumptions);
    if (outcome.failed === undefined) return outcome;
    if (outcome.reads.count > best.reads.count) best = outcome;
  }
  let trials = 0;
  for (let found = true; found && best.failed !== undefined;) {
    found = false;
    for (const proposal of proposals(best.error, best.reads, description)) {
      trials += 1;
      if (trials > MOST_TRIALS) break;
      const outcome = await trial([...without(best.assumptions, proposal), ...proposal]);
      const further = outcome.failed === undefined || outcome.reads.count > best.reads.count;
      if (!further || outcome.failed?.step === "derive") continue;
      best = outcome;
      found = true;
      break;
    }
  }
  // The assumptions on the way gained nothing: the failure of the plain model tells more.
  return best.failed === undefined ? best : plain;
}

function without(all: readonly Assumption[], others: readonly Assumption[]): readonly Assumption[] {
  return all.filter((one) => !others.some(({ ap, address }) => ap === one.ap && address === one.address));
}

interface Trial {
  readonly assumptions: readonly Assumption[];
  readonly registers?: RegisterMap | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Queries get their defaults; requests to the user's machine are refused. */
async function attempt(
  description: DeviceDescription,
  contextOf: () => DeviceContext,
  { assumptions, registers, signal }: Trial,
): Promise<Outcome> {
  signal?.throwIfAborted();
  const reads = new Reads(description);
  let step: SmokeStep = "derive";
  let reset: string | undefined;
  try {
    const context = contextOf();
    const { model } = deriveModel(description, { assumptions, registers });
    const session = await openSessionOver(openSimulator({ model }), {
      context,
      layers: [],
      operator: scriptedOperator([]),
      onEvent: reads.note,
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      step = "connect";
      await session.connect();
      step = "reset";
      reset = context.resetSequence(undefined);
      await session.reset(undefined);
      step = "disconnect";
      await session.disconnect();
    } catch (error) {
      reads.close();
      await session.abandon();
      throw error;
    }
    return { reset, assumptions, reads };
  } catch (error) {
    signal?.throwIfAborted();
    if (exitCodeOf(error) === undefined) throw error;
    const failed = { step, sentences: sentences(error) };
    return { assumptions, reads, error, failed, ...(reset === undefined ? {} : { reset }) };
  }
}
