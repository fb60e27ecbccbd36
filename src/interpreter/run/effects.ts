/**
 * The ways out of the machine: the target, the person, the clock and the event log. Knows why a run waits and
 * what a failure of that wait means; the program counter belongs to the machine.
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { U64 } from "../../lib/u64.ts";
import { AtomicBlock, needsHost } from "./atomic.ts";
import { BufferProblem } from "../buffers.ts";
import type { Deadline } from "./deadline.ts";
import type { Happening } from "../events.ts";
import { accessFailure, failureAt, InterpreterFailure, orderOf, withEarlier } from "../faults.ts";
import { formatMessage } from "../format.ts";
import type { Frame } from "./frame.ts";
import { HeldEvents } from "./held-events.ts";
import { OutsideEffects } from "./outside-effects.ts";
import { SLOT, type Call, type MessageCall, type Poll, type TargetCall } from "../program.ts";
import { endOf } from "../lower/poll.ts";
import type { Access, Answered, FailedAccess, Site, SyncReason } from "../ports.ts";
import type { RunOptions } from "./run.ts";

type Sleep = Extract<Call, { to: "sleep" }>;
type FlashLoadCall = Extract<Call, { to: "flashLoad" }>;
type Query = Extract<Call, { to: "query" | "queryValue" }>;

/** A time so short that a person who presses Ctrl-C does not notice it. */
const POLL_SLICE_US = 50_000;
/** The result of a query that has only the one button. */
const OK = 1n;
/** The most messages of a run: an endless loop that only prints would fill any log. */
const MESSAGE_LIMIT = 100_000;

export class Effects {
  /** The atomic block that the run is in. */
  atomic: AtomicBlock | undefined;
  readonly #options: RunOptions;
  readonly #deadline: Deadline;
  #queriedUs = 0;
  #messages = 0;
  #waiting: { readonly on: "target" | "operator" | "clock" | "host"; readonly site: Site } | undefined;
  readonly #outside: OutsideEffects;
  readonly #held: HeldEvents;
  /** The number of the newest access. */
  #order = 0;
  /** Counts the calls of anything but the target; their results may not come again. */
  #others = 0;

