/**
 * A link over pyOCD's remote probe protocol, so that every probe that pyOCD drives works here. It sends one
 * request for each operation. The protocol cannot express several commands without the host, a match, or pins
 * other than nRESET.
 */
import type {
  DapLink,
  LinkAbilities,
  LinkFault,
  LinkSettings,
  Outcome,
  Register,
  WireOp,
} from "../../coresight/wire/link.ts";
import type { Clock } from "../../lib/clock.ts";
import { givenBack, ProbeFailure } from "../faults.ts";
import { whole } from "./arguments.ts";
import type { PyocdConnection, Reply } from "./connection.ts";
import { PROTOCOLS, STATUS, type Capability } from "./protocol.ts";
import { append } from "../../lib/lists.ts";

const NRESET = 0x80;
/** DAP_SWJ_Pins yields this if the pins cannot be read (specification 1.7, "DAP_SWJ_Pins"; wire rule 10). */
const NO_PINS = 0xffff_ffff;
const POLL_US = 1_000;
/**
 * A request line of this many words is 11 kB; the auto-increment window of most access ports ends there
 * anyway.
 */
const BLOCK_WORDS = 1024;
/** Opening and connecting a real probe takes its time. */
export const OPEN_US = 10_000_000;
const IDLE_CLOCKS = 8;
/** The request of a write of TARGETSEL, as the first byte on the wire (ADIv5.2 B4.3.4). */
const TARGETSEL_REQUEST = 0x99n;

export interface PyocdFacts {
  readonly identity: Readonly<Record<string, string>>;
  readonly capabilities: ReadonlySet<Capability>;
  readonly protocols: readonly string[];
}

/** The result of an operation. */
interface OpOutcome {
  readonly words?: readonly number[];
  readonly fault?: LinkFault;
  /**
   * True if its error may have come with the next operation: an access port accepts data before it is done
   * with them.
   */
  readonly posted?: boolean;
  readonly exchanges: number;
}

export class PyocdLink implements DapLink {
  readonly can: LinkAbilities;
  readonly identity: Readonly<Record<string, string>>;
  readonly notes: readonly string[] = [];
  readonly blockWords = { read: BLOCK_WORDS, write: BLOCK_WORDS };
  readonly #connection: PyocdConnection;
  readonly #clock: Clock;
  readonly #facts: PyocdFacts;
  /**
   * The value of SELECT as last written, for probes that select by themselves and to tell data registers from
   * others.
   */
  #select = 0;
  #closed = false;
  #protocol: LinkSettings["protocol"] | undefined;

  constructor(connection: PyocdConnection, clock: Clock, facts: PyocdFacts) {
    this.#connection = connection;
    this.#clock = clock;
    this.#facts = facts;
    this.identity = facts.identity;
    const selects = facts.capabilities.has("MANAGED_AP_SELECTION");
    this.can = { selects, atomic: false, match: false, pins: NRESET };
  }

