/** A probe behind a network that answers otherwise than it should: each rule changes the answers to some requests. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import type { VirtualClock } from "../../src/lib/clock.ts";
import { bringInStep } from "../../src/probe/cmsis-dap/echo.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";

/** What becomes of the answer to a request; `silent` never comes, `late` comes so much later, `closed` ends the connection. */
export type Outcome =
  Uint8Array | "silent" | "closed" | "twice" | { readonly answer: Uint8Array; readonly lateUs: number };

/** `number` counts answers from 1. */
export type Rule = (request: Uint8Array, answer: Uint8Array, number: number) => Outcome;

const NAME = "tcp://relay:4441";
const QUIET_US = 1000;

export class MisbehavingPipe implements PacketPipe {
  readonly over = "network";
  readonly #inner: PacketPipe;
  readonly #clock: VirtualClock;
  readonly #rule: Rule;
  readonly #asked: Uint8Array[] = [];
  /** Answers that came too late, or twice, and when they are there. */
  readonly #left: { readonly answer: Uint8Array; readonly atUs: number }[] = [];
  #number = 0;
  #closed = false;
  /** Whether the rule ever changed anything. */
  interfered = false;

  constructor({ pipe, clock }: { readonly pipe: PacketPipe; readonly clock: VirtualClock }, rule: Rule) {
    this.#inner = pipe;
    this.#clock = clock;
    this.#rule = rule;
  }

  async send(packet: Uint8Array): Promise<void> {
    this.#mustBeThere();
    // DAP_TransferAbort has no answer.
    if (packet[0] !== 0x07) this.#asked.push(packet.slice());
    await this.#inner.send(packet);
  }

  async receive(limitUs: number): Promise<Uint8Array> {
    this.#mustBeThere();
    const endUs = this.#clock.nowUs() + limitUs;
    const left = this.#left[0];
    if (left !== undefined) {
      if (left.atUs > endUs) return this.#never(endUs);
      this.#left.shift();
      this.#clock.advance(Math.max(0, left.atUs - this.#clock.nowUs()));
      return left.answer;
    }
    const request = this.#asked.shift();
    if (request === undefined) return this.#never(endUs);
    const answer = await this.#inner.receive(limitUs);
    this.#number += 1;
    const outcome = this.#rule(request, answer.slice(), this.#number);
    if (!(outcome instanceof Uint8Array) || Buffer.compare(outcome, answer) !== 0) this.interfered = true;
    if (outcome instanceof Uint8Array) return outcome;
    if (outcome === "silent") return this.#never(endUs);
    if (outcome === "twice") {
      this.#left.push({ answer, atUs: this.#clock.nowUs() });
      return answer;
    }
    if (outcome === "closed") {
      this.#closed = true;
      this.#mustBeThere();
      return answer;
    }
    this.#left.push({ answer: outcome.answer, atUs: this.#clock.nowUs() + outcome.lateUs });
    return this.receive(Math.max(0, endUs - this.#clock.nowUs()));
  }

  async resync(): Promise<void> {
    await bringInStep(this, { probe: NAME, quietUs: QUIET_US });
  }

  /** The simulator stays, so that its memory can be looked at. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #mustBeThere(): void {
    if (this.#closed) throw transportFailure({ kind: "connection-closed", probe: NAME });
  }

  #never(endUs: number): never {
    const limitUs = Math.max(0, endUs - this.#clock.nowUs());
    this.#clock.advance(limitUs);
    throw transportFailure({ kind: "timeout", probe: NAME, limitUs });
  }
}
