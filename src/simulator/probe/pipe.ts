/**
 * Implements PacketPipe for the simulator: queueing, latency and lost packets around a probe that answers at
 * once.
 */
import { ID_INVALID } from "../../cmsis-dap/command.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { picoseconds, type VirtualClock } from "../../lib/clock.ts";
import { Failure } from "../../lib/fault.ts";
import type { SimulatorFault } from "../faults.ts";
import type { Injection } from "../port/injection.ts";
import type { LatencyModel } from "./latency.ts";
import type { Repeats } from "../../lib/repeats.ts";
import type { PolledPackets } from "./polled-packets.ts";
import type { Probe } from "./probe.ts";

const QUEUE_COMMANDS = 0x7e;
const TRANSFER_ABORT = 0x07;

const REPORT_BYTES = 512;

/** The longest stretch of the host's time without a turn of its event loop. */
const LONGEST_MS = 10;

/** Real probes differ from the specification in these ways; some concern the probe rather than the pipe. */
export const QUIRKS = [
  "none",
  "full-reports",
  "packet-count",
  "pins-after-connect",
  "abort-answered",
  "queue-refused",
  "no-nreset",
  "ring-holds-one-less",
  "report-512",
] as const;
export type Quirk = (typeof QUIRKS)[number];

interface Reply {
  readonly packet: Uint8Array;
  readonly atPs: number;
}

export class SimulatorPipe implements PacketPipe {
  readonly #probe: Probe;
  readonly #clock: VirtualClock;
  readonly #injection: Injection;
  readonly #latency: LatencyModel;
  readonly #quirk: Quirk;
  #replies: Reply[] = [];
  #queued: Uint8Array[] = [];
  #lastReplyPs = 0;
  #turnedMs = performance.now();
  #stuck = false;
  #closed = false;
  readonly #polled: PolledPackets | undefined;
  readonly repeats?: Repeats;

