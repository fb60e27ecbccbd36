/** Makes the disturbances that a test asks for: of single transfers on the wire, and of whole packets. */

export type TransferDisturbance = "WAIT" | "FAULT" | "NO_ACK" | "PARITY";

export class Injection {
  readonly #transfers = new Map<number, TransferDisturbance>();
  readonly #packets = new Set<number>();
  #transfersSeen = 0;
  #packetsSeen = 0;
  /** The number of transfers and packets that were disturbed so far. */
  disturbed = 0;
  /** Wires that are bad disturb every transfer. */
  readonly #lasting: TransferDisturbance | undefined;

  constructor(lasting?: TransferDisturbance) {
    this.#lasting = lasting;
  }

  /** Gives this answer to the transfer after `skip` others, `times` times in a row. */
  disturb(disturbance: TransferDisturbance, skip = 0, times = 1): void {
    for (let at = 0; at < times; at++) this.#transfers.set(this.#transfersSeen + skip + at, disturbance);
  }

  /** Takes back requests that were not carried out yet. */
  calm(): void {
    this.#transfers.clear();
    this.#packets.clear();
  }

  /** The response to the packet after `skip` others never arrives. */
  dropPacket(skip = 0): void {
    this.#packets.add(this.#packetsSeen + skip);
  }

  /** Transfers that were acknowledged so far on the wire: a block of n AP reads has n + 1. */
  get transfers(): number {
    return this.#transfersSeen;
  }

  /** Packets that were answered so far. */
  get packets(): number {
    return this.#packetsSeen;
  }

  /** Returns how many rounds of so many transfers and packets come before the next disturbance. */
  room(transfers: number, packets: number): number {
    if (this.#lasting !== undefined && transfers > 0) return 0;
    return Math.min(
      roomBefore(this.#transfers.keys(), this.#transfersSeen, transfers),
      roomBefore(this.#packets, this.#packetsSeen, packets),
    );
  }

  /** Counts as if so many had been there, undisturbed. */
  skip(transfers: number, packets: number): void {
    this.#transfersSeen += transfers;
    this.#packetsSeen += packets;
  }

  /** It is called once for each acknowledge phase. */
  transfer(): TransferDisturbance | undefined {
    const disturbance = this.#transfers.get(this.#transfersSeen++) ?? this.#lasting;
    if (disturbance !== undefined) this.disturbed += 1;
    return disturbance;
  }

  /** It is called once for each packet; returns true if its response is to be lost. */
  packet(): boolean {
    const isLost = this.#packets.has(this.#packetsSeen++);
    if (isLost) this.disturbed += 1;
    return isLost;
  }
}

function roomBefore(disturbed: Iterable<number>, seen: number, each: number): number {
  let room = Infinity;
  for (const at of disturbed) if (at >= seen) room = Math.min(room, Math.floor((at - seen) / each));
  return room;
}
