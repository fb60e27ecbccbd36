/**
 * The one caller of DapLink.run: keeps the order, gathers posted accesses, and says which access an answer belongs to
 * (WIRE.md 1, 2, 4). Knows no registers beyond what clearing an error needs; SELECT, CSW and TAR are other files'.
 */
import type { Clock } from "../lib/clock.ts";
import { blame, type Verdict } from "./blame.ts";
import type { WireEvent } from "./events.ts";
import { CoreSightFailure, targetFailure, type TargetFault } from "./faults.ts";
import type { DapLink, Outcome, WireOp } from "./link.ts";

/** One logical access, whoever asked for it: a statement of a sequence, a step of a flow, a call of the API. */
export interface Origin {
  /** For people: `Write32(0xE000ED0C, 0x05FA0004)`, `read of CPUID`. */
  readonly label: string;
  /** A failure counts as value 0 and is recorded; the rest goes on. */
  readonly tolerate: boolean;
  /** Where it stands in a sequence; opaque here. */
  readonly site?: unknown;
}

/** `state` steps prepare (SELECT, CSW, TAR): they may be sent again, and are not what the access is for. */
export interface Step {
  readonly op: WireOp;
  readonly state?: boolean;
  /** The access port that a data access goes through; its errors come late. */
  readonly dataOf?: number;
}

export interface Failed {
  readonly failed: CoreSightFailure;
}

interface Entry extends Step {
  by: Origin;
  readonly answer?: (words: Uint32Array) => void;
}

/** More than this many queued operations are sent without waiting for a reason. */
const QUEUE_LIMIT = 256;

/** ABORT: ORUNERRCLR, WDERRCLR, STKERRCLR, STKCMPCLR (ADIv5.2 B2.2.1). */
const CLEAR_STICKY = 0x1e;

export interface WireOptions {
  readonly link: DapLink;
  readonly clock: Clock;
  readonly onEvent?: (event: WireEvent) => void;
}

export class Wire {
  readonly link: DapLink;
  readonly clock: Clock;
  readonly #onEvent: (event: WireEvent) => void;
  readonly #forget: (() => void)[] = [];
  #queue: Entry[] = [];
  #chain: Promise<void> = Promise.resolve();
  #busy = 0;

  constructor({ link, clock, onEvent }: WireOptions) {
    this.link = link;
    this.clock = clock;
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

  forget(): void {
    for (const forget of this.#forget) forget();
  }

  /** Queues an access whose answer nobody needs; a promise only when the queue is full. */
  post(steps: readonly Step[], by: Origin): Promise<void> | undefined {
    for (const step of steps) this.#queue.push({ ...step, by });
    return this.#queue.length >= QUEUE_LIMIT ? this.settle("queue full") : undefined;
  }

  /** Sends all that is queued and these steps; the words that they read, in order, or how the access failed. */
  async ask(steps: readonly Step[], by: Origin, reason = "value used"): Promise<Uint32Array | Failed> {
    const words: number[] = [];
    for (const step of steps) this.#queue.push({ ...step, by, answer: (got) => words.push(...got) });
    const failures = await this.#flush(reason);
    const failed = failures.get(by);
    return failed === undefined ? Uint32Array.from(words) : { failed };
  }

  /** As ask, for accesses that never tolerate a failure. */
  async words(steps: readonly Step[], label: string): Promise<Uint32Array> {
    const answer = await this.ask(steps, { label, tolerate: false }, label);
    if ("failed" in answer) throw answer.failed;
    return answer;
  }

  /** Sends what is queued and judges it; throws the first failure that is not tolerated. */
  async settle(reason: string): Promise<void> {
    if (this.pending) await this.#flush(reason);
  }

  /** One list without the host in between; the link refuses what it cannot do so. */
  async atomic(
    groups: readonly { readonly steps: readonly Step[]; readonly by: Origin }[],
  ): Promise<readonly (Uint32Array | Failed)[]> {
    await this.settle("atomic");
    const words = groups.map((): number[] => []);
    const entries = groups.flatMap(({ steps, by }, index) =>
      steps.map((step): Entry => ({ ...step, by, answer: (got) => words[index]?.push(...got) })),
    );
    const failures = await this.#inTurn(() => this.#run(entries, "atomic", "atomic"));
    return groups.map(({ by }, index) => {
      const failed = failures.get(by);
      return failed === undefined ? Uint32Array.from(words[index] ?? []) : { failed };
    });
  }

  #flush(reason: string): Promise<ReadonlyMap<Origin, CoreSightFailure>> {
    const entries = this.#queue;
    this.#queue = [];
    return this.#inTurn(() => this.#run(entries, reason, "stop-at-fault"));
  }

  /** A promise chain is the lock: one run of the link at a time, in the order of asking. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    const result = this.#chain.then(work).finally(() => {
      this.#busy -= 1;
    });
    this.#chain = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #run(
    first: readonly Entry[],
    reason: string,
    mode: "stop-at-fault" | "atomic",
  ): Promise<ReadonlyMap<Origin, CoreSightFailure>> {
    const failures = new Map<Origin, CoreSightFailure>();
    let entries = first;
    let metOlder = false;
    while (entries.length > 0) {
      const outcome = await this.#send(entries, reason, mode);
      deliver(entries, outcome);
      if (outcome.fault === undefined) break;
      let verdict = blame(entries, outcome.fault, outcome.done, outcome.confirmed);
      // An error that comes again right after it was cleared is not an old one.
      if (verdict.certainty === "older" && metOlder) verdict = { ...verdict, certainty: "certain" };
      metOlder = verdict.certainty === "older";
      const failure = await this.#judge(verdict, outcome.fault);
      if (!metOlder) for (const origin of verdict.origins) failures.set(origin, failure);
      entries = metOlder ? entries.slice(verdict.next) : rest(entries, verdict);
    }
    return failures;
  }

  async #send(entries: readonly Entry[], reason: string, mode: "stop-at-fault" | "atomic"): Promise<Outcome> {
    try {
      const outcome = await this.link.run(
        entries.map(({ op }) => op),
        mode,
      );
      this.#onEvent({
        kind: "exchange",
        timeUs: outcome.endUs,
        reason,
        operations: entries.length,
        exchanges: outcome.exchanges,
      });
      return outcome;
    } catch (error) {
      this.#queue = [];
      this.forget();
      throw error;
    }
  }

  /** Clears what keeps the DP from answering. Throws unless everyone who may be to blame tolerates it. */
  async #judge(verdict: Verdict, ack: NonNullable<Outcome["fault"]>): Promise<CoreSightFailure> {
    const tolerated = verdict.origins.length > 0 && verdict.origins.every(({ tolerate }) => tolerate);
    const facts = ack === "FAULT" || ack === "WAIT" ? await this.#clearSticky(ack) : {};
    const fault: TargetFault = {
      kind: "target-fault",
      ack,
      certainty: verdict.certainty,
      origins: verdict.origins,
      ...facts,
    };
    if (tolerated) return targetFailure(fault);
    this.#queue = [];
    this.forget();
    const closed = ack === "FAULT" && verdict.ap !== undefined ? await this.#readCsw(verdict.ap) : {};
    throw targetFailure({ ...fault, ...closed });
  }