  constructor(options: RunOptions, deadline: Deadline) {
    this.#options = options;
    this.#deadline = deadline;
    this.#held = new HeldEvents((event) => options.onEvent?.(event));
    this.#outside = new OutsideEffects(options, deadline, {
      settle: (site, then) => this.settle("host effect", site, then),
      wait: (on, site) => {
        this.#wait(on, site, on === "target" ? "value used" : undefined);
      },
      arrived: () => {
        this.arrived();
      },
      emit: (site, happening) => {
        this.emit(site, happening);
      },
      accessOf: (frame, fn, args) => this.#accessOf(frame, fn, args),
    });
  }

  /** The time as loops see it, without the time that queries took. */
  nowUs(): number {
    return this.#options.clock.nowUs() - this.#queriedUs;
  }

  /** True if a value can simply be stored: the run is not watched and no atomic block is under way. */
  get plain(): boolean {
    return this.#options.onEvent === undefined && this.atomic === undefined;
  }

  /** False also while an atomic block is only being collected, for its events happen when it is replayed. */
  get observed(): boolean {
    return this.#options.onEvent !== undefined && !this.collecting;
  }

  get collecting(): boolean {
    return this.atomic?.collecting === true;
  }

  emit(site: Site, happening: Happening): void {
    if (!this.observed) return;
    const { access, clock } = this.#options;
    // Every call is two events; spreading their properties would take most of the time of a run.
    const event = Object.assign({ kind: happening.kind, timeUs: clock.nowUs(), site }, happening);
    this.#held.add(event, { behind: this.#order, isOpen: access.pending });
  }

  /** Gives others a turn in a long loop of the program. Events that wait to be shown do not wait for its end. */
  turn(site: Site): Promise<void> | undefined {
    const turn = (): Promise<void> => this.#options.clock.turn();
    return this.#held.any ? this.settle("queue full", site, turn) : turn();
  }

  /** Judges what is queued, if anything is, and then goes on. */
  settle(reason: SyncReason, site: Site, then: () => unknown): Promise<void> | undefined {
    const { access } = this.#options;
    if (!access.pending) {
      const more = then();
      return more instanceof Promise ? more.then(nothing) : undefined;
    }
    this.#wait("target", site, reason);
    return access
      .settle(reason)
      .then(() => {
        this.#held.release();
        return then();
      })
      .then(nothing);
  }

  /** Sends and judges what stands before a failure that ended the run; that may turn out to be the earlier one. */
  async ended(end: InterpreterFailure): Promise<InterpreterFailure> {
    const { access } = this.#options;
    const { kind, site } = end.fault;
    let failure = end;
    if (access.pending) {
      const reason = kind === "message-abort" ? "message abort" : "end of sequence";
      this.#wait("target", site, reason);
      try {
        await access.settle(reason);
        this.#held.release();
      } catch (error) {
        const late = accessFailure(site, error);
        this.#held.endBehind(orderOf(late) ?? 0);
        failure = withEarlier(end, late);
      }
    }
    if (failure.fault.kind === "access-failed") this.#held.endBehind(orderOf(failure) ?? 0);
    else this.#held.release();
    return failure;
  }

  /** Turns the reason of a rejected wait into the failure of the run. */
  failure(error: unknown): InterpreterFailure {
    if (error instanceof InterpreterFailure) return error;
    if (this.#waiting === undefined) throw error;
    const { on, site } = this.#waiting;
    if (error instanceof BufferProblem) return failureAt(site, error.fact);
    if (on === "clock" || this.#options.signal?.aborted === true) {
      return failureAt(site, { kind: "interrupted" }, error);
    }
    if (on === "host") return failureAt(site, { kind: "host-failed", fn: this.#outside.fn }, error);
    return on === "target" ? accessFailure(site, error) : failureAt(site, { kind: "operator-failed" }, error);
  }

  /** How many accesses were asked for, and how much else was done. */
  get done(): { readonly accesses: number; readonly others: number } {
    return { accesses: this.#order, others: this.#others };
  }

  /** True if nothing is under way or kept back, so that turns of a loop differ only in their time. */
  get canPassOver(): boolean {
    return this.atomic === undefined && !this.#options.access.pending && !this.#held.any;
  }

  /** Counts accesses that need not be made, for they would be like those before them. */
  passOver(accesses: number): void {
    this.#order += accesses;
  }

  call(frame: Frame, site: Site, call: Call): Promise<void> | undefined {
    if (call.to !== "target" && call.to !== "loop") this.#others += 1;
    const unable = this.collecting ? needsHost(call) : undefined;
    if (unable !== undefined) throw failureAt(site, { kind: "not-atomic", what: unable });
    switch (call.to) {
      case "target":
        return this.#target(frame, site, call);
      case "message":
        return this.#message(frame, site, call);
      case "query":
      case "queryValue":
        return this.settle("query", site, () => this.#query(frame, site, call));
      case "flashLoad":
        return this.settle("host wait", site, () => this.#flashLoad(frame, site, call));
      case "outside":
        return this.#outside.call(frame, site, call);
      case "sleep":
        return this.settle("host wait", site, () => this.#sleep(site, call));
      case "loop":
        frame.loops[call.loop] = { startUs: this.nowUs(), turns: 0, expired: false };
        return undefined;
      case "atomic":
        this.atomic ??= new AtomicBlock(frame);
        return undefined;
      case "atomic end":
        return this.#atomicEnd(site, call.info);
      case "fault":
        throw failureAt(site, call.fact);
      default:
        return assertNever(call);
    }
  }

  /** Leaves the turns of a loop to the probe until one would end it or `endUs` is over; undefined if it cannot. */
  poll(frame: Frame, site: Site, poll: Poll, endUs: number): Promise<void> | undefined {
    const end = endOf(poll, frame.slots);
    if (end === undefined || this.atomic !== undefined) return undefined;
    const access = this.#access(frame, poll.call);
    const slice = (): Promise<boolean> | undefined => {
      const limitUs = Math.min(POLL_SLICE_US, endUs - this.nowUs());
      return this.#options.access.poll?.(access, site, { ...end, limitUs });
    };
    const first = slice();
    return first === undefined ? undefined : this.#pollOn(site, first, slice, endUs);
  }

  async #pollOn(
    site: Site,
    first: Promise<boolean>,
    slice: () => Promise<boolean> | undefined,
    endUs: number,
  ): Promise<void> {
    let answer: Promise<boolean> | undefined = first;
    while (answer !== undefined) {
      this.#wait("target", site, "poll");
      const met: boolean = await answer;
      await this.#options.clock.turn();
      const isOver = this.nowUs() >= endUs || this.#options.signal?.aborted === true;
      answer = met || isOver ? undefined : slice();
    }
  }

  /** Notes that the awaited value has come; a later failure is about something else. */
  arrived(): void {
    this.#waiting = undefined;
  }

  #wait(on: "target" | "operator" | "clock" | "host", site: Site, reason?: SyncReason): void {
    if (reason !== undefined) this.emit(site, { kind: "sync", reason });
    this.#waiting = { on, site };
  }

  #target(frame: Frame, site: Site, call: TargetCall): Promise<void> | undefined {
    const { atomic } = this;
    if (atomic?.collecting === true) {
      const obstacle = atomic.obstacle(call.fn, call.reads);
      if (obstacle !== undefined) throw failureAt(site, obstacle);
      atomic.list.push({ access: this.#access(frame, call), site });
      if (call.into !== undefined) atomic.learn(call.into, true);
      return undefined;
    }
    const access = this.#access(frame, call);
    const { into } = call;
    if (atomic !== undefined) {
      const answer = atomic.nextAnswer();
      if (into !== undefined) this.#answered(frame, into, access, site, answer);
      else if (this.observed) this.emit(site, { kind: "access", access, ...failureOf(answer) });
      return undefined;
    }
    if (into === undefined) return this.#post(access, site, call.waits);
    this.#wait("target", site, "value used");
    return this.#options.access.ask(access, site).then((answer) => {
      this.#answered(frame, into, access, site, answer);
    });
  }

  #access(frame: Frame, call: TargetCall): Access {
    const args = call.args.map((arg) => arg(frame.slots));
    const lasts = call.lasts === undefined ? undefined : args[call.lasts];
    // A call that would outlast the run ends with the run.
    if (call.lasts !== undefined && lasts !== undefined && lasts > this.#deadline.leftUs)
      args[call.lasts] = BigInt(Math.ceil(this.#deadline.leftUs));
    return this.#accessOf(frame, call.fn, args);
  }

  #accessOf(frame: Frame, fn: string, args: readonly U64[]): Access {
    const { slots } = frame;
    return {
      fn,
      args,
      order: ++this.#order,
      dp: Number(slots[SLOT.__dp]),
      ap: slots[SLOT.__ap] as U64,
      apid: slots[SLOT.__apid] as U64,
      tolerate: ((slots[SLOT.__errorcontrol] as U64) & 1n) === 1n || this.#forgiven(frame, fn, args),
    };
  }

  /**
   * True if the failure is forgiven: real packs go on after a failed DPIDR read there, and the flow's own read
   * decides (wire rule 6).
   */
  #forgiven(frame: Frame, fn: string, args: readonly U64[]): boolean {
    return frame.forgivesDpidr && fn === "ReadDP" && args[0] === 0n && this.#options.strictSpec !== true;
  }

  #post(access: Access, site: Site, waits: SyncReason): Promise<void> | undefined {
    if (this.observed) this.emit(site, { kind: "access", access });
    this.#wait("target", site);
    const room = this.#options.access.post(access, site);
    if (room === undefined) this.arrived();
    else this.emit(site, { kind: "sync", reason: waits });
    return room;
  }

  #answered(frame: Frame, into: number, access: Access, site: Site, answer: U64 | FailedAccess): void {
    const failed = typeof answer === "bigint" ? undefined : answer.failed;
    const value = typeof answer === "bigint" ? answer : 0n;
    frame.slots[into] = value;
    frame.mark(into, failed);
    if (this.observed) this.emit(site, { kind: "access", access, value, ...failureOf(answer) });
  }

  /**
   * Reports a message. Types 0 and 1 only keep their place; type 2 gives up, and everything before it is judged
   * at that end.
   */
  #message(frame: Frame, site: Site, call: MessageCall): Promise<void> | undefined {
    if (this.collecting) return undefined;
    const level = Number(call.type.value(frame.slots));
    if (level !== 0 && level !== 1 && level !== 2) {
      const problem = `the type must be 0, 1 or 2, not ${level}`;
      throw failureAt(site, { kind: "wrong-arguments", fn: "Message", problem });
    }
    const values = call.args.map((arg) => (typeof arg === "string" ? arg : arg.value(frame.slots)));
    const text = formatMessage(call.format, values);
    this.#messages += 1;
    if (this.#messages > MESSAGE_LIMIT)
      throw failureAt(site, { kind: "message-limit", limit: MESSAGE_LIMIT });
    this.emit(site, { kind: "message", level, text });
    if (level === 2) throw failureAt(site, { kind: "message-abort", text });
    return undefined;
  }

  async #query(frame: Frame, site: Site, call: Query): Promise<void> {
    const { clock, operator, signal } = this.#options;
    const fallback = call.fallback.value(frame.slots);
    this.#wait("operator", site);
    const startUs = clock.nowUs();
    const type = call.to === "query" ? Number(call.type.value(frame.slots)) : undefined;
    const answered = await untilAborted(
      type === undefined
        ? operator.queryValue(call.message, fallback, site)
        : operator.query(type, call.message, fallback, site),
      signal,
    );
    const tookUs = clock.nowUs() - startUs;
    this.#queriedUs += tookUs;
    this.#deadline.extend(tookUs);
    const { value, by } = answered === undefined ? theOnlyAnswer(site, call.message, type) : named(answered);
    frame.slots[call.into] = BigInt.asUintN(64, value);
    frame.mark(call.into, undefined);
    this.emit(site, {
      kind: "query",
      text: call.message,
      answer: value,
      by,
      ...(type === undefined ? {} : { type }),
    });
  }

  async #flashLoad(frame: Frame, site: Site, call: FlashLoadCall): Promise<void> {
    const { flash } = this.#options;
    if (flash === undefined) {
      const problem =
        "works only in FlashEraseSetup and FlashProgramSetup, when flash is erased or programmed";
      throw failureAt(site, { kind: "wrong-arguments", fn: "FlashLoadAlgorithm", problem });
    }
    this.#wait("operator", site);
    const { path, ramStart, ramSize, into } = call;
    frame.slots[into] = await flash.select(path, ramStart.value(frame.slots), ramSize.value(frame.slots));
    frame.mark(into, undefined);
  }

  async #sleep(site: Site, { limitUs, value }: Sleep): Promise<void> {
    const { clock, loopLimitUs = Infinity, signal } = this.#options;
    const { leftUs, limitUs: deadlineUs } = this.#deadline;
    this.#wait("clock", site);
    await clock.sleep(Math.min(limitUs ?? loopLimitUs, leftUs), signal);
    if (limitUs === undefined)
      throw failureAt(site, {
        kind: "deadline",
        limitUs: Math.min(loopLimitUs, deadlineUs),
        turns: 0,
        value,
      });
    if (limitUs > leftUs) throw failureAt(site, { kind: "run-deadline", limitUs: deadlineUs });
    this.emit(site, { kind: "timeout", limitUs, turns: 0, value, sleep: true });
  }

  /** Ends an atomic block. A collected one is sent and run again from its start; a replayed one is done. */
  #atomicEnd(site: Site, info: string | undefined): Promise<void> | undefined {
    const { atomic } = this;
    if (atomic?.collecting !== true) {
      this.atomic = undefined;
      return undefined;
    }
    const { list } = atomic;
    atomic.replay([]);
    if (list.length === 0) return undefined;
    this.emit(site, { kind: "atomic", accesses: list.length, ...(info === undefined ? {} : { info }) });
    this.#wait("target", site, "atomic");
    return this.#options.access.atomic(list).then((answers) => {
      atomic.replay(answers);
    });
  }
}

function nothing(): void {
  // What a wait yields is already in the slots.
}

function failureOf(answer: U64 | FailedAccess): { readonly failed?: Error } {
  return typeof answer === "bigint" ? {} : { failed: answer.failed };
}

/** Waits for a person, who may take any time, but no longer once the signal aborts. */
async function untilAborted<T>(wait: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return wait;
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

function named(answered: U64 | Answered): Answered {
  return typeof answered === "bigint" ? { value: answered, by: "the operator" } : answered;
}

/** The answer to a query that has only one: a query that only informs. Throws `no-answer` for any other. */
function theOnlyAnswer(site: Site, text: string, type: number | undefined): Answered {
  if (type === 0) return { value: OK, by: "the only answer" };
  throw failureAt(site, { kind: "no-answer", text });
}
