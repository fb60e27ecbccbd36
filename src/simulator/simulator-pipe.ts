/** The simulator's PacketPipe: queueing, latency and lost packets around a probe that answers at once. */
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import type { VirtualClock } from "../lib/clock.ts";
import { Failure } from "../lib/fault.ts";
import type { SimulatorFault } from "./faults.ts";
import type { Injection } from "./injection.ts";
import type { LatencyModel } from "./latency.ts";
import type { Probe } from "./probe.ts";

const QUEUE_COMMANDS = 0x7e;
const TRANSFER_ABORT = 0x07;

interface Reply {
  readonly packet: Uint8Array;
  readonly atUs: number;
}

export class SimulatorPipe implements PacketPipe {
  readonly #probe: Probe;
  readonly #clock: VirtualClock;
  readonly #injection: Injection;
  readonly #latency: LatencyModel;
  #replies: Reply[] = [];
  #queued: Uint8Array[] = [];
  #lastReplyUs = 0;
  #stuck = false;
  #closed = false;

  constructor(
    probe: Probe,
    clock: VirtualClock,
    around: { readonly injection: Injection; readonly latency: LatencyModel },
  ) {
    this.#probe = probe;
    this.#clock = clock;
    this.#injection = around.injection;
    this.#latency = around.latency;
  }

  send(packet: Uint8Array): Promise<void> {
    return attempt(() => {
      this.#accept(packet);
    });
  }

  receive(limitUs: number): Promise<Uint8Array> {
    return attempt(() => this.#take(limitUs));
  }

  resync(): Promise<void> {
    return attempt(() => {
      this.#open();
      this.#replies = [];
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
    this.#fits("request", packet, packetSize);
    // DAP_TransferAbort has no reply, and no transfer is ever under way when it arrives here.
    if (this.#stuck || packet[0] === TRANSFER_ABORT) return;
    this.#queued.push(packet.slice());
    if (packet[0] === QUEUE_COMMANDS) {
      // The firmware's buffers are full of packets that wait for one more, which no longer fits.
      this.#stuck = this.#queued.length >= this.#latency.packetCount;
      return;
    }
    const queued = this.#queued;
    this.#queued = [];
    for (const request of queued) this.#answer(request, packetSize);
  }

  #answer(request: Uint8Array, packetSize: number): void {
    const { roundTripUs, intervalUs } = this.#latency;
    const packet = this.#probe.process(request);
    this.#fits("response", packet, packetSize);
    this.#lastReplyUs = Math.max(this.#clock.nowUs() + roundTripUs, this.#lastReplyUs + intervalUs);
    if (!this.#injection.packet()) this.#replies.push({ packet, atUs: this.#lastReplyUs });
  }

  #take(limitUs: number): Uint8Array {
    this.#open();
    const nowUs = this.#clock.nowUs();
    const reply = this.#replies[0];
    if (reply === undefined || reply.atUs > nowUs + limitUs) {
      this.#clock.advance(limitUs);
      throw new Failure<SimulatorFault>(
        { kind: "timeout", limitUs },
        `the simulated probe did not answer within ${limitUs} us`,
      );
    }
    this.#replies.shift();
    this.#clock.advance(Math.max(0, reply.atUs - nowUs));
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

/** What fails rejects, so that a caller has one place to look. */
function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}
