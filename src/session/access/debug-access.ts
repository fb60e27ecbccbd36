/**
 * The interpreter's port to the target: it puts accesses on the wire in order, posted, asked or as one block.
 * Knows what must be known or judged before an access may be sent; the wire decides which access caused a
 * failure.
 */
import { placeAround, type ApPlace } from "../../coresight/ap-place.ts";
import type { Failed, Origin } from "../../coresight/wire/access.ts";
import type { Dp, Route } from "../../coresight/adi/dp.ts";
import { CoreSightFailure, type CoreSightFault } from "../../coresight/wire/faults.ts";
import { judge } from "../../coresight/adi/identity.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { DHCSR, field } from "../../coresight/registers.ts";
import type { Wire } from "../../coresight/wire/wire.ts";
import type {
  Access,
  AccessFault,
  BlockAccess,
  DebugAccess,
  FailedAccess,
  Site,
  SyncReason,
  WordCondition,
} from "../../interpreter/ports.ts";
import { Failure } from "../../lib/fault.ts";
import type { Repeats } from "../../lib/repeats.ts";
import { Turns } from "../../lib/turns.ts";
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import {
  asksForWide,
  bankWritten,
  isAbort,
  isPosted,
  isTargetsel,
  movesLines,
  needsMemory,
  readsDhcsr,
  requestsReset,
  resetDriven,
  touchesPort,
  usesApSpace,
  usesRegisters,
} from "./access-facts.ts";
import { confirmedFirst, matching, prepare, type Prepared } from "./access-plans.ts";
import { readPlan, writePlan } from "./block-access.ts";
import { DebugPorts } from "./debug-ports.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { FlashBuffer } from "./flash-buffer.ts";
import { SequenceBanks } from "./sequence-banks.ts";
import type { AccessPortFinder } from "../../coresight/ap-place.ts";

export interface TargetAccessOptions {
  /**
   * Says what happens to a block that the probe cannot run without the host: it fails, or runs with round
   * trips inside.
   */
  readonly atomic?: "strict" | "best-effort";
  /** The `__dp` of the session's own port. */
  readonly dp?: number;
  /** The route to each port by `__dp`, if there are several. */
  readonly routes?: ReadonlyMap<number, Route>;
}

export class TargetAccess implements DebugAccess {
  readonly dp: Dp;
  readonly #wire: Wire;
  readonly #finder: AccessPortFinder;
  readonly #bestEffort: boolean;
  readonly #banks = new SequenceBanks();
  readonly ports: DebugPorts;
  /** The access port that discovery found for the processor, if the description names none. */
  found: ApPlace | undefined;
  /**
   * The value of S_RESET_ST that sequences and flows saw when they read DHCSR, which clears it; undefined if
   * none did.
   */
  resetSeen: boolean | undefined;
  /** A sequence drove nRESET low since this was last cleared. */
  pulledReset = false;
  /** The last sequence that moved nRESET left it low, so the core is meant to be in reset. */
  holdsReset = false;
  /** A sequence asked the core for a reset since this was last cleared. */
  requestedReset = false;
  /** The buffer that FlashWriteBuffer writes; it exists only while a page is programmed. */
  flashBuffer: FlashBuffer | undefined;
  readonly #turns = new Turns();
  /** The part of the target for which accesses are queued and not answered; line sequences do not count. */
  #unjudged: "nothing" | "debug port" | "access port" = "nothing";
  /** The access ports that sequences used as memory and whose IDR was not read. */
  readonly #used = new Set<MemAp>();

  constructor(own: Dp, finder: AccessPortFinder, options: TargetAccessOptions = {}) {
    const { atomic = "strict", dp = 0, routes = new Map<number, Route>() } = options;
    this.dp = own;
    this.ports = new DebugPorts(own, dp, routes, (id) => this.choose(id));
    this.#wire = own.wire;
    this.#finder = finder;
    this.#bestEffort = atomic === "best-effort";
  }

  get pending(): boolean {
    return this.#wire.pending;
  }

  get repeats(): Repeats | undefined {
    return this.#wire.link.repeats;
  }

