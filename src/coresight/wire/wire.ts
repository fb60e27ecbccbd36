/**
 * The one caller of DapLink.run: keeps the order, collects posted accesses, and says which access an answer
 * belongs to (wire rules 1, 2, 4). Makes the steps of an access only when it is sent. Other files know what
 * SELECT, CSW and TAR hold.
 */
import type { Clock } from "../../lib/clock.ts";
import { asFailure } from "../../lib/fault.ts";
import type { Failed, Origin, Peek, Plan, Step, WriteGuard } from "./access.ts";
import { blameBatch, narrowed, stickyAt } from "./batches.ts";
import {
  blame,
  inTheDark,
  openOf,
  ranAllTheSame,
  startedOf,
  undefinedMemory,
  type Range,
  type Sent,
  type Suspect,
  type Verdict,
} from "./blame.ts";
import { patched } from "./data-patches.ts";
import { TARGET_POLICY, type TargetTrouble } from "./error-policy.ts";
import type { WireEvent } from "./events.ts";
import type { ApPlace } from "../ap-place.ts";
import { lostFailure, notConsented, targetFailure, type CoreSightFailure } from "./faults.ts";
import {
  FIRST_FRAMING,
  type DapLink,
  type Framing,
  type LostRun,
  type Outcome,
  type WireOp,
} from "./link.ts";
import { peekOver } from "./peek.ts";
import {
  addressOf,
  clearSticky,
  clearStickyByStatus,
  factsOf,
  hasSticky,
  readEvidence,
  type Protocol,
} from "./verdict.ts";

export type { Failed, Origin, Plan, Step } from "./access.ts";

/** An access in the queue. */
interface Job {
  readonly plan: Plan;
  readonly by: Origin;
  /** The words that it read; cleared each time it is sent. */
  words: number[];
  /** True if a match was not met in its time. */
  unmet?: boolean;
}

interface SentBy extends Sent {
  readonly job: Job;
}

/** A job whose steps need the user's consent. */
interface Refused {
  readonly job: Job;
  readonly steps: readonly Step[];
}

/** More queued accesses than this are sent without waiting for a reason. */
const QUEUE_LIMIT = 256;

/** `unchecked` is an atomic block without our own checks inside. */
type Mode = "stop-at-fault" | "atomic" | "unchecked";

/** What the owner of SELECT knows of the current port. */
export interface CurrentPort {
  /** The selected bank of DP address 4: CTRL/STAT is in bank 0. */
  bank(): number | undefined;
  /** Makes the steps that read CTRL/STAT, whichever bank is selected. */
  statusSteps(): readonly Step[];
  /** Makes the steps; none if such an access port cannot exist. */
  apReadSteps(ap: ApPlace, offset: number): readonly Step[];
  apWriteSteps(ap: ApPlace, offset: number, value: number): readonly Step[];
}

const PLAIN_PORT: CurrentPort = {
  bank: () => undefined,
  statusSteps: () => [{ op: { kind: "read", register: { port: "DP", address: 0x4 }, words: 1 } }],
  apReadSteps: () => [],
  apWriteSteps: () => [],
};

export interface WireOptions {
  readonly link: DapLink;
  readonly clock: Clock;
  /** SWD by default. JTAG learns of errors only by reading CTRL/STAT (wire rule 3). */
  readonly protocol?: Protocol;
  readonly guard?: WriteGuard;
  readonly onEvent?: (event: WireEvent) => void;
}

export class Wire {
  readonly link: DapLink;
  readonly clock: Clock;
  readonly protocol: Protocol;
  readonly #onEvent: (event: WireEvent) => void;
  readonly #guard: WriteGuard | undefined;
  readonly #forget: (() => void)[] = [];
  #port = PLAIN_PORT;
  /** The framing of transfers once all steps made so far have run. */
  framing: Framing = FIRST_FRAMING;
  /** The present framing. */
  #framed: Framing = FIRST_FRAMING;
  #queue: Job[] = [];
  #chain: Promise<unknown> = Promise.resolve();
  #busy = 0;
  /** The newest data access of runs that ended well: an error that shows later may still be its own. */
  #newest: Sent | undefined;
  /** Accesses of runs that ended well whose error may still come, oldest first. */
  #open: readonly Sent[] = [];
  #clean = false;

