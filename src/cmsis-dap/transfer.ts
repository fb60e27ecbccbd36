/** Defines DAP_Transfer, its configuration and ABORT: single reads, writes and matches on DP and AP registers. */
import type { Reader, Writer } from "./bytes.ts";
import type { Command } from "./command.ts";
import { statusResponse, type Status } from "./status.ts";

/** A DP or AP register is given by A[3:2]. */
export interface TransferRegister {
  readonly port: "DP" | "AP";
  readonly address: 0x0 | 0x4 | 0x8 | 0xc;
}

export type Transfer =
  | (TransferRegister & { readonly kind: "read"; readonly timestamp?: boolean })
  | (TransferRegister & { readonly kind: "write"; readonly value: number; readonly timestamp?: boolean })
  /** Reads until (value & mask) == value or the match retries run out; yields no data. */
  | (TransferRegister & { readonly kind: "match"; readonly value: number })
  /** Sets the mask of later matches; touches nothing on the wire. */
  | { readonly kind: "mask"; readonly value: number };

export interface TransferRequest {
  /** The index of the TAP; SWD ignores it. */
  readonly index: number;
  /** There are 1 to 255 transfers. */
  readonly transfers: readonly Transfer[];
}

export interface TransferResponse {
  /** The number of accepted transfers. The culprit of a FAULT may be an older, posted write (wire rule 2). */
  readonly count: number;
  /** These are acknowledge bits, see ACK. */
  readonly ack: number;
  /**
   * The words that were read, in order. After a fault it may hold fewer than the accepted reads: a posted AP
   * read that was accepted loses its value when the transfer that would fetch it fails. If a probe pads its
   * reports, padding after the last stored word looks like data; so after a fault only reads before the last
   * accepted one count.
   */
  readonly data: Uint32Array;
}

export const ACK = { ok: 1, wait: 2, fault: 4, none: 7, error: 8, mismatch: 16 } as const;

const AP = 0x01;
const READ = 0x02;
const MATCH_VALUE = 0x10;
const MATCH_MASK = 0x20;
const TIMESTAMP = 0x80;

function encodeTransfer(transfer: Transfer, to: Writer): void {
  if (transfer.kind === "mask") {
    to.u8(MATCH_MASK);
    to.u32(transfer.value);
    return;
  }
  const register = registerBits(transfer);
  if (transfer.kind === "match") {
    to.u8(register | READ | MATCH_VALUE);
    to.u32(transfer.value);
    return;
  }
  const flags = transfer.timestamp === true ? TIMESTAMP : 0;
  if (transfer.kind === "read") {
    to.u8(register | READ | flags);
    return;
  }
  to.u8(register | flags);
  to.u32(transfer.value);
}

function decodeTransfer(from: Reader): Transfer {
  const bits = from.u8();
  const register = registerFrom(bits);
  const timestamp = (bits & TIMESTAMP) === 0 ? {} : { timestamp: true };
  if ((bits & READ) !== 0) {
    if ((bits & MATCH_VALUE) !== 0) return { ...register, kind: "match", value: from.u32() };
    return { ...register, kind: "read", ...timestamp };
  }
  const value = from.u32();
  if ((bits & MATCH_MASK) !== 0) return { kind: "mask", value };
  return { ...register, kind: "write", value, ...timestamp };
}

/** Returns APnDP and A[3:2] of a transfer request byte. */
export function registerBits({ port, address }: TransferRegister): number {
  return address | (port === "AP" ? AP : 0);
}

export function registerFrom(bits: number): TransferRegister {
  return { port: (bits & AP) === 0 ? "DP" : "AP", address: (bits & 0x0c) as TransferRegister["address"] };
}

/** Returns how many words the first `count` transfers yield. */
function wordsOf(transfers: readonly Transfer[], count: number): number {
  let words = 0;
  for (const transfer of transfers.slice(0, count)) {
    if (transfer.kind === "read") words += 1;
    if ((transfer.kind === "read" || transfer.kind === "write") && transfer.timestamp === true) words += 1;
  }
  return words;
}

export const dapTransfer: Command<TransferRequest, TransferResponse> = {
  id: 0x05,
  name: "DAP_Transfer",
  request: {
    encode: ({ index, transfers }, to) => {
      to.u8(index);
      to.u8(transfers.length);
      for (const transfer of transfers) encodeTransfer(transfer, to);
    },
    decode: (from) => {
      const index = from.u8();
      return { index, transfers: Array.from({ length: from.u8() }, () => decodeTransfer(from)) };
    },
  },
  response: {
    encode: ({ count, ack, data }, to) => {
      to.u8(count);
      to.u8(ack);
      to.words(data);
    },
    decode: (from, { transfers }) => {
      const count = from.u8();
      const ack = from.u8();
      const words = wordsOf(transfers, count);
      return { count, ack, data: from.words(ack === ACK.ok ? words : Math.min(words, from.remaining >> 2)) };
    },
  },
};

export interface TransferConfigureRequest {
  /** Clock cycles after each transfer, 0 to 255. */
  readonly idleCycles: number;
  readonly waitRetries: number;
  readonly matchRetries: number;
}

export const dapTransferConfigure: Command<TransferConfigureRequest, Status> = {
  id: 0x04,
  name: "DAP_TransferConfigure",
  request: {
    encode: ({ idleCycles, waitRetries, matchRetries }, to) => {
      to.u8(idleCycles);
      to.u16(waitRetries);
      to.u16(matchRetries);
    },
    decode: (from) => ({ idleCycles: from.u8(), waitRetries: from.u16(), matchRetries: from.u16() }),
  },
  response: statusResponse,
};

export interface WriteAbortRequest {
  readonly index: number;
  readonly value: number;
}

export const dapWriteAbort: Command<WriteAbortRequest, Status> = {
  id: 0x08,
  name: "DAP_WriteABORT",
  request: {
    encode: ({ index, value }, to) => {
      to.u8(index);
      to.u32(value);
    },
    decode: (from) => ({ index: from.u8(), value: from.u32() }),
  },
  response: statusResponse,
};

/**
 * Stops the transfer that is under way. It has no response, and is sent out of band, never inside
 * DAP_ExecuteCommands.
 */
export const DAP_TRANSFER_ABORT = 0x07;
