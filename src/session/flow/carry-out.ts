/**
 * Carries out the steps of a flow on a rig: sequences through the interpreter, acts through CoreSight. Knows how each
 * step is done and what it says; the order is flow.ts's.
 */
import { apName, apNumber } from "../../coresight/ap-place.ts";
import type { TargetFault } from "../../coresight/wire/faults.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { asFailure, sentences } from "../../lib/fault.ts";
import { Deadline } from "../../interpreter/run/deadline.ts";
import { runSequence, type RunOptions } from "../../interpreter/run/run.ts";
import type { Environment, FlashLoad } from "../../interpreter/ports.ts";
import { parseExpression } from "../../language/text/parse.ts";
import type { Item, Sequence, Statement } from "../../language/tree.ts";
import type { Excerpt } from "../../lib/source.ts";
import type { DeviceContext } from "../../project/context.ts";
import { connectionBits, protocolBits, type ResetKind } from "../../project/connection-bits.ts";
import { allCores, allPorts, describedPlaces, discoverTarget } from "./discovery.ts";
import type { SessionEvent } from "./events.ts";
import {
  malformedInput,
  resetLineLow,
  resetNotSeen,
  SessionFailure,
  stillInReset,
} from "../../project/faults.ts";
import type { Act, Step } from "./flow.ts";
import type { Rig } from "./rig.ts";
import type { Settings } from "../../options/settings.ts";

/** How long a core may take to halt after a reset was released or a halt was asked for. */
const HALT_LIMIT_US = 500_000;

/** How long a reset may last behind the sequence that asked for it. */
const RESET_LIMIT_US = 500_000;

/** How long nRESET may take to rise, as in the specification's ResetHardware: a capacitor on it is common. */
const RISE_LIMIT_US = 1_000_000;

/** What one connection has begun so far; decides what must be undone at its end. */
export class Progress {
  port = false;
  core = false;
  trace = false;
  /** RecoverySupportStart was the last of the two. */
  recovery = false;
  /** What the core did when it was met, before the flow changed anything. */
  foundHalted: boolean | undefined;
  leaveHalted = false;
  /** The step that failed last. */
  failedAt: string | undefined;
}

export interface Crew {
  readonly rig: Rig;
  readonly context: DeviceContext;
  readonly settings: Settings;
  readonly reset: ResetKind;
  readonly purpose: "debug" | "flash";
  /** Consent to sequences that declare `requires erase`. */
  readonly signal?: AbortSignal | undefined;
  /** Of the flow that is under way; a sequence outside of a flow has one of its own. */
  readonly deadline?: Deadline;
  readonly emit: (event: SessionEvent) => void;
}

/** Longest run of a sequence that only leaves what failed. */
export const CLEAN_UP_US = 1_000_000;

/** Runs steps in order; after a failure only the steps marked `always` still run, and the first error is kept. */
export async function carryOut(crew: Crew, steps: readonly Step[], progress: Progress): Promise<void> {
  const { clock } = crew.rig;
  let flow: Crew = { ...crew, deadline: new Deadline(clock, crew.settings.deadlineUs) };
  let first: unknown;
  for (const step of steps) {
    if (first !== undefined && !(step.kind === "sequence" && step.always === true)) continue;
    try {
      if (step.kind === "sequence") await sequenceStep(flow, step.name, progress, step.preReset === true);
      else await actStep(flow, step.act, progress);
    } catch (error) {
      if (first === undefined) progress.failedAt = step.kind === "sequence" ? step.name : step.act;
      first ??= error;
      // What the flow has left may be nothing.
      flow = { ...crew, deadline: new Deadline(clock, CLEAN_UP_US) };
    }
  }
  if (first !== undefined) throw first as Error;
}

async function sequenceStep(crew: Crew, name: string, progress: Progress, preReset: boolean): Promise<void> {
  noteBefore(crew, name);
  // One that fails half-way has done something too.
  if (name === "DebugPortStart") progress.port = true;
  if (name === "DebugCoreStart") progress.core = true;
  if (name === "TraceStart") progress.trace = true;
  if (name === "RecoverySupportStart") progress.recovery = crew.context.find(name) !== undefined;
  await runAndJudge(crew, name, { preReset });
  if (name === "TraceStop") progress.trace = false;
  if (name === "RecoverySupportStop") progress.recovery = false;
  if (name === "DebugCoreStop") progress.core = false;
  if (name === "DebugPortStop") progress.port = false;
}

/** Whoever holds a board must know before a line moves (wire rule 20). */
function noteBefore(crew: Crew, name: string): void {
  const notices: Readonly<Record<string, string>> = {
    ResetHardware: "pulses the nRESET line",
    ResetHardwareAssert: "drives the nRESET line low and keeps it there while connecting",
  };
  const text = notices[name];
  if (text !== undefined)
    crew.emit({ kind: "notice", timeUs: crew.rig.clock.nowUs(), text: `${name} ${text}` });
}

