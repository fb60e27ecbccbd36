/** Runs one sequence for a flow, with what the connection tells it, and judges what it left behind. */
import type { Environment, FlashLoad } from "../../interpreter/ports.ts";
import { runSequence, type RunOptions } from "../../interpreter/run/run.ts";
import { findPredefinedSequence } from "../../language/predefined.ts";
import type { DeviceContext } from "../../project/context.ts";
import { connectionBits, protocolBits, traceOutBits } from "../../project/connection-bits.ts";
import { awaitOutOfReset } from "./core-looks.ts";
import type { Crew } from "./crew.ts";

/** Runs a sequence, and then looks at the access ports that it used as memory, unless it ends the debug port. */
export async function runAndJudge(crew: Crew, name: string, options?: SequenceOptions): Promise<void> {
  await runNamed(crew, name, options);
  if (findPredefinedSequence(name)?.endsPort !== true) await crew.rig.access.judgeUsed();
}

/** Runs one sequence as the debugger does on an event; a sequence without a definition is an empty step. */
export async function runNamed(crew: Crew, name: string, options: SequenceOptions = {}): Promise<void> {
  if (crew.context.find(name) === undefined) return;
  await runSequence(name, runOptions(crew, options));
}

export interface SequenceOptions {
  readonly preReset?: boolean;
  /** The variables of a flash operation. */
  readonly flash?: Pick<Environment, "__FlashOp" | "__FlashAddr" | "__FlashLen" | "__FlashArg">;
  readonly flashLoad?: FlashLoad;
  /** The limit of each loop without a timeout. */
  readonly loopLimitUs?: number;
}

/** Returns what every sequence of a connection is told. */
export function runOptions(crew: Crew, options: SequenceOptions): RunOptions {
  const { rig, context, settings } = crew;
  rig.access.startSequence();
  return {
    access: rig.access,
    sequences: context,
    environment: {
      __protocol: protocolBits(settings),
      __connection: connectionBits({
        purpose: crew.purpose,
        reset: crew.reset,
        underReset: settings.connect === "under-reset",
        preReset: options.preReset === true,
      }),
      __dp: BigInt(context.dp),
      __ap: BigInt(context.ap),
      __apid: BigInt(context.apid),
      __traceout: traceOutBits(settings.traceOut),
      __traceclockin: BigInt(settings.traceClock?.inHz ?? 0),
      __traceclockout: BigInt(settings.traceClock?.outHz ?? 0),
      __FlashOp: 0n,
      __FlashAddr: 0n,
      __FlashLen: 0n,
      __FlashArg: 0n,
      ...options.flash,
    },
    debugVars: context.debugVars,
    operator: rig.operator,
    ...(options.flashLoad === undefined ? {} : { flash: options.flashLoad }),
    ...(rig.host === undefined ? {} : { host: rig.host }),
    mayErase: rig.guard.has("erase"),
    clock: rig.clock,
    deadlineUs: settings.deadlineUs,
    ...(crew.deadline === undefined ? {} : { deadline: crew.deadline }),
    ...(options.loopLimitUs === undefined ? {} : { loopLimitUs: options.loopLimitUs }),
    strictTimeouts: settings.strictTimeouts,
    strictSpec: settings.strictSpec,
    ...(crew.signal === undefined ? {} : { signal: crew.signal }),
    onEvent: crew.emit,
    leavesOutRepeats: crew.leavesOutRepeats,
  };
}

/**
 * Runs a sequence. If it reset the target by itself and is not a reset of the flows, the reset is awaited
 * before the next access, unless the sequence leaves nRESET low, as ResetHardwareAssert does.
 */
export async function runAndAwait(crew: Crew, name: string): Promise<void> {
  const { access, target } = crew.rig;
  access.forgetResets();
  await runAndJudge(crew, name);
  if (crew.settings.connect === "none" || !(access.requestedReset || access.pulledReset)) return;
  target.dropCaches();
  if (access.holdsReset) return;
  await awaitOutOfReset(crew);
}

/**
 * Runs a sequence as another processor sees it, whose context is given; the own debug port hears again
 * afterwards.
 */
export async function runForOther(crew: Crew, context: DeviceContext, name: string): Promise<void> {
  const { target, access } = crew.rig;
  const other: Crew = { ...crew, context };
  if (!context.hasOwnPort) {
    await runAndJudge(other, name);
    await access.choose(crew.context.dp);
    return;
  }
  try {
    await runNamed(other, "DebugPortSetup");
    target.dropCaches();
    await runNamed(other, "DebugPortStart");
    await runAndJudge(other, name);
  } finally {
    await runNamed(crew, "DebugPortSetup");
    target.dropCaches();
  }
}
