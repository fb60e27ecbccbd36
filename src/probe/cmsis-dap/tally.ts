/** Adds up what the answers to packets say of the operations that they carry. Sends nothing. */
import { TARGET_POLICY } from "../../coresight/wire/error-policy.ts";
import type { LinkFault, LostRun, Outcome, WireOp } from "../../coresight/wire/link.ts";
import { deal, operationsIn, type Answer } from "./answer.ts";
import type { Packet } from "./packets.ts";

export class Tally {
  exchanges = 0;
  /** True if the error of an accepted access may still come; undefined until there was an answer. */
  open: boolean | undefined;
  readonly #ops: readonly WireOp[];
  readonly #values: number[][];
  readonly #ranOn: { from: number; to: number }[] = [];
  /** The number of operations in the packets so far. */
  #place = 0;
  /** The number of operations in the packets that were sent. */
  #sent = 0;
  #done = 0;
  #confirmed = 0;
  #fault: LinkFault | undefined;

  constructor(ops: readonly WireOp[]) {
    this.#ops = ops;
    this.#values = ops.map(() => []);
  }

  /**
   * Takes answers in the order of sending. After a fault, it only notes what a later command of the same
   * bundle did.
   */
  add(packet: Packet, answer: Answer): void {
    deal(packet, answer, this.#ops, this.#values);
    const start = this.#place;
    this.#place += sizeOf(packet);
    const accepted = operationsIn(packet, answer.accepted);
    this.open = answer.open;
    if (this.#fault !== undefined) {
      this.#ranOn.push({ from: start, to: start + accepted });
      return;
    }
    this.#done = start + accepted;
    if (!answer.open) this.#confirmed = this.#done;
    else if (answer.confirmed > 0) this.#confirmed = start + operationsIn(packet, answer.confirmed);
    this.#fault = answer.fault;
  }

  /** Counts a packet as sent, even if it is never answered. */
  sent(packet: Packet): void {
    this.#sent += sizeOf(packet);
  }

  /** Returns where the probe was when it was lost, or undefined if nothing was under way. */
  lost(): LostRun | undefined {
    if (this.#sent <= this.#confirmed) return undefined;
    return { kind: "lost-run", confirmed: this.#confirmed, sent: this.#sent };
  }

  /** Notes a packet that was under way when an earlier one failed. */
  overtaken(packet: Packet): void {
    const from = this.#place;
    this.#place += sizeOf(packet);
    const fault = this.#fault;
    if (fault === undefined || fault === "MISMATCH") return;
    if (TARGET_POLICY[fault].behind === "may have run") this.#ranOn.push({ from, to: this.#place });
  }

  outcome(endUs: number): Outcome {
    const fault = this.#fault;
    return {
      done: this.#done,
      confirmed: this.#confirmed,
      exchanges: this.exchanges,
      values: this.#values.map((words) => Uint32Array.from(words)),
      endUs,
      ...(fault === undefined ? {} : { fault, ranOn: this.#ranOn }),
    };
  }
}

function sizeOf({ pieces }: Packet): number {
  return pieces.reduce((sum, { count }) => sum + count, 0);
}
