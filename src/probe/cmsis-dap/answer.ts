/**
 * Says what a probe's answer to one packet means: how much was accepted, what is confirmed, and which words
 * belong where. Pure.
 */
import { ACK, type Transfer, type TransferResponse } from "../../cmsis-dap/transfer.ts";
import type { TransferBlockResponse } from "../../cmsis-dap/transfer-block.ts";
import type { LinkFault, WireOp } from "../../coresight/wire/link.ts";
import type { Packet } from "./packets.ts";

export interface Answer {
  /** The number of the packet's transfers that were accepted; other commands count one for each op. */
  readonly accepted: number;
  /**
   * The number of them that are known to have completed, with everything before the packet; 0 confirms
   * nothing.
   */
  readonly confirmed: number;
  /** True if an error may still come from an access of this packet or an earlier one. */
  readonly open: boolean;
  readonly words: readonly number[] | Uint32Array;
  readonly fault?: LinkFault;
  /** The number of request/response pairs; 1 unless the host had to poll. */
  readonly exchanges?: number;
}

/**
 * A match that met an error is answered with both; the error counts, because the value compared is an older
 * one.
 */
export function linkFault(ack: number): LinkFault | undefined {
  const own = ack & ~ACK.mismatch;
  if (own === ACK.ok) return own === ack ? undefined : "MISMATCH";
  if ((own & ACK.error) !== 0) return "PARITY";
  if (own === ACK.wait) return "WAIT";
  return own === ACK.fault ? "FAULT" : "NO_ACK";
}

/** `open` is true if an access before the packet is not confirmed. */
export function transferAnswer(transfers: readonly Transfer[], got: TransferResponse, open: boolean): Answer {
  const fault = linkFault(got.ack);
  const settled = confirmedOf(transfers, got.count, { ok: fault === undefined, open });
  if (fault === undefined) return { accepted: got.count, ...settled, words: got.data };
  // An AP read that was accepted last loses its value with the transfer that would have fetched it.
  const last = transfers[got.count - 1];
  const kept = last !== undefined && isApRead(last) ? got.count - 1 : got.count;
  const reads = transfers.slice(0, kept).filter(({ kind }) => kind === "read").length;
  return { accepted: got.count, ...settled, words: got.data.subarray(0, reads), fault };
}

function isApRead(transfer: Transfer): boolean {
  return transfer.kind === "read" && transfer.port === "AP";
}

/**
 * An AP access completes when a later fetch of read data, or the probe's own check behind a last write, succeeds. Reads of
 * DPIDR and CTRL/STAT succeed in any case, and after them the probe checks nothing (DAP_Transfer of the reference firmware).
 */
function confirmedOf(
  transfers: readonly Transfer[],
  accepted: number,
  before: { readonly ok: boolean; readonly open: boolean },
): { readonly confirmed: number; readonly open: boolean } {
  const last = transfers[accepted - 1];
  const checked = last !== undefined && (last.kind === "write" || isApRead(last));
  if (before.ok && checked) return { confirmed: accepted, open: false };
  let { open } = before;
  let confirmed = 0;
  for (let at = 0; at < accepted; at++) {
    const transfer = transfers[at];
    const previous = transfers[at - 1];
    if (transfer === undefined || transfer.kind === "mask") continue;
    const buffer = transfer.kind === "read" && transfer.port === "DP" && transfer.address === 0xc;
    if (buffer || (previous !== undefined && isApRead(previous))) {
      confirmed = buffer ? at + 1 : at;
      open = false;
    }
    if (transfer.port === "AP") open = true;
  }
  return { confirmed: open ? confirmed : accepted, open };
}

export function blockAnswer(
  packet: Extract<Packet, { kind: "block" }>,
  got: TransferBlockResponse,
  open: boolean,
): Answer {
  const fault = linkFault(got.ack);
  if (fault === undefined) return { accepted: got.count, confirmed: got.count, open: false, words: got.data };
  if (packet.words !== undefined) return { accepted: got.count, confirmed: 0, open: true, words: [], fault };
  // Words of a block are counted when their data is there; the one that failed had been posted. Only an older error can
  // come with the very first.
  const posted = fault === "FAULT" && !(got.count === 0 && open) ? 1 : 0;
  return { accepted: got.count + posted, confirmed: got.count, open: true, words: got.data, fault };
}

/** Judges the answer to a command that touches no access port. */
export function plainAnswer(packet: Packet, open: boolean, words: readonly number[] = []): Answer {
  return { accepted: packet.pieces.length, confirmed: open ? 0 : packet.pieces.length, open, words };
}

/** Converts a number of transfers to the operations that they stand for. */
export function operationsIn(packet: Packet, transfers: number): number {
  let left = transfers;
  let operations = 0;
  for (const { count, each } of packet.pieces) {
    const own = Math.min(count, Math.floor(left / each));
    operations += own;
    left -= own * each;
    if (own < count) break;
  }
  return operations;
}

/** Deals the words of an answer to the ops that asked for them. */
export function deal(packet: Packet, answer: Answer, ops: readonly WireOp[], values: number[][]): void {
  let word = 0;
  let left = operationsIn(packet, answer.accepted);
  for (const { op, count } of packet.pieces) {
    const taken = Math.min(count, left);
    left -= taken;
    for (let yields = wordsFrom(ops[op]) * taken; yields > 0; yields--) {
      const value = answer.words[word++];
      if (value !== undefined) values[op]?.push(value);
    }
  }
}

function wordsFrom(op: WireOp | undefined): number {
  if (op?.kind === "read" || op?.kind === "pins") return 1;
  return op?.kind === "jtag" ? Math.ceil(op.count / 32) : 0;
}
