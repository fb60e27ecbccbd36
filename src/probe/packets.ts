/** Cuts a list of wire operations into as few CMSIS-DAP commands as fit the packet size (WIRE.md 1, 10, 11). Pure. */
import { assertNever } from "../lib/assert-never.ts";
import type { WireOp } from "../coresight/link.ts";
import type { Transfer, TransferRegister } from "../cmsis-dap/transfer.ts";

/** Where a piece of a packet's answer belongs. */
export interface Piece {
  readonly op: number;
  /** How many operations of that op this packet carries, as the probe counts them. */
  readonly count: number;
}

export interface Segment {
  readonly count: number;
  readonly tms: 0 | 1;
  readonly tdi: bigint;
}

export type Packet = { readonly pieces: readonly Piece[] } & (
  | { readonly kind: "transfer"; readonly transfers: readonly Transfer[] }
  | {
      readonly kind: "block";
      readonly register: TransferRegister;
      readonly words?: Uint32Array;
      readonly count: number;
    }
  | { readonly kind: "abort"; readonly value: number }
  | { readonly kind: "pins"; readonly output: number; readonly select: number; readonly waitUs: number }
  | { readonly kind: "swj"; readonly count: number; readonly bits: bigint }
  | { readonly kind: "jtag"; readonly segments: readonly Segment[] }
  | { readonly kind: "delay"; readonly us: number }
  | { readonly kind: "clock"; readonly hz: number }
);

type WordOp = Extract<WireOp, { kind: "read" | "write" }>;

/** DAP_Transfer: id, index, count; then 1 byte a read and 5 a write; answer id, count, ack and 4 a read. */
const TRANSFER_HEADER = 3;
const MOST_TRANSFERS = 255;
/** DAP_TransferBlock: id, index, count (2), request; answer id, count (2), ack. */
const BLOCK_HEADER = 5;
const BLOCK_ANSWER = 4;
/** Fewer words than this share a DAP_Transfer with their neighbours, more get a block of their own. */
const BLOCK_FROM = 8;
const MOST_LINE_BITS = 256;
/** Six segments of 64 bits with their headers fit the smallest packet, both ways. */
const MOST_JTAG_SEGMENTS = 6;
const MOST_DELAY_US = 0xffff;

export function blockWords(packetSize: number): { readonly read: number; readonly write: number } {
  return { read: (packetSize - BLOCK_ANSWER) >> 2, write: (packetSize - BLOCK_HEADER) >> 2 };
}

export function packets(ops: readonly WireOp[], packetSize: number): readonly Packet[] {
  const made: Packet[] = [];
  let open: Transfers | undefined;
  ops.forEach((op, index) => {
    const shares = (op.kind === "read" || op.kind === "write") && wordsIn(op) < BLOCK_FROM;
    for (const transfer of shares ? transfersOf(op) : []) {
      if (open?.fits(transfer) !== true) {
        open = new Transfers(packetSize);
        made.push(open.packet);
      }
      open.add(transfer, index);
    }
    if (shares) return;
    open = undefined;
    addWhole(made, op, index, packetSize);
  });
  return made;
}

/** One DAP_Transfer while it grows. */
class Transfers {
  readonly packet: Packet & { readonly kind: "transfer" };
  readonly #transfers: Transfer[] = [];
  readonly #pieces: { op: number; count: number }[] = [];
  readonly #size: number;
  #request = TRANSFER_HEADER;
  #answer = TRANSFER_HEADER;

