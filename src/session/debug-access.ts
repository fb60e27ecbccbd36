/**
 * The interpreter's door to the target: accesses in order onto the wire, posted, asked or as one block. Knows what must
 * be known or judged before an access may be sent; who is to blame for a failure is the wire's business.
 */
import type { Failed, Origin } from "../coresight/access.ts";
import type { DebugPort } from "../coresight/dp.ts";
import { CoreSightFailure, type CoreSightFault } from "../coresight/faults.ts";
import { MemAp } from "../coresight/mem-ap.ts";
import type { Wire } from "../coresight/wire.ts";
import type {
  Access,
  AccessFault,
  DebugAccess,
  FailedAccess,
  Site,
  SyncReason,
} from "../interpreter/ports.ts";
import { Failure } from "../lib/fault.ts";
import { hex } from "../lib/hex.ts";
import type { U64 } from "../lib/u64.ts";
import { bankWritten, needsMemory, prepare, type Prepared } from "./access-plans.ts";
import { SequenceBanks } from "./sequence-banks.ts";

export interface AccessPortFinder {
  /** APSEL of an `__apid`, where the description has access port elements; else undefined. */
  apOf(apid: U64): number | undefined;
}

export interface TargetAccessOptions {
  /** What happens to a block that the probe cannot run without the host: it fails, or runs with round trips inside. */
  readonly atomic?: "strict" | "best-effort";
}

export class TargetAccess implements DebugAccess {
  readonly dp: DebugPort;
  readonly #wire: Wire;
  readonly #ports: AccessPortFinder;
  readonly #bestEffort: boolean;
  readonly #banks = new SequenceBanks();
  readonly #memories = new Map<number, MemAp>();
  /** Accesses to the target are queued, not only line sequences. */
  #unjudged = false;

  constructor(dp: DebugPort, ports: AccessPortFinder, { atomic = "strict" }: TargetAccessOptions = {}) {
    this.dp = dp;
    this.#wire = dp.wire;
    this.#ports = ports;
    this.#bestEffort = atomic === "best-effort";
  }

  get pending(): boolean {
    return this.#wire.pending;
  }

  /** The memory behind an access port; one object each, for it caches CSW and TAR. */
  memory(ap: number): MemAp {
    const known = this.#memories.get(ap);
    if (known !== undefined) return known;
    const made = new MemAp(this.dp, ap);
    this.#memories.set(ap, made);
    return made;
  }

  post(access: Access, site: Site): Promise<void> | undefined {
    const by = originOf(access, site);
    const unready = this.#unready(access);
    if (unready !== undefined) return this.#postAfterReady(unready, access, site, by);
    const prepared = this.#prepare(access, site);
    if (prepared.now === true) return this.#askPrepared(prepared, by).then(() => undefined);
    if (prepared.waits !== undefined) {
      if (!this.#unjudged) return this.#wire.post(prepared.plan, by)?.catch(rethrow);
      return this.settle(prepared.waits).then(() => this.#wire.post(prepared.plan, by)?.catch(rethrow));
    }
    this.#unjudged = true;
    return this.#wire.post(prepared.plan, by)?.catch(rethrow);
  }

  async ask(access: Access, site: Site): Promise<U64 | FailedAccess> {
    const by = originOf(access, site);
    const failed = await this.#unready(access)?.ready(by).catch(rethrow);
    if (failed !== undefined) return { failed: named(failed.failed) };
    return this.#askPrepared(this.#prepare(access, site), by);
  }

  async settle(reason: SyncReason): Promise<void> {
    this.#unjudged = false;
    await this.#wire.settle(reason).catch(rethrow);
  }

  /** The debugger starts a sequence of its own: what an earlier one wrote to DPBANKSEL means nothing to it. */
  startSequence(): void {
    this.#banks.startOver();
  }

  async atomic(
    list: readonly { readonly access: Access; readonly site: Site }[],
  ): Promise<readonly (U64 | FailedAccess)[]> {
    for (const { access, site } of list)
      await this.#unready(access)?.ready(originOf(access, site)).catch(rethrow);
    const block = list.map(({ access, site }) => ({
      ...this.#prepare(access, site),
      by: originOf(access, site),
    }));
    this.#unjudged = false;
    try {
      const answers = await this.#wire.atomic(block).catch(rethrow);
      return answers.map((answer, index) => valueOf(block[index], answer));
    } catch (error) {
      if (!this.#bestEffort || !isNotAtomic(error)) throw error;
    }
    const answers: (U64 | FailedAccess)[] = [];
    for (const { by, ...prepared } of block) answers.push(await this.#askPrepared(prepared, by));
    return answers;
  }

  async #postAfterReady(memory: MemAp, access: Access, site: Site, by: Origin): Promise<void> {
    const failed = await memory.ready(by).catch(rethrow);
    // The wire has reported the failure; under tolerate the access is over with it.
    if (failed === undefined) await this.post(access, site);
  }

  async #askPrepared(prepared: Prepared, by: Origin): Promise<U64 | FailedAccess> {
    if (prepared.waits !== undefined && this.#unjudged) await this.settle(prepared.waits);
    this.#unjudged = false;
    return valueOf(prepared, await this.#wire.ask(prepared.plan, by, prepared.waits).catch(rethrow));
  }

  /** The memory whose CSW must be read before the access can be made; its prot bits are the access port's own. */
  #unready(access: Access): MemAp | undefined {
    if (!needsMemory(access)) return undefined;
    const memory = this.memory(this.#apOf(access));
    return memory.isReady ? undefined : memory;
  }

  #prepare(access: Access, site: Site): Prepared {
    const prepared = prepare(access, {
      dp: this.dp,
      memory: () => this.memory(this.#apOf(access)),
      bank: this.#banks.of(site),
    });
    const bank = bankWritten(access);
    if (bank !== undefined) this.#banks.note(site, bank);
    return prepared;
  }

  #apOf(access: Access): number {
    return this.#ports.apOf(access.apid) ?? Number(access.ap & 0xffn);
  }
}

function originOf(access: Access, site: Site): Origin {
  const args = access.args.map((arg) => hex(arg)).join(", ");
  return { label: `${access.fn}(${args})`, tolerate: access.tolerate, site };
}

function valueOf(prepared: Prepared | undefined, answer: Uint32Array | Failed): U64 | FailedAccess {
  if ("failed" in answer) return { failed: named(answer.failed) };
  return prepared?.value(answer) ?? 0n;
}

/** The same failure with the places in the sequences of those who may have caused it. */
function named(error: CoreSightFailure): Failure<CoreSightFault & AccessFault> {
  const fault = error.fault;
  const origins = fault.kind === "target-fault" ? fault.origins : [];
  const sites = origins.flatMap(({ site }) => (site === undefined ? [] : [site as Site]));
  return new Failure({ ...fault, sites }, error.message, error.cause);
}

function rethrow(error: unknown): never {
  throw error instanceof CoreSightFailure ? named(error) : (error as Error);
}

/** Decided before anything was sent, so that the block can still be run in another way. */
function isNotAtomic(error: unknown): boolean {
  return error instanceof Failure && (error as Failure).fault.kind === "not-atomic";
}