  constructor(
    probe: Probe,
    clock: VirtualClock,
    around: {
      readonly injection: Injection;
      readonly latency: LatencyModel;
      readonly quirk: Quirk;
      /** It is left out if each packet is simulated. */
      readonly polled?: PolledPackets;
    },
  ) {
    this.#probe = probe;
    this.#clock = clock;
    this.#injection = around.injection;
    this.#latency = around.latency;
    this.#quirk = around.quirk;
    this.#polled = around.polled;
    if (this.#polled !== undefined) this.repeats = this.#repeatsOf(this.#polled);
  }

  #repeatsOf(polled: PolledPackets): Repeats {
    const isIdle = (): boolean =>
      this.#replies.length === 0 && this.#queued.length === 0 && !this.#stuck && !this.#closed;
    return {
      begin: () => {
        polled.begin(this.#lastReplyPs);
      },
      again: (...times) => {
        const passed = isIdle() ? polled.again(times, this.#lastReplyPs) : undefined;
        if (passed === undefined) polled.begin(this.#lastReplyPs);
        else this.#lastReplyPs += passed.ps;
        return passed?.times ?? 0;
      },
    };
  }

  send(packet: Uint8Array): Promise<void> {
    return attempt(() => {
      this.#polled?.note(packet);
      this.#accept(packet);
    });
  }

  /**
   * Signals, timers and other streams of the host get a turn now and then; a probe on a real wire would leave
   * them all of its time.
   */
  async receive(limitUs: number): Promise<Uint8Array> {
    if (performance.now() - this.#turnedMs > LONGEST_MS) {
      await this.#clock.turn();
      this.#turnedMs = performance.now();
    }
    return this.#take(limitUs);
  }

  resync(): Promise<void> {
    return attempt(() => {
      this.#open();
      this.#polled?.broken();
      const queued = this.#queued;
      this.#queued = [];
      this.#replies = [];
      // The question that brings a real pipe in step starts what is queued in the probe; those answers go
      // with it.
      for (const request of queued) this.#unanswered(request);
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#replies = [];
    return Promise.resolve();
  }

  #accept(packet: Uint8Array): void {
    this.#open();
    const { packetSize } = this.#latency;
    // EDBG waits for the rest of its report.
    if (this.#quirk === "report-512" && packet.length < REPORT_BYTES) return;
    this.#fits("request", packet, Math.max(packetSize, this.#quirk === "report-512" ? REPORT_BYTES : 0));
    // Firmware keeps the host waiting while its buffers are full; data for buffers that are only claimed are
    // lost.
    if (this.#claimsTooMuch && this.#replies.length >= this.#places) return;
    if (this.#stuck) return;
    // DAP_TransferAbort has no reply, and no transfer is ever under way when it arrives here.
    if (packet[0] === TRANSFER_ABORT) {
      if (this.#quirk === "abort-answered") this.#reply(Uint8Array.of(ID_INVALID));
      return;
    }
    if (packet[0] === QUEUE_COMMANDS && this.#quirk === "queue-refused") {
      this.#reply(Uint8Array.of(ID_INVALID));
      return;
    }
    this.#queued.push(packet.slice());
    if (packet[0] === QUEUE_COMMANDS) {
      // The firmware's buffers are full of packets that wait for one more, which no longer fits.
      this.#stuck = this.#queued.length >= this.#places;
      return;
    }
    const queued = this.#queued;
    this.#queued = [];
    for (const request of queued) this.#answer(request, packetSize);
  }

  get #claimsTooMuch(): boolean {
    return this.#places < this.#latency.packetCount;
  }

  /** Returns how many packets the firmware really has room for. */
  get #places(): number {
    const { packetCount } = this.#latency;
    if (this.#quirk === "packet-count") return 1;
    return this.#quirk === "ring-holds-one-less" ? packetCount - 1 : packetCount;
  }

  #answer(request: Uint8Array, packetSize: number): void {
    const packet = this.#probe.process(request);
    this.#fits("response", packet, packetSize);
    this.#reply(this.#quirk === "full-reports" ? filled(packet, packetSize) : packet);
  }

  /**
   * Processes a request whose answer is dropped. One that ends too early has no caller to fail: firmware
   * reads on in its buffer.
   */
  #unanswered(request: Uint8Array): void {
    try {
      this.#probe.process(request);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  #reply(packet: Uint8Array): void {
    const { roundTripUs, intervalUs } = this.#latency;
    this.#lastReplyPs = Math.max(
      this.#clock.nowPs() + picoseconds(roundTripUs),
      this.#lastReplyPs + picoseconds(intervalUs),
    );
    if (!this.#injection.packet()) this.#replies.push({ packet, atPs: this.#lastReplyPs });
  }

  #take(limitUs: number): Uint8Array {
    this.#open();
    const nowPs = this.#clock.nowPs();
    const reply = this.#replies[0];
    if (reply === undefined || reply.atPs > nowPs + picoseconds(limitUs)) {
      this.#clock.advance(limitUs);
      this.#polled?.broken();
      throw new Failure<SimulatorFault>(
        { kind: "timeout", limitUs },
        `the simulated probe did not answer within ${limitUs} us`,
      );
    }
    this.#replies.shift();
    this.#polled?.note(reply.packet);
    this.#clock.advancePs(Math.max(0, reply.atPs - nowPs));
    return reply.packet;
  }

  #open(): void {
    if (this.#closed) throw new Failure<SimulatorFault>({ kind: "closed" }, "the simulated probe is closed");
  }

  #fits(what: "request" | "response", packet: Uint8Array, limit: number): void {
    if (packet.length <= limit) return;
    throw new Failure<SimulatorFault>(
      { kind: "oversized-packet", what, length: packet.length, limit },
      `a ${what} of ${packet.length} bytes does not fit a packet of ${limit}`,
    );
  }
}

/** Puts the remains of an earlier answer in the buffer after this one. */
function filled(packet: Uint8Array, size: number): Uint8Array {
  const full = new Uint8Array(size).fill(0xa5);
  full.set(packet);
  return full;
}

/** Turns what is thrown into a rejection, so that a caller has one place to look. */
function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}