  constructor(size: number) {
    this.#size = size;
    this.packet = { kind: "transfer", transfers: this.#transfers, pieces: this.#pieces };
  }

  fits(transfer: Transfer): boolean {
    return (
      this.#transfers.length < MOST_TRANSFERS &&
      this.#request + (transfer.kind === "read" ? 1 : 5) <= this.#size &&
      this.#answer + (transfer.kind === "read" ? 4 : 0) <= this.#size
    );
  }

  add(transfer: Transfer, op: number): void {
    this.#transfers.push(transfer);
    this.#request += transfer.kind === "read" ? 1 : 5;
    this.#answer += transfer.kind === "read" ? 4 : 0;
    const last = this.#pieces.at(-1);
    if (last?.op === op) last.count += 1;
    else this.#pieces.push({ op, count: 1 });
  }
}

function wordsIn(op: WordOp): number {
  return op.kind === "read" ? op.words : op.words.length;
}

function transfersOf(op: WordOp): readonly Transfer[] {
  if (op.kind === "read") return Array.from({ length: op.words }, () => ({ kind: "read", ...op.register }));
  return Array.from(op.words, (value) => ({ kind: "write", ...op.register, value }));
}

/** Everything that is a command of its own; neighbours of the same kind are joined where one command can do both. */
function addWhole(made: Packet[], op: WireOp, index: number, packetSize: number): void {
  const pieces = [{ op: index, count: 1 }];
  switch (op.kind) {
    case "read":
    case "write":
      made.push(...blocks(op, index, packetSize));
      return;
    case "swj":
      addLine(made, op, index);
      return;
    case "jtag":
      addJtag(made, op, index);
      return;
    case "delay":
      made.push(...delays(op.us).map((us, part, all) => delay(us, part === all.length - 1 ? pieces : [])));
      return;
    case "abort":
      made.push({ kind: "abort", value: op.value, pieces });
      return;
    case "pins":
      made.push({ kind: "pins", output: op.output, select: op.select, waitUs: op.waitUs, pieces });
      return;
    case "clock":
      made.push({ kind: "clock", hz: op.hz, pieces });
      return;
    case "match":
      throw new RangeError("this link announces that it cannot match");
    default:
      assertNever(op);
  }
}

function blocks(op: WordOp, index: number, packetSize: number): readonly Packet[] {
  const most = blockWords(packetSize)[op.kind];
  const total = wordsIn(op);
  const made: Packet[] = [];
  for (let at = 0; at < total; at += most) {
    const count = Math.min(most, total - at);
    const words = op.kind === "write" ? { words: op.words.subarray(at, at + count) } : {};
    made.push({ kind: "block", register: op.register, count, ...words, pieces: [{ op: index, count }] });
  }
  return made;
}

function delays(us: number): readonly number[] {
  if (us <= MOST_DELAY_US) return [us];
  return [MOST_DELAY_US, ...delays(us - MOST_DELAY_US)];
}

function delay(us: number, pieces: readonly Piece[]): Packet {
  return { kind: "delay", us, pieces };
}

function addLine(made: Packet[], op: Extract<WireOp, { kind: "swj" }>, index: number): void {
  const piece = { op: index, count: 1 };
  const own = BigInt.asUintN(op.count, op.bits);
  const last = made.at(-1);
  if (last?.kind === "swj" && last.count + op.count <= MOST_LINE_BITS) {
    const bits = last.bits | (own << BigInt(last.count));
    made[made.length - 1] = {
      kind: "swj",
      count: last.count + op.count,
      bits,
      pieces: [...last.pieces, piece],
    };
    return;
  }
  made.push({ kind: "swj", count: op.count, bits: own, pieces: [piece] });
}

function addJtag(made: Packet[], op: Extract<WireOp, { kind: "jtag" }>, index: number): void {
  const segment: Segment = { count: op.count, tms: op.tms, tdi: BigInt.asUintN(op.count, op.tdi) };
  const piece = { op: index, count: 1 };
  const last = made.at(-1);
  if (last?.kind === "jtag" && last.segments.length < MOST_JTAG_SEGMENTS) {
    const segments = [...last.segments, segment];
    made[made.length - 1] = { kind: "jtag", segments, pieces: [...last.pieces, piece] };
    return;
  }
  made.push({ kind: "jtag", segments: [segment], pieces: [piece] });
}
