/**
 * Passes requests on to a pipe, and answers back, in order. Knows only which requests have answers, and when
 * these come.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { DAP_TRANSFER_ABORT } from "../../cmsis-dap/transfer.ts";
import { isTimeout } from "../transport-faults.ts";

/** It is answered only after the first later packet of another kind (wire rule 8). */
const DAP_QUEUE_COMMANDS = 0x7e;
/** This is far longer than any command takes: a probe that is silent so long has hung. */
const ANSWER_LIMIT_US = 30_000_000;

/** No client has reason to have more requests under way; queued packets are limited by the probe's own count. */
const MOST_DUE = 256;

export interface RelayClient {
  /** Resolves when the client has taken it, or is gone; the next answer waits for that. */
  answer(packet: Uint8Array): Promise<void> | void;
  /** Tells that the pipe failed; nothing follows. */
  failed(error: unknown): void;
}

export class Relay {
  readonly #pipe: PacketPipe;
  readonly #client: RelayClient;
  #sending: Promise<void> = Promise.resolve();
  #receiving: Promise<void> = Promise.resolve();
  /** The packets wait here, because the probe does nothing with them before the packet that starts them. */
  #queued: Uint8Array[] = [];
  readonly #packetCount: number;
  #due = 0;
  #stopping = false;
  #failed = false;
  #asked = 0;
  #roomy: () => void = () => undefined;

  /**
   * `packetCount` is what the probe holds. More queued packets, including the one that ends the queue, would
   * hang it (wire rule 8).
   */
  constructor(pipe: PacketPipe, packetCount: number, client: RelayClient) {
    this.#pipe = pipe;
    this.#packetCount = packetCount;
    this.#client = client;
  }

  /**
   * Sends a request at once, even while earlier answers are awaited: DAP_TransferAbort needs that. Throws a
   * RangeError for more queued packets than the probe holds.
   */
  request(packet: Uint8Array): void {
    if (packet[0] === DAP_TRANSFER_ABORT) {
      this.#send([packet], 0);
      return;
    }
    this.#queued.push(packet);
    if (packet[0] !== DAP_QUEUE_COMMANDS) {
      const together = this.#queued;
      this.#queued = [];
      this.#send(together, together.length);
    } else if (this.#queued.length >= this.#packetCount) {
      throw new RangeError(
        `it queued ${this.#queued.length} packets, and the probe holds ${this.#packetCount}`,
      );
    }
  }

  /** True if nothing is passed on any more. */
  get over(): boolean {
    return this.#stopping || this.#failed;
  }

  /** Resolves when one more request may come because few enough are under way. */
  async room(): Promise<void> {
    while (this.#asked >= MOST_DUE && !this.over)
      await new Promise<void>((resolve) => (this.#roomy = resolve));
  }

  #send(packets: readonly Uint8Array[], answers: number): void {
    this.#asked += answers;
    this.#sending = this.#sending.then(async () => {
      if (this.#failed) return;
      for (const packet of packets) await this.#pipe.send(packet);
      this.#await(answers);
    });
    this.#sending = this.#sending.catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** Stops passing things on. Resolves when the pipe has no more work that this relay asked for. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#roomy();
    // A transfer that waits for its target may take long, and its client is gone.
    if (this.#due > 0) this.request(Uint8Array.of(DAP_TRANSFER_ABORT));
    await this.#sending;
    await this.#receiving;
    // The answers to packets that went out together before a failed one have no reader; the next client must
    // not get them.
    if (this.#failed) await this.#pipe.resync().catch(() => undefined);
  }

  #await(due: number): void {
    this.#due += due;
    this.#receiving = this.#receiving.then(async () => {
      for (let left = due; left > 0; left--) {
        const answer = await this.#receive();
        this.#due -= 1;
        if (answer !== undefined && !this.#stopping) await this.#client.answer(answer);
        this.#asked -= 1;
        this.#roomy();
      }
    });
    this.#receiving = this.#receiving.catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /**
   * A silent probe is silent towards the client too, whose own limit passes; the next request finds the probe
   * in step.
   */
  async #receive(): Promise<Uint8Array | undefined> {
    try {
      return await this.#pipe.receive(ANSWER_LIMIT_US);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      await this.#pipe.resync();
      return undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#roomy();
    this.#client.failed(error);
  }
}
