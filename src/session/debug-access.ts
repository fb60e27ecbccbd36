/**
 * The interpreter's door to the target: each access function as steps on the wire. Knows which functions wait for the
 * judgement of earlier writes (WIRE.md 1); who is to blame is the wire's business.
 */
import { DebugPort, type DpAddress } from "../coresight/dp.ts";
import { CoreSightFailure, type CoreSightFault } from "../coresight/faults.ts";
import { lane, MemAp, type Size } from "../coresight/mem-ap.ts";
import type { Failed, Origin, Step, Wire } from "../coresight/wire.ts";
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
import { SessionFailure } from "./faults.ts";

/** What one access needs: its steps, and how its value comes out of the words they read. */
interface Prepared {
  readonly steps: readonly Step[];
  /** Lines, pins, delays and ABORT wait for the answer to earlier writes. */
  readonly afterJudgement?: SyncReason;
  readonly value: (words: Uint32Array) => U64;
}

const NO_VALUE = (): U64 => 0n;

export interface AccessPortFinder {
  /** APSEL of an `__apid`, where the description has access port elements; else undefined. */
  apOf(apid: U64): number | undefined;
}

export class TargetAccess implements DebugAccess {
  readonly dp: DebugPort;
  readonly #wire: Wire;
  readonly #ports: AccessPortFinder;
  readonly #memories = new Map<number, MemAp>();

  constructor(dp: DebugPort, ports: AccessPortFinder) {
    this.dp = dp;
    this.#wire = dp.wire;
    this.#ports = ports;
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
    const waits = this.#unready(access);
    if (waits !== undefined) return waits().then(() => this.post(access, site));
    const prepared = this.#prepare(access);
    const by = originOf(access, site);
    const { afterJudgement } = prepared;
    if (afterJudgement !== undefined) return this.#alone(prepared, by, afterJudgement).then(() => undefined);
    return this.#wire.post(prepared.steps, by)?.catch(rethrow);
  }