  constructor({ link, clock, protocol = "swd", guard, onEvent }: WireOptions) {
    this.link = link;
    this.clock = clock;
    this.protocol = protocol;
    this.#guard = guard;
    this.#onEvent = onEvent ?? (() => undefined);
  }

  /** True if something is queued or under way, or has run and has not been judged. */
  get pending(): boolean {
    return this.#queue.length > 0 || this.#busy > 0 || this.isOpen;
  }

  /** True if something has run whose error may still come. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** True after a success that a sticky error would have prevented: a later error belongs to what was sent since. */
  get isClean(): boolean {
    return this.#clean;
  }

  /** Registers a caller that caches a register of the target; it is told when the cache may be wrong. */
  onForget(forget: () => void): void {
    this.#forget.push(forget);
  }

  portIs(port: CurrentPort): void {
    this.#port = port;
    this.#clean = false;
    this.#guard?.elsewhere();
  }

  /** Reports a failure that was found in the values read, and that lets the run go on. */
  tolerated(failure: CoreSightFailure): void {
    this.#onEvent({ kind: "tolerated", timeUs: this.clock.nowUs(), failure });
  }

  forget(): void {
    this.#guard?.forget();
    this.#dropCaches();
  }

  /** Forgets the effect of steps that were made but not sent. */
  #dropCaches(): void {
    this.framing = this.#framed;
    this.#clean = false;
    for (const forget of this.#forget) forget();
  }

  /** Notes that the probe made a new connection. */
  connected(): void {
    this.#framed = FIRST_FRAMING;
    this.forget();
  }

  /** Queues an access whose answer is not needed; returns a promise only if the queue is full. */
  post(plan: Plan, by: Origin): Promise<void> | undefined {
    this.#queue.push({ plan, by, words: [] });
    // On JTAG only a batch can fail, so a statement must be a batch of its own if the run goes on after its
    // failure (wire rule 3).
    if (this.protocol === "jtag" && by.tolerate) return this.settle("batch of one");
    return this.#queue.length >= QUEUE_LIMIT ? this.settle("queue full") : undefined;
  }

  /** Sends all that is queued and this access. Returns the words that it read, in order, or how it failed. */
  async ask(plan: Plan, by: Origin, reason = "value used"): Promise<Uint32Array | Failed> {
    const job: Job = { plan, by, words: [] };
    this.#queue.push(job);
    const failures = await this.#flush(reason);
    return answerOf(job, failures);
  }

  /** Does the same as `ask` for accesses whose failure is always thrown. */
  async words(plan: Plan, label: string): Promise<Uint32Array> {
    const answer = await this.ask(plan, { label, tolerate: false }, label);
    if ("failed" in answer) throw answer.failed;
    return answer;
  }

  /** Sends a match by itself. Returns whether it was met in its time, or how it failed. */
  async poll(plan: Plan, by: Origin): Promise<boolean | Failed> {
    await this.settle("poll");
    const job: Job = { plan, by, words: [] };
    const failures = await this.#inTurn(() => this.#run([job], "poll", "stop-at-fault"));
    const failed = failures.get(by);
    return failed === undefined ? job.unmet !== true : { failed };
  }

