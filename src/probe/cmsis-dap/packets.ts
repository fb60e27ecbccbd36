/** Cuts a list of wire operations into as few CMSIS-DAP commands as fit the packet size (wire rules 1, 10, 11). Pure. */
import type { Transfer, TransferRegister } from "../../cmsis-dap/transfer.ts";
import type { Framing, WireOp } from "../../coresight/wire/link.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { OpenTransfer, singlesOf, type Piece, type WordOp } from "./open-transfer.ts";

export type { Piece } from "./open-transfer.ts";

export interface Segment {
  readonly count: number;
  readonly tms: 0 | 1;
  readonly tdi: bigint;
}

export type Packet = {
  readonly pieces: readonly Piece[];
  /** True for the words of a block transfer alone. */
  readonly ahead?: boolean;
} & (
  | { readonly kind: "transfer"; readonly transfers: readonly Transfer[]; readonly matchUs: number }
  | {
      readonly kind: "block";
      readonly register: TransferRegister;
      readonly words?: Uint32Array;
      readonly count: number;
    }
  /** Sets how often a match is tried; it comes before the first match that needs another number. */
  | { readonly kind: "match limit"; readonly limitUs: number }
  | { readonly kind: "abort"; readonly value: number }
  | { readonly kind: "pins"; readonly output: number; readonly select: number; readonly waitUs: number }
  | { readonly kind: "swj"; readonly count: number; readonly bits: bigint }
  | { readonly kind: "jtag"; readonly segments: readonly Segment[] }
  /** Sends nothing: it says which TAP the packets after it are for. */
  | { readonly kind: "tap"; readonly index: number }
  | { readonly kind: "delay"; readonly us: number }
  | { readonly kind: "clock"; readonly hz: number }
  | ({ readonly kind: "framing" } & Framing)
  | { readonly kind: "bare write"; readonly value: number; readonly turnaround: number }
);

/** DAP_TransferBlock has id, index, count (2) and request; its answer has id, count (2) and ack. */
const BLOCK_HEADER = 5;
const BLOCK_ANSWER = 4;
const MOST_LINE_BITS = 256;
/** Six segments of 64 bits with their headers fit the smallest packet, both ways. */
const MOST_JTAG_SEGMENTS = 6;
const MOST_DELAY_US = 0xffff;

export function blockWords(packetSize: number): { readonly read: number; readonly write: number } {
  return { read: (packetSize - BLOCK_ANSWER) >> 2, write: (packetSize - BLOCK_HEADER) >> 2 };
}

export function packets(ops: readonly WireOp[], packetSize: number): readonly Packet[] {
  const packer = new Packer(packetSize);
  ops.forEach((op, index) => {
    packer.add(op, index);
  });
  return packer.made;
}

class Packer {
  readonly made: Packet[] = [];
  readonly #size: number;
  /** Later accesses may join this DAP_Transfer, which is always the last packet. */
  #open: OpenTransfer | undefined;
  #matchUs: number | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  add(op: WireOp, index: number): void {
    switch (op.kind) {
      case "read":
      case "write":
        this.#addWords(op, index);
        return;
      case "match":
        this.#addMatch(op, index);
        return;
      case "swj":
        this.#addLine(op, index);
        return;
      case "jtag":
        this.#addJtag(op, index);
        return;
      case "delay":
        delays(op.us).forEach((us, part, all) => {
          this.#close({ kind: "delay", us, pieces: part === all.length - 1 ? [whole(index)] : [] });
        });
        return;
      case "abort":
      case "tap":
      case "pins":
      case "clock":
      case "framing":
      case "bare write":
        this.#close({ ...op, pieces: [whole(index)] });
        return;
      default:
        assertNever(op);
    }
  }

  /** Adds a packet of its own; nothing joins the transfer before it any more. */
  #close(packet: Packet): void {
    this.#open = undefined;
    this.made.push(packet);
  }

  /**
   * Fills the open DAP_Transfer. If the rest would fill more than one, it goes as blocks, which carry more
   * words.
   */
  #addWords(op: WordOp, index: number): void {
    const singles = singlesOf(op);
    const most = blockWords(this.#size)[op.kind];
    let at = 0;
    while (at < singles.length) {
      const single = singles[at];
      if (single !== undefined && this.#open?.add(single, index, op.ahead) === true) {
        at += 1;
        continue;
      }
      const left = singles.length - at;
      if (left <= OpenTransfer.capacity(op.kind, this.#size)) {
        this.#openTransfer();
        continue;
      }
      const count = Math.min(most, left);
      const words = op.kind === "write" ? { words: op.words.subarray(at, at + count) } : {};
      const pieces = [{ op: index, count, each: 1 }];
      this.#close({
        kind: "block",
        register: op.register,
        count,
        ...words,
        pieces,
        ahead: op.ahead === true,
      });
      at += count;
    }
  }

  #addMatch(op: Extract<WireOp, { kind: "match" }>, index: number): void {
    if (this.#matchUs !== op.limitUs) {
      this.#limitMatches(op.limitUs);
      this.#matchUs = op.limitUs;
    }
    if (this.#open?.addMatch(op, index) !== true) this.#openTransfer().addMatch(op, index);
  }

  /**
   * The limit comes before the open transfer, so that the match can join it: transfers other than matches
   * ignore the limit.
   */
  #limitMatches(limitUs: number): void {
    const limit: Packet = { kind: "match limit", limitUs, pieces: [] };
    if (this.#open === undefined || this.#open.packet.matchUs > 0) this.#close(limit);
    else this.made.splice(-1, 0, limit);
  }

  #openTransfer(): OpenTransfer {
    const open = new OpenTransfer(this.#size);
    this.#open = open;
    this.made.push(open.packet);
    return open;
  }

  #addLine(op: Extract<WireOp, { kind: "swj" }>, index: number): void {
    const own = BigInt.asUintN(op.count, op.bits);
    const last = this.made.at(-1);
    if (last?.kind !== "swj" || last.count + op.count > MOST_LINE_BITS) {
      this.#close({ kind: "swj", count: op.count, bits: own, pieces: [whole(index)] });
      return;
    }
    const bits = last.bits | (own << BigInt(last.count));
    this.made.pop();
    this.#close({ kind: "swj", count: last.count + op.count, bits, pieces: [...last.pieces, whole(index)] });
  }

  #addJtag(op: Extract<WireOp, { kind: "jtag" }>, index: number): void {
    const segment: Segment = { count: op.count, tms: op.tms, tdi: BigInt.asUintN(op.count, op.tdi) };
    const last = this.made.at(-1);
    if (last?.kind !== "jtag" || last.segments.length >= MOST_JTAG_SEGMENTS) {
      this.#close({ kind: "jtag", segments: [segment], pieces: [whole(index)] });
      return;
    }
    this.made.pop();
    const segments = [...last.segments, segment];
    this.#close({ kind: "jtag", segments, pieces: [...last.pieces, whole(index)] });
  }
}

function whole(op: number): Piece {
  return { op, count: 1, each: 1 };
}

function delays(us: number): readonly number[] {
  const full = Math.floor(us / MOST_DELAY_US);
  const rest = us - full * MOST_DELAY_US;
  return [...Array.from({ length: full }, () => MOST_DELAY_US), ...(rest > 0 || full === 0 ? [rest] : [])];
}
