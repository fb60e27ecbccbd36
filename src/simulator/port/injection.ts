/** Disturbances that a test asks for: of single transfers on the wire, and of whole packets. */

export type TransferDisturbance = "WAIT" | "FAULT" | "NO_ACK" | "PARITY";

export class Injection {
  readonly #transfers = new Map<number, TransferDisturbance>();
  readonly #packets = new Set<number>();
  #transfersSeen = 0;
  #packetsSeen = 0;

  /** The transfer after `skip` others is answered so, `times` times in a row. */
  disturb(disturbance: TransferDisturbance, skip = 0, times = 1): void {
    for (let at = 0; at < times; at++) this.#transfers.set(this.#transfersSeen + skip + at, disturbance);
  }

  /** Takes back what was asked for and has not happened. */
  calm(): void {
    this.#transfers.clear();
    this.#packets.clear();
  }

  /** The response to the packet after `skip` others never arrives. */
  dropPacket(skip = 0): void {
    this.#packets.add(this.#packetsSeen + skip);
  }

  /** Transfers acknowledged so far, on the wire: a block of n AP reads has n + 1. */
  get transfers(): number {
    return this.#transfersSeen;
  }

  /** Called once for each acknowledge phase. */
  transfer(): TransferDisturbance | undefined {
    return this.#transfers.get(this.#transfersSeen++);
  }

  /** Called once for each packet; true where its response is to be lost. */
  packet(): boolean {
    return this.#packets.has(this.#packetsSeen++);
  }
}