  /** Sends a match, then reads, in one list. Returns what these read; undefined if the match was not met in its time. */
  async pollThen(plan: Plan, by: Origin): Promise<Uint32Array | undefined> {
    await this.settle("poll");
    const job: Job = { plan, by, words: [] };
    const failed = (await this.#inTurn(() => this.#run([job], "poll", "stop-at-fault"))).get(by);
    if (failed !== undefined) throw failed;
    if (job.unmet !== true) return Uint32Array.from(job.words);
    // Steps after the match never ran.
    this.forget();
    return undefined;
  }

  /** Sends what is queued, and judges all that was sent; throws the first failure that is not tolerated. */
  async settle(reason: string): Promise<void> {
    if (this.#queue.length > 0 || this.#busy > 0) await this.#flush(reason);
    const newest = this.#open.at(-1);
    if (newest !== undefined) await this.#confirm(newest.by, reason);
  }

  /**
   * Reads RDBUFF, which answers once all accesses are through, or shows an error. Reads of DPIDR and CTRL/STAT
   * succeed in any case.
   */
  async #confirm(by: Origin, reason: string): Promise<void> {
    const job: Job = { plan: () => [{ op: READ_RDBUFF }], by, words: [] };
    await this.#inTurn(() => this.#run([job], reason, "stop-at-fault"));
  }

  /** Runs one list without the host in between; rejects if the link cannot do that. */
  async atomic(
    list: readonly { readonly plan: Plan; readonly by: Origin }[],
  ): Promise<readonly (Uint32Array | Failed)[]> {
    await this.settle("atomic");
    const jobs = list.map(({ plan, by }): Job => ({ plan, by, words: [] }));
    const failures = await this.#inTurn(() =>
      this.#run(jobs, "atomic", "atomic").catch((error: unknown) => {
        // The checks between the accesses may leave less room than the probe has at once.
        if (this.protocol === "swd" || asFailure(error)?.fault.kind !== "not-atomic") throw error;
        return this.#run(jobs, "atomic", "unchecked");
      }),
    );
    return jobs.map((job) => answerOf(job, failures));
  }

  #flush(reason: string): Promise<ReadonlyMap<Origin, CoreSightFailure>> {
    const jobs = this.#queue;
    this.#queue = [];
    return this.#inTurn(() => this.#run(jobs, reason, "stop-at-fault"));
  }

  /** Locks by a promise chain: one run of the link at a time, in the order of asking. */
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
      const { sent, refused } = this.#plan(left, mode);
      if (refused !== undefined && (sent.length === 0 || mode !== "stop-at-fault")) {
        await this.#mustBeAllowed(refused);
        continue;
      }
      const outcome = await this.#send(sent, reason, mode);
      this.#deliver(sent, outcome);
      if (outcome.fault === undefined || outcome.fault === "MISMATCH") this.#note(sent, outcome);
      // Accesses before a refused write are carried out.
      const unsent = refused === undefined ? [] : left.slice(left.indexOf(refused.job));
      if (outcome.fault === undefined) {
        left = unsent;
        continue;
      }
      if (outcome.fault === "MISMATCH") {
        for (const job of left) job.unmet = true;
        break;
      }
      const ctrlStat = await this.#clear(outcome.fault);
      const verdict = this.#withOlder(this.#blame(sent, outcome, ctrlStat), metOlder);
      metOlder = verdict.older;
      const undefinedWords = mode !== "stop-at-fault" ? undefined : undefinedMemory(sent, outcome);
      const failure = await this.#judge(verdict, outcome.fault, {
        ctrlStat,
        undefinedMemory: undefinedWords,
      });
      // An access that only met an older error is sent once more; if the error comes again it is its own.
      const blamed = verdict.older ? [] : verdict.suspects.map(({ step }) => step.by);
      for (const origin of blamed) failures.set(origin, failure);
      const ran = ranAllTheSame(sent, outcome);
      const incomplete = new Set(
        sent.filter((step, index) => missed(step, index, { verdict, outcome, ran })).map(({ job }) => job),
      );
      left = [...left.filter((job) => incomplete.has(job) && !blamed.includes(job.by)), ...unsent];
      if (mode === "stop-at-fault" || ran.size === 0) continue;
      // Later commands of the block ran already, so omitted accesses cannot be put before them any more.
      for (const { by } of left) failures.set(by, failure);
      break;
    }
    return failures;
  }

  /** SELECT, CSW and TAR are assumed to hold what this list writes; if it does not run to its end they are forgotten. */
  #plan(jobs: readonly Job[], mode: Mode): { readonly sent: readonly SentBy[]; readonly refused?: Refused } {
    const sent: SentBy[] = [];
    try {
      for (const job of jobs) {
        job.words = [];
        const steps = job.plan();
        if (this.#guard?.refuses(steps) !== undefined) {
          this.#dropCaches();
          return { sent, refused: { job, steps } };
        }
        const checks = mode === "unchecked" || !steps.some(isOfAccessPort) ? [] : this.#checks();
        for (const step of [...steps, ...checks]) sent.push({ ...step, by: job.by, job });
      }
      return { sent };
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Throws `no-consent` unless the user consents now. */
  async #mustBeAllowed({ job, steps }: Refused): Promise<void> {
    const refused = await this.#guard?.consent(steps, this.#peek);
    if (refused === undefined) return;
    this.#queue = [];
    throw notConsented(refused, job.by);
  }

  /** Looks at the target past all that is queued, for a caller that judges writes that go another way. */
  async look<T>(work: (peek: Peek) => Promise<T>): Promise<T> {
    await this.settle("look");
    return this.#inTurn(() => work(this.#peek));
  }

  readonly #peek: Peek = peekOver({
    readSteps: (ap, offset) => this.#port.apReadSteps(ap, offset),
    writeSteps: (ap, offset, value) => this.#port.apWriteSteps(ap, offset, value),
    send: async (steps) => {
      const ops = steps.map(({ op }) => op);
      const { values, fault } = await this.#link(ops, "consent", "stop-at-fault");
      if (fault === undefined) return values;
      if (fault !== "MISMATCH") await this.#clear(fault);
      return undefined;
    },
  });

  /** On JTAG, only CTRL/STAT says whether the access before it failed (wire rule 3). */
  #checks(): readonly Step[] {
    if (this.protocol === "swd") return [];
    return this.#port.statusSteps().map((step) => ({ ...step, check: true }));
  }

  async #send(sent: readonly SentBy[], reason: string, mode: Mode): Promise<Outcome> {
    const ops = sent.map(({ op }) => op);
    const outcome = await this.#link(ops, reason, mode).catch((error: unknown) => {
      throw withAccesses(error, sent);
    });
    const framed = startedOf(sent, outcome.done).findLast(({ op }) => op.kind === "framing")?.op;
    if (framed?.kind === "framing") this.#framed = framed;
    if (this.protocol === "swd" || !(outcome.fault === undefined || outcome.fault === "MISMATCH"))
      return outcome;
    if (stickyAt(sent, outcome) !== undefined) return { ...outcome, fault: "FAULT" };
    // A match that was not met left out what comes after it.
    if (outcome.fault === undefined && !(mode === "unchecked" && ops.some(isTransfer))) return outcome;
    const status = this.#port.statusSteps().map(({ op }) => op);
    const { values, fault } = await this.#link(status, "check of a batch", "stop-at-fault");
    if (fault !== undefined) return { ...outcome, fault };
    return hasSticky(values.at(-1)?.[0] ?? 0) ? { ...outcome, fault: "FAULT" } : outcome;
  }

  /** Notes what may still fail after a run that ended well. On JTAG all of it has been checked. */
  #note(sent: readonly SentBy[], outcome: Outcome): void {
    this.#newest = sent.findLast(({ dataOf }) => dataOf !== undefined) ?? this.#newest;
    this.#clean ||=
      outcome.fault === undefined && sent.some((step) => isOfAccessPort(step) || readsRdbuff(step));
    if (this.protocol === "jtag") return;
    this.#open = openOf(sent, outcome, this.#open);
  }

  async #link(ops: readonly WireOp[], reason: string, mode: Mode): Promise<Outcome> {
    try {
      const outcome = await this.link.run(ops, mode === "unchecked" ? "atomic" : mode);
      const { endUs: timeUs, exchanges } = outcome;
      this.#onEvent({ kind: "exchange", timeUs, reason, operations: ops.length, exchanges });
      return outcome;
    } catch (error) {
      this.#queue = [];
      this.#open = [];
      this.forget();
      throw error;
    }
  }

  /** Hands out the words that were read before the run ended; a step that was cut short gives none. */
  #deliver(sent: readonly SentBy[], outcome: Outcome): void {
    outcome.values.forEach((words, index) => {
      const step = sent[index];
      if (
        step === undefined ||
        step.check === true ||
        (step.op.kind === "read" && words.length < step.op.words)
      )
        return;
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

  #blame(sent: readonly Sent[], outcome: Outcome, ctrlStat: number | undefined): Verdict {
    const before = this.#open;
    this.#open = [];
    return this.protocol === "jtag"
      ? blameBatch(sent, outcome, ctrlStat)
      : blame(sent, outcome, { before, ctrlStat });
  }

  /** Adds the newest access before the packet, which may have caused an error of the packet's first operation. */
  #withOlder(verdict: Verdict, again: boolean): Verdict {
    if (!verdict.older) return verdict;
    if (again) return { ...verdict, older: false };
    const before: readonly Suspect[] = this.#newest === undefined ? [] : [{ step: this.#newest, words: 1 }];
    if (before[0]?.step.by.tolerate === true) return { ...verdict, suspects: before };
    return { ...verdict, suspects: [...before, ...verdict.suspects] };
  }

  /** Clears what keeps the debug port from answering. Returns CTRL/STAT as it was, if it could be read. */
  async #clear(ack: TargetTrouble): Promise<number | undefined> {
    const bank = this.#port.bank();
    this.forget();
    const { port: how } = TARGET_POLICY[ack];
    if (how === "nothing") return undefined;
    if (this.protocol === "swd") return clearSticky(this.#sendPlain, { how, bank });
    const status = this.#port.statusSteps().map(({ op }) => op);
    const ctrlStat = await clearStickyByStatus(this.#sendPlain, { how, status });
    this.forget();
    return ctrlStat;
  }

  readonly #sendPlain = (ops: readonly WireOp[]): Promise<Outcome> =>
    this.#link(ops, "error", "stop-at-fault");

  /** Throws unless all accesses that may be to blame tolerate it. */
  async #judge(
    verdict: Verdict,
    ack: TargetTrouble,
    facts: { readonly ctrlStat: number | undefined; readonly undefinedMemory: Range | undefined },
  ): Promise<CoreSightFailure> {
    this.#newest = undefined;
    const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
    const fault = { ...factsOf(verdict, ack), ...known };
    if (fault.origins.length > 0 && fault.origins.every(({ tolerate }) => tolerate)) {
      const failure = targetFailure(fault);
      this.tolerated(failure);
      return failure;
    }
    this.#queue = [];
    const [suspect] = verdict.suspects;
    if (!TARGET_POLICY[ack].evidence || suspect?.step.ap === undefined) throw targetFailure(fault);
    const evidence = await readEvidence(this.#sendPlain, suspect.step.ap);
    const closer = this.protocol === "jtag" ? narrowed(verdict, evidence.tar) : verdict;
    const [culprit = suspect] = closer.suspects;
    const address = addressOf(culprit, evidence.tar);
    throw targetFailure({
      ...factsOf(closer, ack),
      ...known,
      ...evidence,
      ...(address === undefined ? {} : { address }),
    });
  }
}

/** Describes a run that was lost with the probe by the accesses that were asked for. */
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

const READ_RDBUFF: WireOp = { kind: "read", register: { port: "DP", address: 0xc }, words: 1 };

function readsRdbuff({ op }: Step): boolean {
  return op.kind === "read" && op.register.port === "DP" && op.register.address === 0xc;
}

function isOfAccessPort({ op }: Step): boolean {
  return (op.kind === "read" || op.kind === "write" || op.kind === "match") && op.register.port === "AP";
}

function isTransfer(op: WireOp): boolean {
  return op.kind === "read" || op.kind === "write" || op.kind === "match";
}

/** True if it did not run, or if its value was lost with the transfer after it. A check does not belong to an access. */
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
  if (step.check === true) return false;
  return (
    (index >= verdict.next && !ran.has(step)) ||
    (op.kind === "read" && (values[index]?.length ?? 0) < op.words)
  );
}

function answerOf(job: Job, failures: ReadonlyMap<Origin, CoreSightFailure>): Uint32Array | Failed {
  const failed = failures.get(job.by);
  return failed === undefined ? Uint32Array.from(job.words) : { failed };
}
