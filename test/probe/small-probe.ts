/** Just enough firmware to see packets come and go: DAP_Info, connect, queue, abort. The simulator is for everything else. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";

export interface SmallProbeOptions {
  readonly serial?: string;
  readonly packetSize?: number;
  readonly packetCount?: number;
}

/** A command of the vendor's range that is answered only when the test lets it go. */
export const STUCK = 0x80;

export class SmallProbe implements PacketPipe {
  readonly requests: Uint8Array[] = [];
  readonly #answers: Uint8Array[] = [];
  readonly #waiting: ((packet: Uint8Array) => void)[] = [];
  readonly #serial: string;
  readonly #packetSize: number;
  readonly #packetCount: number;
  #queued: Uint8Array[] = [];
  #stuck = 0;
  resyncs = 0;

  constructor({ serial = "A1", packetSize = 512, packetCount = 4 }: SmallProbeOptions = {}) {
    this.#serial = serial;
    this.#packetSize = packetSize;
    this.#packetCount = packetCount;
  }

  send(packet: Uint8Array): Promise<void> {
    this.requests.push(Uint8Array.from(packet));
    if (packet[0] === 0x7e) this.#queued.push(packet);
    else if (packet[0] === STUCK) this.#stuck += 1;
    else if (packet[0] === 0x07) this.letGo();
    else {
      for (const queued of this.#queued) this.#answer(Uint8Array.of(0x7f, queued[1] ?? 0));
      this.#queued = [];
      this.#answer(this.#respond(packet));
    }
    return Promise.resolve();
  }

  receive(limitUs: number): Promise<Uint8Array> {
    const answer = this.#answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(0);
        reject(transportFailure({ kind: "timeout", probe: "small", limitUs }));
      }, limitUs / 1000);
      this.#waiting.push((packet) => {
        clearTimeout(timer);
        resolve(packet);
      });
    });
  }

  resync(): Promise<void> {
    this.resyncs += 1;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Answers every stuck command. */
  letGo(): void {
    for (; this.#stuck > 0; this.#stuck--) this.#answer(Uint8Array.of(STUCK, 0));
  }

  #answer(packet: Uint8Array): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#answers.push(packet);
    else waiting(packet);
  }

  #respond(packet: Uint8Array): Uint8Array {
    const [id, argument] = packet;
    if (id === 0x02) return Uint8Array.of(0x02, 1);
    if (id === 0x03) return Uint8Array.of(0x03, 0);
    if (id === 0x7f) return Uint8Array.of(0x7f, argument ?? 0);
    if (id !== 0x00) return Uint8Array.of(0xff);
    if (argument === 0xff) return Uint8Array.of(0, 2, this.#packetSize & 0xff, this.#packetSize >> 8);
    if (argument === 0xfe) return Uint8Array.of(0, 1, this.#packetCount);
    const text = new TextEncoder().encode(`${this.#serial}\0`);
    return Uint8Array.of(0, text.length, ...text);
  }
}