/**
 * A sequence, and behind it a look at the access ports that it used as memory. Behind the one that ends the connection nobody
 * is to answer any more.
 */
export async function runAndJudge(crew: Crew, name: string, options?: SequenceOptions): Promise<void> {
  await runNamed(crew, name, options);
  if (name !== "DebugPortStop") await crew.rig.access.judgeUsed();
}

/** Runs one sequence as the debugger does on an event; one that nobody defines is an empty step. */
export async function runNamed(crew: Crew, name: string, options: SequenceOptions = {}): Promise<void> {
  if (crew.context.find(name) === undefined) return;
  await runSequence(name, runOptions(crew, options));
}

export interface SequenceOptions {
  readonly preReset?: boolean;
  /** Of a flash operation. */
  readonly flash?: Pick<Environment, "__FlashOp" | "__FlashAddr" | "__FlashLen" | "__FlashArg">;
  readonly flashLoad?: FlashLoad;
  /** Of each loop without a timeout. */
  readonly loopLimitUs?: number;
}

function runOptions(crew: Crew, options: SequenceOptions): RunOptions {
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
      __traceout: BigInt(settings.traceOut),
      __traceclockin: BigInt(settings.traceClockInHz),
      __traceclockout: BigInt(settings.traceClockOutHz),
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
  };
}

/** The name under which an expression's value is assigned; no script can spell it. */
const VALUE = "(value)";