  async connect({ protocol, clockHz }: LinkSettings): Promise<void> {
    if (!this.#facts.protocols.includes(PROTOCOLS[protocol])) throw this.#cannot(protocol.toUpperCase());
    await this.#connection.order("set_clock", [clockHz]);
    await this.#connection.order("connect", [PROTOCOLS[protocol]], OPEN_US);
    this.#protocol = protocol;
    this.#select = 0;
  }

  /** The protocol has no message for it: each request ends by itself. */
  interrupt(): void {
    return;
  }

  /** pyOCD knows chains of one device only. */
  chain(irLengths: readonly number[]): Promise<void> {
    return irLengths.length === 1
      ? Promise.resolve()
      : Promise.reject(this.#cannot("a chain of several devices"));
  }

  async run(ops: readonly WireOp[], mode: "stop-at-fault" | "atomic"): Promise<Outcome> {
    if (this.#closed) throw givenBack();
    if (mode === "atomic") this.#allowAtomic(ops);
    const values: Uint32Array[] = [];
    let done = 0;
    let exchanges = 0;
    for (const op of ops) {
      const step = await this.#step(op);
      exchanges += step.exchanges;
      if (step.fault !== undefined) {
        const { fault, posted = false } = step;
        const endUs = this.#clock.nowUs();
        return { done: posted ? done + sizeOf(op) : done, confirmed: done, values, endUs, exchanges, fault };
      }
      values.push(Uint32Array.from(step.words ?? []));
      done += sizeOf(op);
    }
    return { done, confirmed: done, values, endUs: this.#clock.nowUs(), exchanges };
  }

  /** The server has no lights. */
  status(): Promise<void> {
    return Promise.resolve();
  }

  async disconnect(): Promise<void> {
    if (this.#protocol === "swd" && this.#facts.capabilities.has("SWJ_SEQUENCE"))
      await this.#connection.order("swj_sequence", [IDLE_CLOCKS, 0]);
    this.#protocol = undefined;
    await this.#connection.order("disconnect");
  }

  async close(): Promise<void> {
    this.#closed = true;
    try {
      await this.#connection.order("close");
    } finally {
      await this.#connection.close();
    }
  }

  async #step(op: WireOp): Promise<OpOutcome> {
    switch (op.kind) {
      case "read":
        return this.#read(op.register, op.words);
      case "write":
        return this.#write(op.register, op.words);
      case "abort":
        return this.#write({ port: "DP", address: 0x0 }, Uint32Array.of(op.value));
      case "swj":
        return this.#line(op.count, BigInt.asUintN(op.count, op.bits));
      case "jtag":
        return this.#jtag(op);
      case "pins":
        return this.#pins(op);
      case "delay":
        await this.#clock.sleep(op.us);
        return { exchanges: 0 };
      case "clock":
        return this.#plain(await this.#connection.ask("set_clock", [op.hz]));
      case "tap":
        if (op.index > 0) throw this.#cannot("a chain of several devices");
        return { exchanges: 0 };
      case "framing":
        if (op.dataPhase) throw this.#cannot("overrun detection");
        return { exchanges: 0 };
      case "bare write":
        throw this.#cannot("another turnaround");
      case "match":
        throw this.#cannot("a match of values");
    }
  }

  async #read(register: Register, words: number): Promise<OpOutcome> {
    const address = this.#addressOf(register);
    const read: number[] = [];
    if (register.port === "AP" && words > 1) {
      const reply = await this.#connection.ask("read_ap_multiple", [address, words]);
      if (reply.kind === "target") return this.#failed(reply, register);
      append(read, this.#words("read_ap_multiple", reply.result, words));
      return { words: read, exchanges: 1 };
    }
    const request = register.port === "AP" ? "read_ap" : "read_dp";
    while (read.length < words) {
      const reply = await this.#connection.ask(request, [address]);
      if (reply.kind === "target") return this.#failed(reply, register);
      append(read, this.#words(request, [reply.result], 1));
    }
    return { words: read, exchanges: words };
  }

  async #write(register: Register, words: Uint32Array): Promise<OpOutcome> {
    if (register.port === "DP" && register.address === 0x8) {
      this.#select = words.at(-1) ?? this.#select;
      if (this.can.selects) return { exchanges: 0 };
    }
    const address = this.#addressOf(register);
    const [first = 0] = words;
    // pyOCD keeps writes back until something is read; without the flush their errors would be blamed on
    // other accesses.
    const [reply, flushed] = await Promise.all([
      words.length === 1
        ? this.#connection.ask(register.port === "AP" ? "write_ap" : "write_dp", [address, first])
        : this.#connection.ask("write_ap_multiple", [address, [...words]]),
      this.#connection.ask("flush"),
    ]);
    if (reply.kind === "target") return this.#failed(reply, register);
    return flushed.kind === "target" ? this.#failed(flushed, register) : { exchanges: 2 };
  }

  async #line(count: number, bits: bigint): Promise<OpOutcome> {
    if (this.#facts.capabilities.has("SWJ_SEQUENCE"))
      return this.#plain(await this.#connection.ask("swj_sequence", [count, bits]));
    if ((bits & 0xffn) === TARGETSEL_REQUEST) throw this.#cannot("several debug ports on one pair of wires");
    // Such a probe has led the target into the protocol when it connected, and does not let a client do that.
    return { exchanges: 0 };
  }

  async #jtag({ count, tms, tdi }: Extract<WireOp, { kind: "jtag" }>): Promise<OpOutcome> {
    if (!this.#facts.capabilities.has("JTAG_SEQUENCE")) throw this.#cannot("raw JTAG sequences");
    const reply = await this.#connection.ask("jtag_sequence", [count, tms, true, BigInt.asUintN(count, tdi)]);
    if (reply.kind === "target") return this.#plain(reply);
    const { result } = reply;
    const tdo = whole(result, (1n << BigInt(count)) - 1n);
    if (tdo === undefined) throw this.#nonsense("jtag_sequence");
    const words = Array.from({ length: Math.ceil(count / 32) }, (_, at) =>
      Number((tdo >> BigInt(32 * at)) & 0xffff_ffffn),
    );
    return { words, exchanges: 1 };
  }

  async #pins({ output, select, waitUs }: Extract<WireOp, { kind: "pins" }>): Promise<OpOutcome> {
    // The other pins idle high, so a caller that releases them need not know that they cannot be reached.
    if ((select & ~NRESET & ~output) !== 0) throw this.#cannot("pins other than nRESET");
    let exchanges = 0;
    if (select === 0) {
      const reply = await this.#connection.ask("is_reset_asserted");
      if (reply.kind === "done") return { words: [Boolean(reply.result) ? 0 : NRESET], exchanges: 1 };
    }
    if ((select & NRESET) !== 0) {
      const asserted = (output & NRESET) === 0;
      await this.#connection.order("assert_reset", [asserted]);
      exchanges += 1;
      const endUs = this.#clock.nowUs() + waitUs;
      while (this.#clock.nowUs() < endUs) {
        const reply = await this.#connection.ask("is_reset_asserted");
        exchanges += 1;
        if (reply.kind === "done" && Boolean(reply.result) === asserted) break;
        await this.#clock.sleep(Math.min(POLL_US, Math.max(0, endUs - this.#clock.nowUs())));
      }
    }
    return { words: [NO_PINS], exchanges };
  }

  /** A probe that selects by itself gets the access port and the bank with each register. */
  #addressOf({ port, address }: Register): number {
    if (port === "AP") return this.can.selects ? ((this.#select & 0xff00_00f0) | address) >>> 0 : address;
    const banked = address === 0x4 && this.#facts.capabilities.has("MANAGED_DPBANKSEL");
    return banked ? ((this.#select & 0xf) << 4) | address : address;
  }

  /**
   * These are DRW and the banked data registers: an error belongs to them, although the target accepted them
   * first (ADIv5.2 C2.2).
   */
  #failed(reply: Extract<Reply, { kind: "target" }>, { port, address }: Register): OpOutcome {
    const bank = this.#select & 0xf0;
    const posted = port === "AP" && (bank === 0x10 || (bank === 0x00 && address === 0xc));
    const fault = FAULTS[reply.status];
    return { fault, posted: posted && fault !== "NO_ACK", exchanges: 1 };
  }

  #plain(reply: Reply): OpOutcome {
    return reply.kind === "done" ? { exchanges: 1 } : { fault: FAULTS[reply.status], exchanges: 1 };
  }

  #words(request: string, result: unknown, count: number): readonly number[] {
    const list = Array.isArray(result) ? (result as readonly unknown[]) : [];
    if (list.length !== count || !list.every(isWord)) throw this.#nonsense(request);
    return list;
  }

  /**
   * The bus stands still between line sequences; everything else would need the host in between (wire rule
   * 7).
   */
  #allowAtomic(ops: readonly WireOp[]): void {
    if (ops.length <= 1 || ops.every(({ kind }) => kind === "swj" || kind === "jtag")) return;
    const kinds = [...new Set(ops.map(({ kind }) => kind))].join(", ");
    throw new ProbeFailure(
      { kind: "not-atomic", reason: kinds },
      `this atomic block needs ${ops.length} operations (${kinds}), and pyOCD's protocol has one request for each`,
    );
  }

  #cannot(what: string): ProbeFailure {
    return new ProbeFailure(
      { kind: "not-by-this-probe", what },
      `${this.#connection.name}: ${what} cannot be had from this probe through pyOCD's server`,
    );
  }

  #nonsense(command: string): ProbeFailure {
    return new ProbeFailure(
      { kind: "probe-protocol", command, reason: "the result is not what this request yields" },
      `the answer of ${this.#connection.name} to ${command} makes no sense`,
    );
  }
}

const FAULTS: Readonly<Record<Extract<Reply, { kind: "target" }>["status"], LinkFault>> = {
  [STATUS.transfer]: "NO_ACK",
  [STATUS.transferTimeout]: "WAIT",
  [STATUS.transferFault]: "FAULT",
};

function sizeOf(op: WireOp): number {
  if (op.kind === "read") return op.words;
  return op.kind === "write" ? op.words.length : 1;
}

function isWord(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}
