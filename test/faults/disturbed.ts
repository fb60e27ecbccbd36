/** A simulated target whose probe can be made to fail at a chosen packet, and which takes the next client all the same. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Failure } from "../../src/lib/fault.ts";
import type { TransportFault } from "../../src/probe/transport-faults.ts";
import type { Simulator } from "../../src/simulator/open.ts";

export type PacketDisturbance = "no answer" | "short answer" | "foreign answer" | "unplug";

/** The pipe of the simulator for one client: its close ends the client, not the probe. */
export class DisturbedPipe implements PacketPipe {
  /** Packets that were sent. */
  sent = 0;
  readonly #pipe: PacketPipe;
  readonly #at: number;
  readonly #how: PacketDisturbance | undefined;
  #gone = false;
  /** Numbers of the packets whose answers are still to come. */
  #awaited: number[] = [];

  constructor({ pipe }: Simulator, how?: PacketDisturbance, at = -1) {
    this.#pipe = pipe;
    this.#how = how;
    this.#at = at;
  }

  async send(packet: Uint8Array): Promise<void> {
    this.#mustBeThere();
    if (this.#how === "unplug" && this.sent === this.#at) {
      this.#gone = true;
      this.#mustBeThere();
    }
    await this.#pipe.send(packet);
    this.#awaited.push(this.sent);
    this.sent += 1;
  }

  async receive(limitUs: number): Promise<Uint8Array> {
    this.#mustBeThere();
    const number = this.#awaited.shift();
    const answer = await this.#pipe.receive(limitUs);
    if (number !== this.#at) return answer;
    switch (this.#how) {
      case "no answer":
        // It is never taken for the answer to a later request: resync empties the pipe.
        throw new Failure<TransportFault>(
          { kind: "timeout", probe: "simulated", limitUs },
          "no answer in time",
        );
      case "short answer":
        return answer.subarray(0, 1);
      case "foreign answer":
        return Uint8Array.of(answer[0] === 0x02 ? 0x05 : 0x02, ...answer.subarray(1));
      default:
        return answer;
    }
  }

  async resync(): Promise<void> {
    this.#mustBeThere();
    this.#awaited = [];
    await this.#pipe.resync();
  }

  async close(): Promise<void> {
    this.#awaited = [];
    await this.#pipe.resync();
  }

  #mustBeThere(): void {
    if (this.#gone)
      throw new Failure<TransportFault>({ kind: "unplugged", probe: "simulated" }, "the probe was unplugged");
  }
}