/** Runs `VALUE = text` as a sequence of its own, so that an expression means here just what it means in one. */
export async function evaluateOnTarget(
  crew: Crew,
  text: Excerpt,
  values: ReadonlyMap<string, bigint>,
): Promise<bigint> {
  const { expression, diagnostics } = parseExpression(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (expression === undefined || errors.length > 0) throw malformedInput(errors);
  const { span } = expression;
  const declaration: Statement = {
    kind: "declaration",
    name: { text: VALUE, span },
    value: expression,
    span,
  };
  const block: Item = { kind: "block", atomic: false, entries: [declaration], attributes: [], span };
  const name = { text: VALUE, span };
  const sequence: Sequence = {
    kind: "sequence",
    name,
    disabled: false,
    requires: [],
    items: [block],
    attributes: [],
    span,
  };
  let value = 0n;
  await runSequence(VALUE, {
    ...runOptions(crew, {}),
    sequences: {
      find: (wanted) => (wanted === VALUE ? { sequence, origin: "expression" } : crew.context.find(wanted)),
    },
    debugVars: new Map([...crew.context.debugVars, ...values]),
    onEvent: (event) => {
      if (event.kind === "assign" && event.name === VALUE) value = event.value;
      else crew.emit(event);
    },
  });
  return value;
}

async function actStep(crew: Crew, act: Act, progress: Progress): Promise<void> {
  const say = (text: string): void => {
    crew.emit({ kind: "act", timeUs: crew.rig.clock.nowUs(), act, text });
  };
  try {
    await perform(crew, act, progress, say);
  } catch (error) {
    throw new SessionFailure(
      { kind: "flow-step", step: act },
      `the connection failed at the step "${act}"`,
      error,
    );
  }
}

async function perform(crew: Crew, act: Act, progress: Progress, say: (text: string) => void): Promise<void> {
  const { target, clock } = crew.rig;
  const note = (text: string): void => {
    crew.emit({ kind: "notice", timeUs: clock.nowUs(), text });
  };
  switch (act) {
    case "scan JTAG chain":
      say(await target.scanChain(note));
      return;
    case "read DPIDR":
      say(await target.identifyPort(note));
      return;
    case "read features":
      if (await findProcessor(crew)) say(`${apName(target.memory.ap)} is the first with a core behind it`);
      say(await target.identifyAccessPort(note));
      return;
    case "read CPUID":
      say(await target.identifyCore(crew.context.processor?.core));
      return;
    case "note state": {
      const state = await target.state();
      progress.foundHalted ??= state === "halted";
      say(`the core is ${state}${state === "halted" ? await placeHalted(crew) : ""}`);
      return;
    }
    case "halt":
      await target.halt();
      progress.leaveHalted = true;
      say(`the core is halted${await placeHalted(crew)}`);
      return;
    case "wait for halt":
      await waitForHalt(crew);
      progress.leaveHalted = true;
      say(`the core is halted${await placeHalted(crew)}`);
      return;
    case "clear S_RESET_ST":
      await forgetReset(crew);
      return;
    case "look at nRESET":
      await awaitLineHigh(crew);
      return;
    case "look at the core":
      say(await lookAtCore(crew));
      return;
    case "drop caches":
      target.dropCaches();
      return;
    case "look after the port":
      if (await target.hasDebugPower()) return;
      throw new SessionFailure({ kind: "port-lost" }, "the debug port has lost its power");
    default:
      assertNever(act);
  }
}

/** ADIv6 without a pack: which access port leads to the processor only its ROM tables can tell. True where they were asked. */
async function findProcessor({ context, rig: { access, target } }: Crew): Promise<boolean> {
  const port = access.ports.get(context.dp);
  if ((port.version ?? 0) < 3 || describedPlaces(context, context.dp).length > 0) return false;
  await target.mustHavePower();
  const found = await discoverTarget(access, context, { dp: context.dp });
  const [core] = allCores(found);
  if (core === undefined) {
    const known = allPorts(found.accessPorts).map(({ place }) => apNumber(place));
    throw new SessionFailure(
      { kind: "no-access-port", ap: 0, known },
      "none of the ROM tables names a Cortex-M; the pack of the device says where it is (--pack, --device)",
    );
  }
  target.use(core.place);
  return true;
}

/** ` at main+0x2 (main.c:7)`, where debug information was loaded. */
async function placeHalted({ rig: { target, debugInfo } }: Crew): Promise<string> {
  if (debugInfo?.isEmpty !== false) return "";
  const place = debugInfo.describe(await target.core.readRegister("PC"));
  return place === undefined ? "" : ` at ${place}`;
}

/** A core that answers FAULT before it is reset is what resets are for; what the wire does wrong is told as ever. */
async function forgetReset({ rig: { access, target, clock }, emit }: Crew): Promise<void> {
  try {
    await target.sawReset();
  } catch (error) {
    const fault = asFailure(error)?.fault as Partial<TargetFault> | undefined;
    if (fault?.kind !== "target-fault" || fault.ack !== "FAULT") throw error;
    const text = `the core did not answer before the reset: ${sentences(error).join("; ")}`;
    emit({ kind: "warning", timeUs: clock.nowUs(), text });
  }
  access.forgetResets();
}

async function awaitOutOfReset({ rig: { target, clock }, signal }: Crew): Promise<void> {
  const endUs = clock.nowUs() + RESET_LIMIT_US;
  while (await target.sawReset()) {
    if (clock.nowUs() >= endUs) throw stillInReset(RESET_LIMIT_US);
    await clock.sleep(1000, signal);
  }
}

/** A device's own sequence may let nRESET go without waiting until it is high. */
async function awaitLineHigh({ rig: { access, target, clock }, signal }: Crew): Promise<void> {
  if (!access.pulledReset) return;
  const endUs = clock.nowUs() + RISE_LIMIT_US;
  while (!(await target.nresetIsHigh())) {
    if (clock.nowUs() >= endUs) throw resetLineLow();
    await clock.sleep(1000, signal);
  }
}

/**
 * A sequence that is not a reset of the flows and reset the target by itself: it is waited for before the next access, unless
 * the sequence leaves nRESET low, as ResetHardwareAssert does.
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
 * What a reset must have done: the core is out of it again, and, where nRESET was pulled, it saw one. S_RESET_ST stays set
 * while the reset lasts and is cleared by reading, so that a sequence which reads DHCSR has seen it in our place.
 */
async function lookAtCore(crew: Crew): Promise<string> {
  const { access, target } = crew.rig;
  const seen = (await target.sawReset()) || access.resetSeen === true;
  await awaitOutOfReset(crew);
  if (!seen && access.pulledReset) throw await whyNotReset(crew);
  access.resetSeen = seen;
  return seen ? "the core was reset and is out of reset" : "the core is out of reset";
}

/** A probe without nRESET looks like one whose nRESET is not wired; the line's level tells them apart. */
async function whyNotReset({ rig: { target } }: Crew): Promise<SessionFailure> {
  return (await target.nresetIsHigh()) ? resetNotSeen() : resetLineLow();
}

async function waitForHalt(crew: Crew): Promise<void> {
  const { access, clock, target } = crew.rig;
  const end = clock.nowUs() + HALT_LIMIT_US;
  let wasReset = access.resetSeen === true || !access.pulledReset;
  for (;;) {
    wasReset ||= await target.sawReset();
    const state = await target.state();
    // One that was halted before, and was never reset, is not what was asked for.
    if (state === "halted" && wasReset) return;
    if (clock.nowUs() >= end) {
      if (!wasReset) throw await whyNotReset(crew);
      throw new SessionFailure(
        { kind: "no-halt", after: "reset", limitUs: HALT_LIMIT_US, state },
        `the core did not halt within ${HALT_LIMIT_US / 1000} ms after the reset; it is ${state}`,
      );
    }
    await clock.sleep(1000, crew.signal);
  }
}