  async ask(access: Access, site: Site): Promise<U64 | FailedAccess> {
    const waits = this.#unready(access);
    if (waits !== undefined) await waits();
    const prepared = this.#prepare(access);
    const by = originOf(access, site);
    if (prepared.afterJudgement !== undefined) return this.#alone(prepared, by, prepared.afterJudgement);
    return valueOf(prepared, await this.#wire.ask(prepared.steps, by).catch(rethrow));
  }

  async settle(reason: SyncReason): Promise<void> {
    await this.#wire.settle(reason).catch(rethrow);
  }

  async atomic(
    list: readonly { readonly access: Access; readonly site: Site }[],
  ): Promise<readonly (U64 | FailedAccess)[]> {
    for (const { access } of list) await this.#unready(access)?.();
    const prepared = list.map(({ access }) => this.#prepare(access));
    const groups = list.map(({ access, site }, index) => ({
      steps: prepared[index]?.steps ?? [],
      by: originOf(access, site),
    }));
    const answers = await this.#wire.atomic(groups).catch(rethrow);
    return answers.map((answer, index) => valueOf(prepared[index] ?? { steps: [], value: NO_VALUE }, answer));
  }

  async #alone(prepared: Prepared, by: Origin, reason: SyncReason): Promise<U64 | FailedAccess> {
    await this.settle(reason);
    return valueOf(prepared, await this.#wire.ask(prepared.steps, by, reason).catch(rethrow));
  }

  /** The first use of an access port's memory must read its CSW. */
  #unready(access: Access): (() => Promise<void>) | undefined {
    if (!/^(Read|Write)\d/.test(access.fn)) return undefined;
    const memory = this.memory(this.#apOf(access));
    return memory.isReady ? undefined : () => memory.ready({ tolerate: access.tolerate });
  }

  #apOf(access: Access): number {
    return this.#ports.apOf(access.apid) ?? Number(access.ap & 0xffn);
  }

  #prepare(access: Access): Prepared {
    const [first = 0n, second = 0n, third = 0n] = access.args;
    switch (access.fn) {
      case "Read8":
      case "Read16":
      case "Read32":
        return this.#read(access, Number(access.fn.slice(4)) as Size, first);
      case "Write8":
      case "Write16":
      case "Write32":
        return this.#write(access, Number(access.fn.slice(5)) as Size, first, second);
      case "ReadAP": {
        const ap = this.#apOf(access);
        const offset = Number(first & 0xffn);
        this.memory(ap).noteRead(offset);
        return { steps: this.dp.apReadSteps(ap, offset), value: firstWord };
      }
      case "WriteAP": {
        const ap = this.#apOf(access);
        const offset = Number(first & 0xffn);
        const value = word(second);
        this.memory(ap).noteWrite(offset, value);
        return { steps: this.dp.apWriteSteps(ap, offset, value), value: NO_VALUE };
      }
      case "ReadDP":
        return { steps: this.dp.readSteps(dpAddress(first)), value: firstWord };
      case "WriteDP":
        return { steps: this.dp.writeSteps(dpAddress(first), word(second)), value: NO_VALUE };
      case "DAP_WriteABORT":
        return single({ kind: "abort", value: word(first) }, "line command");
      case "DAP_Delay":
        return single({ kind: "delay", us: word(first) }, "delay");
      case "DAP_SWJ_Clock":
        return single({ kind: "clock", hz: word(first) }, "line command");
      case "DAP_SWJ_Pins": {
        const op = { kind: "pins", output: byte(first), select: byte(second), waitUs: word(third) } as const;
        return { ...single(op, "line command"), value: firstWord };
      }
      case "DAP_SWJ_Sequence":
        return single({ kind: "swj", count: Number(first), bits: second }, "line command");
      case "DAP_JTAG_Sequence": {
        const op = { kind: "jtag", count: Number(first), tms: second === 0n ? 0 : 1, tdi: third } as const;
        return { ...single(op, "line command"), value: joined };
      }
      default:
        throw new SessionFailure(
          { kind: "not-supported", what: access.fn },
          `${access.fn} is not available on this connection`,
        );
    }
  }

  #read(access: Access, size: Size, where: U64): Prepared {
    const address = word(where);
    const steps = this.memory(this.#apOf(access)).readSteps(address, size);
    return { steps, value: (words) => BigInt(lane(words[0] ?? 0, address, size)) };
  }

  #write(access: Access, size: Size, where: U64, value: U64): Prepared {
    const steps = this.memory(this.#apOf(access)).writeSteps(
      word(where),
      size,
      Number(BigInt.asUintN(size, value)),
    );
    return { steps, value: NO_VALUE };
  }
}

function single(op: Step["op"], afterJudgement: SyncReason): Prepared {
  return { steps: [{ op }], afterJudgement, value: NO_VALUE };
}

function originOf(access: Access, site: Site): Origin {
  const args = access.args.map((arg) => hex(arg)).join(", ");
  return { label: `${access.fn}(${args})`, tolerate: access.tolerate, site };
}

function valueOf(prepared: Prepared, answer: Uint32Array | Failed): U64 | FailedAccess {
  return "failed" in answer ? { failed: named(answer.failed) } : prepared.value(answer);
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

function firstWord(words: Uint32Array): U64 {
  return BigInt(words[0] ?? 0);
}

function joined(words: Uint32Array): U64 {
  return words.reduce((value, part, index) => value | (BigInt(part) << BigInt(32 * index)), 0n);
}

function word(value: U64): number {
  return Number(BigInt.asUintN(32, value));
}

function byte(value: U64): number {
  return Number(BigInt.asUintN(8, value));
}

/** DP registers have the four addresses that A[3:2] can say. */
function dpAddress(value: U64): DpAddress {
  return Number(value & 0xcn) as DpAddress;
}