  get #isUnjudged(): boolean {
    return this.#unjudged !== "nothing" || this.#wire.isOpen;
  }

  /** Returns the memory behind an access port of the session's own debug port. */
  memory(ap: ApPlace): MemAp {
    return this.ports.memory(ap);
  }

  post(access: Access, site: Site): Promise<void> | undefined {
    const by = originOf(access, site);
    if (this.#isElsewhere(access)) return this.#postElsewhere(access, site, by);
    const unready = this.#unready(access);
    if (unready !== undefined) return this.#postAfterReady(unready, access, site, by);
    const prepared = this.#prepare(access, site);
    if (prepared.now === true) return this.#askPrepared(prepared, by).then(() => undefined);
    if (prepared.waits !== undefined) {
      if (!this.#isUnjudged) return this.#wire.post(prepared.plan, by)?.catch(rethrow);
      return this.settle(prepared.waits).then(() => this.#wire.post(prepared.plan, by)?.catch(rethrow));
    }
    // If nothing is known of older errors, these may be what is to be cleared.
    const told = this.#wire.isClean ? this.#unjudged !== "nothing" : this.#unjudged === "access port";
    const hides = told || this.#wire.isOpen;
    const plan =
      hides && isAbort(access, this.#wire.protocol) ? confirmedFirst(prepared.plan) : prepared.plan;
    if (this.#unjudged !== "access port") this.#unjudged = isPosted(access) ? "access port" : "debug port";
    return this.#wire.post(plan, by)?.catch(rethrow);
  }

  async ask(access: Access, site: Site): Promise<U64 | FailedAccess> {
    const by = originOf(access, site);
    const unheard = await this.#route(access, by);
    if (unheard !== undefined) return { failed: named(unheard.failed) };
    const failed = await this.#unready(access)?.(by).catch(rethrow);
    if (failed !== undefined) return { failed: named(failed.failed) };
    const value = await this.#askPrepared(this.#prepare(access, site), by);
    if (readsDhcsr(access) && typeof value === "bigint")
      this.resetSeen = this.resetSeen === true || field(DHCSR, "S_RESET_ST", Number(value)) === 1;
    return value;
  }

  /** Forgets what sequences did to the target's reset, so that it is noted anew. */
  forgetResets(): void {
    this.resetSeen = undefined;
    this.pulledReset = false;
    this.requestedReset = false;
  }

  async readBlock(access: BlockAccess, site: Site): Promise<Uint8Array | FailedAccess> {
    const by = originOf(access, site);
    const ready = await this.#readyFor(access, by);
    if ("failed" in ready) return ready;
    const { plan, bytes } = readPlan(ready.memory, access);
    this.#unjudged = "nothing";
    const answer = await this.#wire.ask(plan, by).catch(rethrow);
    return "failed" in answer ? { failed: named(answer.failed) } : bytes(answer);
  }

  async writeBlock(access: BlockAccess, data: Uint8Array, site: Site): Promise<FailedAccess | undefined> {
    const by = originOf(access, site);
    const ready = await this.#readyFor(access, by);
    if ("failed" in ready) return ready;
    this.#unjudged = "nothing";
    const answer = await this.#wire
      .ask(writePlan(ready.memory, access, data), by, "host effect")
      .catch(rethrow);
    return "failed" in answer ? { failed: named(answer.failed) } : undefined;
  }

  /** Returns the memory of a block access, after its debug port hears and its CSW is known. */
  async #readyFor(access: BlockAccess, by: Origin): Promise<{ readonly memory: MemAp } | FailedAccess> {
    const unheard = await this.#route(access, by);
    if (unheard !== undefined) return { failed: named(unheard.failed) };
    const memory = this.#memoryOf(access);
    const unknown = await this.#unidentified(access)?.(by).catch(rethrow);
    const failed = unknown ?? (await readying(memory, access.size === 64)?.(by).catch(rethrow));
    return failed === undefined ? { memory } : { failed: named(failed.failed) };
  }

  poll(
    access: Access,
    site: Site,
    end: WordCondition & { readonly limitUs: number },
  ): Promise<boolean> | undefined {
    if (!this.#wire.link.can.match || this.#isElsewhere(access) || this.#unready(access) !== undefined)
      return undefined;
    const plan = matching(this.#prepare(access, site), end);
    if (plan === undefined) return undefined;
    this.#unjudged = "nothing";
    return this.#wire.poll(plan, originOf(access, site)).then((met) => met === true, rethrow);
  }

  async settle(reason: SyncReason): Promise<void> {
    this.#unjudged = "nothing";
    await this.#wire.settle(reason).catch(rethrow);
  }

  /** The debugger starts a sequence of its own: the DPBANKSEL of an earlier one means nothing to it. */
  startSequence(): void {
    this.#banks.startOver();
  }

  async atomic(
    list: readonly { readonly access: Access; readonly site: Site }[],
  ): Promise<readonly (U64 | FailedAccess)[]> {
    await this.#routeBlock(list);
    const unready = new Map<number, FailedAccess>();
    for (const [at, { access, site }] of list.entries()) {
      const failed = await this.#unready(access)?.(originOf(access, site)).catch(rethrow);
      if (failed !== undefined) unready.set(at, { failed: named(failed.failed) });
    }
    // An access that failed before it could be sent is over, as outside of a block.
    const sendable = list.filter((_, at) => !unready.has(at));
    const answers = [...(await this.#atomic(sendable))];
    return list.map((_, at) => unready.get(at) ?? answers.shift() ?? 0n);
  }

  async #atomic(
    list: readonly { readonly access: Access; readonly site: Site }[],
  ): Promise<readonly (U64 | FailedAccess)[]> {
    const block = list.map(({ access, site }, at) => {
      const prepared = this.#prepare(access, site);
      const before = list.slice(0, at).map((one) => one.access);
      const plan = this.#clearsErrorsOf(access, before) ? confirmedFirst(prepared.plan) : prepared.plan;
      return { ...prepared, plan, by: originOf(access, site) };
    });
    this.#unjudged = "nothing";
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

  /**
   * Recognises ABORT inside a block, where nothing can be waited for, after an access whose error it would
   * clear unseen.
   */
  #clearsErrorsOf(access: Access, before: readonly Access[]): boolean {
    if (!isAbort(access, this.#wire.protocol)) return false;
    const hides = this.#wire.isClean ? touchesPort : isPosted;
    return before.findLastIndex(hides) > before.findLastIndex((one) => !touchesPort(one));
  }

  /** Returns true if the access goes to a debug port that does not hear at present. */
  #isElsewhere(access: Access): boolean {
    return touchesPort(access) && !this.#isTargetsel(access) && this.ports.isElsewhere(this.#dpOf(access));
  }

  #isTargetsel(access: Access): boolean {
    return isTargetsel(access, this.#wire.protocol);
  }

  async #postElsewhere(access: Access, site: Site, by: Origin): Promise<void> {
    const failed = await this.#route(access, by);
    if (failed === undefined) await this.post(access, site);
  }

  /** Makes a debug port hear what follows, by a route that was just found. */
  async hear(dp: number, route: Route): Promise<void> {
    this.ports.setRoute(dp, route);
    await this.#wire
      .words(() => this.ports.get(dp).routeSteps(route), "choice of the debug port")
      .catch(rethrow);
    this.ports.chosen(dp);
  }

  /**
   * Does something at a debug port without interruption by other calls of inTurn: work of several accesses (a
   * core register, a comparator, a change of some bits) stays whole when calls overlap.
   */
  inTurn<T>(dp: number, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await this.choose(dp);
      return work();
    });
  }

  /** Makes a debug port hear what follows, if another one hears now. */
  async choose(dp: number): Promise<void> {
    if (this.ports.isElsewhere(dp))
      await this.#routeTo(dp, { label: "choice of the debug port", tolerate: false });
    // The flow identifies the session's own port.
    const port = this.ports.get(dp);
    if (port !== this.dp && port.version === undefined) await port.identify().catch(rethrow);
  }

  /** Makes the access's debug port hear. Returns how that failed if a failure is tolerated. */
  async #route(access: Access, by: Origin): Promise<Failed | undefined> {
    return this.#isElsewhere(access) ? this.#routeTo(this.#dpOf(access), by) : undefined;
  }

  async #routeTo(dp: number, by: Origin): Promise<Failed | undefined> {
    const route = this.ports.routeTo(dp);
    // Everything is judged before the port changes, because each port has errors of its own.
    await this.settle("debug port");
    const failed = route && (await this.#send(route, dp, by));
    if (failed === undefined) this.ports.chosen(dp);
    return failed;
  }

  /** After a failure it is not known which port hears: an access for another port must not go to this one. */
  async #send(route: Route, dp: number, by: Origin): Promise<Failed | undefined> {
    this.ports.lost();
    const port = this.ports.get(dp);
    const answer = await this.#wire.ask(() => port.routeSteps(route), by, "debug port").catch(rethrow);
    if ("failed" in answer) return answer;
    const failure = judgeRoute(route, answer, dp);
    if (failure === undefined) return undefined;
    if (!by.tolerate) throw named(failure);
    this.#wire.tolerated(failure);
    return { failed: failure };
  }

  /** A block that moves the lines itself before its first access chooses the port itself. */
  async #routeBlock(list: readonly { readonly access: Access; readonly site: Site }[]): Promise<void> {
    const first = list.find(({ access }) => touchesPort(access) || movesLines(access));
    if (first === undefined) return;
    const dps = new Set(list.flatMap(({ access }) => (touchesPort(access) ? [this.#dpOf(access)] : [])));
    if (dps.size > 1) {
      const what = "an atomic block with accesses to several debug ports";
      throw new SessionFailure({ kind: "not-supported", what }, `${what} is not possible`);
    }
    const [dp] = dps;
    if (!touchesPort(first.access)) {
      this.ports.lost();
      if (dp !== undefined) this.ports.chosen(dp);
      return;
    }
    const failed = await this.#route(first.access, {
      ...originOf(first.access, first.site),
      tolerate: false,
    });
    if (failed !== undefined) throw failed.failed;
  }

  async #postAfterReady(ready: Ready, access: Access, site: Site, by: Origin): Promise<void> {
    const failed = await ready(by).catch(rethrow);
    // The wire has reported the failure; under tolerate the access ends with it.
    if (failed === undefined) await this.post(access, site);
  }

  async #askPrepared(prepared: Prepared, by: Origin): Promise<U64 | FailedAccess> {
    if (prepared.waits !== undefined && this.#isUnjudged) await this.settle(prepared.waits);
    this.#unjudged = "nothing";
    return valueOf(prepared, await this.#wire.ask(prepared.plan, by, prepared.waits).catch(rethrow));
  }

  /** Returns the read of CSW that must come before the access; its prot bits are the access port's own. */
  #unready(access: Access): Ready | undefined {
    const unidentified = isPosted(access) ? this.#unidentified(access) : undefined;
    if (unidentified === undefined) return this.#unreadyMemory(access);
    return async (by) => (await unidentified(by)) ?? this.#unreadyMemory(access)?.(by);
  }

  /** Only debug ports of ADIv6 have access ports by an address; another one takes a value for SELECT as APSEL. */
  #unidentified(access: Access): Ready | undefined {
    const port = this.ports.get(this.#dpOf(access));
    if (port.version !== undefined) return undefined;
    if (!usesApSpace(access) && typeof this.#apOf(access) === "number") return undefined;
    return async (by) => {
      try {
        await port.identify("read of DPIDR, for an access port that has an address");
        return undefined;
      } catch (error) {
        if (!by.tolerate || !(error instanceof CoreSightFailure)) throw error;
        this.#wire.tolerated(error);
        return { failed: error };
      }
    };
  }

  #unreadyMemory(access: Access): Ready | undefined {
    if (usesRegisters(access)) {
      const behind = this.ports.memory(this.#apOf(access), this.#dpOf(access));
      return behind.isReachable ? undefined : (by) => behind.reach(by);
    }
    return needsMemory(access) ? readying(this.#memoryOf(access), asksForWide(access)) : undefined;
  }

  #memoryOf(access: Access): MemAp {
    const memory = this.ports.memory(this.#apOf(access), this.#dpOf(access));
    if (!memory.isKnown) this.#used.add(memory);
    return memory;
  }

  /**
   * Runs between sequences: what they used as memory must be memory. Within a sequence only CSW tells,
   * because no access may be inserted. A port that no longer answers is left unjudged.
   */
  async judgeUsed(): Promise<void> {
    const used = [...this.#used].filter(({ isKnown }) => !isKnown);
    this.#used.clear();
    for (const memory of used) await memory.judgeAfterUse();
  }

  #prepare(access: Access, site: Site): Prepared {
    const id = touchesPort(access) ? this.#dpOf(access) : undefined;
    const prepared = prepare(access, {
      dp: id === undefined ? this.dp : this.ports.get(id),
      memory: () => this.ports.memory(this.#apOf(access), id),
      around: (address) => {
        mustHaveSpace(access.fn, this.ports.get(this.#dpOf(access)).version);
        const { place, offset } = placeAround(address);
        return { ap: this.ports.memory(place, id), offset };
      },
      bank: this.#banks.of(site),
      flashBuffer: this.flashBuffer,
    });
    const bank = bankWritten(access);
    if (bank !== undefined) this.#banks.note(site, bank);
    const driven = resetDriven(access);
    if (driven !== undefined) this.holdsReset = driven === "low";
    if (driven === "low") this.pulledReset = true;
    if (requestsReset(access)) this.requestedReset = true;
    if (movesLines(access)) this.ports.lost();
    if (this.#isTargetsel(access)) this.ports.chosen(this.#dpOf(access));
    return prepared;
  }

  #apOf(access: Access): ApPlace {
    const described = this.#finder.apOf(access.apid);
    if (described !== undefined) return described;
    this.#finder.requireAp?.(access.apid);
    if (this.found !== undefined && access.ap === 0n) return this.found;
    const port = this.ports.get(this.#dpOf(access));
    // Without a description there is only `__ap`, and on ADIv6 it can only be a base address.
    return (port.version ?? 0) >= 3 ? { address: Number(access.ap) } : Number(access.ap & 0xffn);
  }

  #dpOf(access: Access): number {
    // The top-level space of access ports belongs to a debug port, not to one of them.
    if (usesApSpace(access)) return access.dp;
    return this.#finder.dpOf?.(access.apid) ?? access.dp;
  }
}

/**
 * Reads what must be known of an access port before an access. Yields how that failed, if failure is
 * tolerated.
 */
type Ready = (by: Origin) => Promise<Failed | undefined>;

function readying(memory: MemAp, isWide: boolean): Ready | undefined {
  if (isWide && memory.isWide === undefined) return (by) => memory.readyForWide(by);
  return memory.isReady ? undefined : (by) => memory.ready(by);
}

/** On SWD a port is chosen by a read of its DPIDR. */
function judgeRoute({ kind }: Route, words: Uint32Array, dp: number): CoreSightFailure | undefined {
  const value = words.at(-1);
  if (kind !== "targetsel" || value === undefined) return undefined;
  return judge("DPIDR", { value, place: `debug port ${dp}` });
}

/** The version is unknown if the port was not identified yet. */
function mustHaveSpace(fn: string, version = 3): void {
  if (version >= 3) return;
  throw new SessionFailure(
    { kind: "not-supported", what: fn },
    `${fn} needs a debug port of ADIv6; this one is DPv${version}`,
  );
}

function originOf(access: Access, site: Site): Origin {
  const args = access.args.map((arg) => hex(arg)).join(", ");
  const { fn, tolerate, order } = access;
  return { label: `${fn}(${args})`, tolerate, site, ...(order === undefined ? {} : { order }) };
}

function valueOf(prepared: Prepared | undefined, answer: Uint32Array | Failed): U64 | FailedAccess {
  if ("failed" in answer) return { failed: named(answer.failed) };
  return prepared?.value(answer) ?? 0n;
}

/** Returns the same failure with the places in the sequences that may have caused it. */
function named(error: CoreSightFailure): Failure<CoreSightFault & AccessFault> {
  const fault = error.fault;
  const origins = "origins" in fault ? fault.origins : [];
  const named = fault.kind === "target-fault" || fault.kind === "no-consent" ? origins : [];
  const sites = named.flatMap(({ site }) => (site === undefined ? [] : [site as Site]));
  // An origin without a number was asked for before the run, or on its behalf.
  const orders = origins.map(({ order }) => order ?? 0);
  return new Failure({ ...fault, sites, orders }, error.message, error.cause);
}

function rethrow(error: unknown): never {
  throw error instanceof CoreSightFailure ? named(error) : (error as Error);
}

/** It was decided before anything was sent, so the block can still be run in another way. */
function isNotAtomic(error: unknown): boolean {
  return error instanceof Failure && (error as Failure).fault.kind === "not-atomic";
}
