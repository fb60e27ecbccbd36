/**
 * The one caller of DapLink.run: keeps the order, gathers posted accesses, and says which access an answer belongs to
 * (WIRE.md 1, 2, 4). Makes the steps of an access only when it is sent; what SELECT, CSW and TAR hold is other files'.
 */
import type { Clock } from "../lib/clock.ts";
import { asFailure } from "../lib/fault.ts";
import type { Failed, Origin, Plan } from "./access.ts";
import {
  blame,
  blameBatch,
  inTheDark,
  ranAllTheSame,
  undefinedMemory,
  type Range,
  type Sent,
  type Suspect,
  type Verdict,
} from "./blame.ts";
import { patched } from "./data-patches.ts";
import { TARGET_POLICY, type TargetTrouble } from "./error-policy.ts";
import type { WireEvent } from "./events.ts";
import { lostFailure, targetFailure, type CoreSightFailure } from "./faults.ts";
import type { DapLink, LostRun, Outcome, WireOp } from "./link.ts";
import { addressOf, clearSticky, factsOf, hasSticky, readEvidence, type Protocol } from "./verdict.ts";

export type { Failed, Origin, Plan, Step } from "./access.ts";

/** An access in the queue. */
interface Job {
  readonly plan: Plan;
  readonly by: Origin;
  /** What it read; made anew each time it is sent. */
  words: number[];
  /** A match that was not met in its time. */
  unmet?: boolean;
}

interface SentBy extends Sent {
  readonly job: Job;
}

/** More than this many queued accesses are sent without waiting for a reason. */
const QUEUE_LIMIT = 256;

type Mode = "stop-at-fault" | "atomic";

export interface WireOptions {
  readonly link: DapLink;
  readonly clock: Clock;
  /** SWD unless told otherwise. JTAG learns of errors only by reading CTRL/STAT (WIRE.md 3). */
  readonly protocol?: Protocol;
  readonly onEvent?: (event: WireEvent) => void;
}

export class Wire {
  readonly link: DapLink;
  readonly clock: Clock;
  readonly protocol: Protocol;
  readonly #onEvent: (event: WireEvent) => void;
  readonly #forget: (() => void)[] = [];
  #bank: () => number | undefined = () => undefined;
  #queue: Job[] = [];
  #chain: Promise<unknown> = Promise.resolve();
  #busy = 0;
  /** The newest data access of runs that ended well: if an error shows later all the same, it may be its. */
  #newest: Sent | undefined;

  constructor({ link, clock, protocol = "swd", onEvent }: WireOptions) {
    this.link = link;
    this.clock = clock;
    this.protocol = protocol;
    this.#onEvent = onEvent ?? (() => undefined);
  }

  /** Something is queued or under way and has not been judged. */
  get pending(): boolean {
    return this.#queue.length > 0 || this.#busy > 0;
  }

  /** Whoever caches a register of the target is told here when the cache may be wrong. */
  onForget(forget: () => void): void {
    this.#forget.push(forget);
  }

  /** The owner of SELECT says which bank of DP address 4 is chosen: CTRL/STAT is in bank 0. */
  bankFrom(bank: () => number | undefined): void {
    this.#bank = bank;
  }