  async #clearSticky(ack: "FAULT" | "WAIT"): Promise<{ ctrlStat?: number }> {
    // After WAIT the transaction still hangs: DAPABORT first, or CTRL/STAT would not be answered either.
    const abort: WireOp = { kind: "abort", value: ack === "WAIT" ? CLEAR_STICKY | 1 : CLEAR_STICKY };
    const read: WireOp = { kind: "read", register: { port: "DP", address: 0x4 }, words: 1 };
    const outcome = await this.link.run(ack === "WAIT" ? [abort, read] : [read, abort], "stop-at-fault");
    const value = outcome.values.find((words) => words.length === 1)?.[0];
    return outcome.fault !== undefined || value === undefined ? {} : { ctrlStat: value };
  }

  /** Best effort, for the report only: the run has failed already. */
  async #readCsw(ap: number): Promise<{ csw?: number; ap?: number }> {
    const outcome = await this.link.run(
      [
        { kind: "write", register: { port: "DP", address: 0x8 }, words: Uint32Array.of((ap << 24) >>> 0) },
        { kind: "read", register: { port: "AP", address: 0x0 }, words: 1 },
      ],
      "stop-at-fault",
    );
    const csw = outcome.values[1]?.[0];
    return outcome.fault !== undefined || csw === undefined ? {} : { csw, ap };
  }
}

/** Hands out the words of what was read before the run ended; an access that was cut short gets none. */
function deliver(entries: readonly Entry[], outcome: Outcome): void {
  outcome.values.forEach((words, index) => {
    const entry = entries[index];
    if (entry === undefined || words.length === 0) return;
    if (entry.op.kind === "read" && words.length < entry.op.words) return;
    entry.answer?.(words);
  });
}

/**
 * What never ran goes out after a tolerated failure, except the accesses of the culprit itself. Its preparing steps are
 * kept, for later accesses count on them; the next access answers for them if they fail again.
 */
function rest(entries: readonly Entry[], verdict: Verdict): readonly Entry[] {
  const left = entries
    .slice(verdict.next)
    .filter((entry) => entry.state === true || !verdict.origins.includes(entry.by));
  const heir = left.find((entry) => !verdict.origins.includes(entry.by))?.by;
  if (heir === undefined) return [];
  for (const entry of left) if (verdict.origins.includes(entry.by)) entry.by = heir;
  return left;
}
