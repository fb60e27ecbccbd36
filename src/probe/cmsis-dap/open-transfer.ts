/** Collects one DAP_Transfer: how much more fits, and which operation each transfer belongs to. */
import type { Transfer } from "../../cmsis-dap/transfer.ts";
import type { WireOp } from "../../coresight/wire/link.ts";

/** Says where a part of a packet's answer belongs. */
export interface Piece {
  readonly op: number;
  /** The number of operations of that op in the packet. */
  readonly count: number;
  /** The number of transfers that the probe counts for one of them. */
  readonly each: number;
}

export type WordOp = Extract<WireOp, { kind: "read" | "write" }>;
type Match = Extract<WireOp, { kind: "match" }>;

/** The request has id, index and count; the answer has id, count and ack. */
const HEADER = 3;
const MOST_TRANSFERS = 255;

/** The bytes of request and answer. */
const COST = { read: [1, 4], write: [5, 0], match: [10, 0] } as const;

export class OpenTransfer {
  readonly packet: {
    readonly kind: "transfer";
    readonly transfers: Transfer[];
    readonly pieces: Piece[];
    matchUs: number;
    ahead: boolean;
  };
  readonly #size: number;
  #request = HEADER;
  #answer = HEADER;

  constructor(size: number) {
    this.#size = size;
    this.packet = { kind: "transfer", transfers: [], pieces: [], matchUs: 0, ahead: true };
  }

  /** Returns how many reads or writes an empty one takes. */
  static capacity(kind: "read" | "write", size: number): number {
    const [request, answer] = COST[kind];
    const byAnswer = answer === 0 ? MOST_TRANSFERS : Math.floor((size - HEADER) / answer);
    return Math.min(MOST_TRANSFERS, byAnswer, Math.floor((size - HEADER) / request));
  }

  /** Returns false if it does not fit. */
  add(transfer: Transfer & { readonly kind: "read" | "write" }, op: number, ahead = false): boolean {
    if (!this.#take(transfer.kind, 1)) return false;
    this.packet.ahead &&= ahead;
    const { transfers, pieces } = this.packet;
    transfers.push(transfer);
    const last = pieces.at(-1);
    if (last?.op === op) pieces[pieces.length - 1] = { ...last, count: last.count + 1 };
    else pieces.push({ op, count: 1, each: 1 });
    return true;
  }

  addMatch({ register, mask, value, limitUs }: Match, op: number): boolean {
    if (!this.#take("match", 2)) return false;
    this.packet.ahead = false;
    this.packet.transfers.push({ kind: "mask", value: mask }, { kind: "match", ...register, value });
    this.packet.pieces.push({ op, count: 1, each: 2 });
    this.packet.matchUs += limitUs;
    return true;
  }

  #take(kind: keyof typeof COST, transfers: number): boolean {
    const [request, answer] = COST[kind];
    if (this.packet.transfers.length + transfers > MOST_TRANSFERS) return false;
    if (this.#request + request > this.#size || this.#answer + answer > this.#size) return false;
    this.#request += request;
    this.#answer += answer;
    return true;
  }
}

/** Splits an op into transfers of one word each. */
export function singlesOf(op: WordOp): readonly (Transfer & { readonly kind: "read" | "write" })[] {
  if (op.kind === "read") return Array.from({ length: op.words }, () => ({ kind: "read", ...op.register }));
  return Array.from(op.words, (value) => ({ kind: "write", ...op.register, value }));
}