  forget(): void {
    for (const forget of this.#forget) forget();
  }

  /** Queues an access whose answer nobody needs; a promise only when the queue is full. */
  post(plan: Plan, by: Origin): Promise<void> | undefined {
    this.#queue.push({ plan, by, words: [] });
    // On JTAG only a batch can fail, so that one statement must be one where the run goes on after a failure (WIRE.md 3).
    if (this.protocol === "jtag" && by.tolerate) return this.settle("batch of one");
    return this.#queue.length >= QUEUE_LIMIT ? this.settle("queue full") : undefined;
  }

  /** Sends all that is queued and this access; the words that it read, in order, or how it failed. */
  async ask(plan: Plan, by: Origin, reason = "value used"): Promise<Uint32Array | Failed> {
    const job: Job = { plan, by, words: [] };
    this.#queue.push(job);
    const failures = await this.#flush(reason);
    return answerOf(job, failures);
  }

  /** As ask, for accesses whose failure is always thrown. */
  async words(plan: Plan, label: string): Promise<Uint32Array> {
    const answer = await this.ask(plan, { label, tolerate: false }, label);
    if ("failed" in answer) throw answer.failed;
    return answer;
  }

  /** Sends a match by itself: whether it was met in its time, or how it failed. */
  async poll(plan: Plan, by: Origin): Promise<boolean | Failed> {
    await this.settle("poll");
    const job: Job = { plan, by, words: [] };
    const failures = await this.#inTurn(() => this.#run([job], "poll", "stop-at-fault"));
    const failed = failures.get(by);
    return failed === undefined ? job.unmet !== true : { failed };
  }

  /** A match, then reads, in one list: what these read; undefined where the match was not met in its time. */
  async pollThen(plan: Plan, by: Origin): Promise<Uint32Array | undefined> {
    await this.settle("poll");
    const job: Job = { plan, by, words: [] };
    const failed = (await this.#inTurn(() => this.#run([job], "poll", "stop-at-fault"))).get(by);
    if (failed !== undefined) throw failed;
    if (job.unmet !== true) return Uint32Array.from(job.words);
    // What stood behind the match never ran.
    this.forget();
    return undefined;
  }

  /** Sends what is queued and judges it; throws the first failure that is not tolerated. */
  async settle(reason: string): Promise<void> {
    if (this.pending) await this.#flush(reason);
  }

  /** One list without the host in between; rejects where the link cannot do that. */
  async atomic(
    list: readonly { readonly plan: Plan; readonly by: Origin }[],
  ): Promise<readonly (Uint32Array | Failed)[]> {
    await this.settle("atomic");
    const jobs = list.map(({ plan, by }): Job => ({ plan, by, words: [] }));
    const failures = await this.#inTurn(() => this.#run(jobs, "atomic", "atomic"));
    return jobs.map((job) => answerOf(job, failures));
  }

  #flush(reason: string): Promise<ReadonlyMap<Origin, CoreSightFailure>> {
    const jobs = this.#queue;
    this.#queue = [];
    return this.#inTurn(() => this.#run(jobs, reason, "stop-at-fault"));
  }

  /** A promise chain is the lock: one run of the link at a time, in the order of asking. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    const result = this.#chain.then(work).finally(() => {
      this.#busy -= 1;
    });
    this.#chain = result.catch(() => undefined);
    return result;
  }

  /** Sends the accesses until all have run or failed under `tolerate`; throws a failure that is not tolerated. */
  async #run(
    jobs: readonly Job[],
    reason: string,
    mode: Mode,
  ): Promise<ReadonlyMap<Origin, CoreSightFailure>> {
    const failures = new Map<Origin, CoreSightFailure>();
    let left = jobs;
    let metOlder = false;
    while (left.length > 0) {
      const sent = this.#plan(left);
      const outcome = await this.#send(sent, reason, mode);
      this.#deliver(sent, outcome);
      if (outcome.fault === undefined) {
        this.#newest = sent.findLast(({ dataOf }) => dataOf !== undefined) ?? this.#newest;
        break;
      }
      if (outcome.fault === "MISMATCH") {
        for (const job of left) job.unmet = true;
        break;
      }
      const verdict = this.#withOlder(this.#blame(sent, outcome), metOlder);
      metOlder = verdict.older;
      const inDoubt = mode === "atomic" ? undefined : undefinedMemory(sent, outcome);
      const failure = await this.#judge(verdict, outcome.fault, inDoubt);
      // What only met an older error is sent once more; if the error comes again it is its own.
      const blamed = verdict.older ? [] : verdict.suspects.map(({ step }) => step.by);
      for (const origin of blamed) failures.set(origin, failure);
      const ran = ranAllTheSame(sent, outcome);
      const incomplete = new Set(
        sent.filter((step, index) => missed(step, index, { verdict, outcome, ran })).map(({ job }) => job),
      );
      left = left.filter((job) => incomplete.has(job) && !blamed.includes(job.by));
      if (mode === "stop-at-fault" || ran.size === 0) continue;
      // Later commands of the block ran already: what was left out cannot be put before them any more.
      for (const { by } of left) failures.set(by, failure);
      break;
    }
    return failures;
  }

