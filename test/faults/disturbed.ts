/** A simulated target whose probe can be made to fail at a chosen packet, and which takes the next client all the same. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Failure } from "../../src/lib/fault.ts";
import type { TransportFault } from "../../src/probe/transport-faults.ts";
import type { Simulator } from "../../src/simulator/open.ts";

/** "one too few": a count that leaves one out, and says that all went well. */
export type PacketDisturbance = "no answer" | "short answer" | "one too few" | "foreign answer" | "unplug";

/** Where the count of an answer stands, for those that have one. */
const COUNTS: Readonly<Record<number, number>> = { 0x05: 1, 0x06: 1, 0x7f: 1 };

/** The pipe of the simulator for one client: its close ends the client, not the probe. */
export class DisturbedPipe implements PacketPipe {
  /** Packets that were sent. */
  sent = 0;
  /** The command of the chosen packet. */
  command: number | undefined;
  readonly #pipe: PacketPipe;
  #at: number;
  #how: PacketDisturbance | undefined;
  #gone = false;
  /** Whether the answer at the chosen packet was another one than the probe's. */
  disturbed = false;
  /** Numbers of the packets whose answers are still to come. */
  #awaited: number[] = [];

  constructor({ pipe }: Simulator, how?: PacketDisturbance, at = -1) {
    this.#pipe = pipe;
    this.#how = how;
    this.#at = at;
  }

  disturb(how: PacketDisturbance, at: number): void {
    this.#how = how;
    this.#at = at;
  }

  async send(packet: Uint8Array): Promise<void> {
    if (this.sent === this.#at) this.command ??= packet[0];
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
      case "one too few": {
        const made = oneTooFew(answer);
        this.disturbed = made !== answer;
        return made;
      }
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

/** An answer without a count is left as it is. */
function oneTooFew(answer: Uint8Array): Uint8Array {
  const at = COUNTS[answer[0] ?? -1];
  if (at === undefined) return answer;
  const made = answer.slice();
  made[at] = (made[at] ?? 0) - 1;
  return made;
}