  /** SELECT, CSW and TAR are assumed to hold what this list writes; if it does not run to its end they are forgotten. */
  #plan(jobs: readonly Job[]): readonly SentBy[] {
    try {
      return jobs.flatMap((job) => {
        job.words = [];
        return job.plan().map((step): SentBy => ({ ...step, by: job.by, job }));
      });
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  async #send(sent: readonly SentBy[], reason: string, mode: Mode): Promise<Outcome> {
    const ops = sent.map(({ op }) => op);
    const outcome = await this.#link(ops, reason, mode).catch((error: unknown) => {
      throw withAccesses(error, sent);
    });
    if (this.protocol === "swd" || outcome.fault !== undefined || !ops.some(isTransfer)) return outcome;
    // JTAG says "OK or FAULT" with one code: the batch failed or not as a whole (WIRE.md 3).
    const bank = this.#bank();
    if (bank !== undefined && bank !== 0) return outcome;
    const check = await this.#link([CHECK], "check of a batch", "stop-at-fault");
    return hasSticky(check.values[0]?.[0] ?? 0) ? { ...outcome, fault: "FAULT" } : outcome;
  }

  async #link(ops: readonly WireOp[], reason: string, mode: Mode): Promise<Outcome> {
    try {
      const outcome = await this.link.run(ops, mode);
      const { endUs: timeUs, exchanges } = outcome;
      this.#onEvent({ kind: "exchange", timeUs, reason, operations: ops.length, exchanges });
      return outcome;
    } catch (error) {
      this.#queue = [];
      this.forget();
      throw error;
    }
  }

  /** Hands out the words of what was read before the run ended; a step that was cut short gives none. */
  #deliver(sent: readonly SentBy[], outcome: Outcome): void {
    outcome.values.forEach((words, index) => {
      const step = sent[index];
      if (step === undefined || (step.op.kind === "read" && words.length < step.op.words)) return;
      words.forEach((raw, at) => step.job.words.push(this.#corrected(raw, at, step)));
    });
  }

  #corrected(raw: number, at: number, { op, patch }: Sent): number {
    const bits = op.kind === "read" ? patch?.bits(at) : undefined;
    if (patch === undefined || bits === undefined) return raw;
    const value = patched(raw, bits);
    this.#onEvent({ kind: "patched", timeUs: this.clock.nowUs(), place: patch.place(at), raw, value });
    return value;
  }

  #blame(sent: readonly Sent[], outcome: Outcome): Verdict {
    return this.protocol === "jtag" && outcome.fault === "FAULT" ? blameBatch(sent) : blame(sent, outcome);
  }

  /** The first operation of a packet met an error: the newest access before the packet may have caused it. */
  #withOlder(verdict: Verdict, again: boolean): Verdict {
    if (!verdict.older) return verdict;
    if (again) return { ...verdict, older: false };
    const before: readonly Suspect[] = this.#newest === undefined ? [] : [{ step: this.#newest, words: 1 }];
    if (before[0]?.step.by.tolerate === true) return { ...verdict, suspects: before };
    return { ...verdict, suspects: [...before, ...verdict.suspects] };
  }

  /** Clears what keeps the DP from answering. Throws unless everyone who may be to blame tolerates it. */
  async #judge(verdict: Verdict, ack: TargetTrouble, inDoubt: Range | undefined): Promise<CoreSightFailure> {
    const bank = this.#bank();
    this.forget();
    this.#newest = undefined;
    let fault = factsOf(verdict, ack);
    if (inDoubt !== undefined) fault = { ...fault, undefinedMemory: inDoubt };
    const send = (ops: readonly WireOp[]): Promise<Outcome> => this.#link(ops, "error", "stop-at-fault");
    const { port, evidence: wanted } = TARGET_POLICY[ack];
    if (port !== "nothing") {
      const ctrlStat = await clearSticky(send, { how: port, protocol: this.protocol, bank });
      if (ctrlStat !== undefined) fault = { ...fault, ctrlStat };
    }
    if (fault.origins.length > 0 && fault.origins.every(({ tolerate }) => tolerate)) {
      const failure = targetFailure(fault);
      this.#onEvent({ kind: "tolerated", timeUs: this.clock.nowUs(), failure });
      return failure;
    }
    this.#queue = [];
    const [suspect] = verdict.suspects;
    if (wanted && suspect?.step.ap !== undefined) {
      const evidence = await readEvidence(send, suspect.step.ap);
      const address = addressOf(suspect, evidence.tar);
      fault = { ...fault, ...evidence, ...(address === undefined ? {} : { address }) };
    }
    throw targetFailure(fault);
  }
}

/** A run that was lost with the probe, in terms of what was asked for. */
function withAccesses(error: unknown, sent: readonly SentBy[]): unknown {
  const failure = asFailure(error);
  if (failure?.fault.kind !== "lost-run") return error;
  const lost = failure.fault as LostRun;
  const steps = inTheDark(sent, lost);
  const range = undefinedMemory(sent, {
    confirmed: lost.confirmed,
    ranOn: [{ from: lost.confirmed, to: lost.sent }],
  });
  return lostFailure([...new Set(steps.map(({ by }) => by))], range, failure.cause);
}

const CHECK: WireOp = { kind: "read", register: { port: "DP", address: 0x4 }, words: 1 };

function isTransfer(op: WireOp): boolean {
  return op.kind === "read" || op.kind === "write" || op.kind === "match";
}

/** It did not run, or it ran and what it read was lost with the transfer after it. */
function missed(
  step: Sent,
  index: number,
  {
    verdict,
    outcome: { values },
    ran,
  }: { readonly verdict: Verdict; readonly outcome: Outcome; readonly ran: ReadonlySet<Sent> },
): boolean {
  const { op } = step;
  return (
    (index >= verdict.next && !ran.has(step)) ||
    (op.kind === "read" && (values[index]?.length ?? 0) < op.words)
  );
}

function answerOf(job: Job, failures: ReadonlyMap<Origin, CoreSightFailure>): Uint32Array | Failed {
  const failed = failures.get(job.by);
  return failed === undefined ? Uint32Array.from(job.words) : { failed };
}
