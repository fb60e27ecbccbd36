/**
 * Does DAP_Transfer and DAP_TransferBlock in SWD mode, with the counts and the order of the reference
 * firmware (DAP.c).
 */
import { ACK, registerBits, type Transfer, type TransferResponse } from "../../cmsis-dap/transfer.ts";
import type { TransferBlockRequest, TransferBlockResponse } from "../../cmsis-dap/transfer-block.ts";
import type { Repeats } from "../../lib/repeats.ts";
import type { SwdHost, SwdResult } from "./swd-host.ts";
import type { TransferSettings } from "./transfer-settings.ts";

const READ = 0x02;
const AP = 0x01;
/** A read of DP register 0xC is RDBUFF: it fetches the result of the last AP read and shows a failed AP write. */
const RDBUFF = 0x0c | READ;
const ABORT = 0x00;

export class SwdTransfers {
  readonly #host: SwdHost;
  readonly #settings: TransferSettings;
  /** Skips reads of a match that equal the one before; undefined if each must be seen. */
  rounds: Repeats | undefined;

  constructor(host: SwdHost, settings: TransferSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Writes ABORT once, whatever the target answers. */
  abort(value: number): void {
    this.#host.transfer(ABORT, value);
  }

  transfer(transfers: readonly Transfer[], now: () => number): TransferResponse {
    return new Run(this.#access, this.#settings, { now, rounds: this.rounds }).all(transfers);
  }

  block(request: TransferBlockRequest): TransferBlockResponse {
    const bits = registerBits(request.register);
    if (request.kind === "write") return this.#writeBlock(bits, request.words);
    return this.#readBlock(bits | READ, request.count);
  }

  #readBlock(bits: number, count: number): TransferBlockResponse {
    const data: number[] = [];
    const respond = (ack: number): TransferBlockResponse => ({
      count: data.length,
      ack,
      data: Uint32Array.from(data),
    });
    if (count === 0) return respond(0);
    const posted = (bits & AP) !== 0;
    if (posted) {
      const { ack } = this.#access(bits);
      if (ack !== ACK.ok) return respond(ack);
    }
    for (let left = count; left > 0; left--) {
      const result = this.#access(posted && left === 1 ? RDBUFF : bits);
      if (result.ack !== ACK.ok) return respond(result.ack);
      data.push(result.data);
    }
    return respond(ACK.ok);
  }

  #writeBlock(bits: number, words: Uint32Array): TransferBlockResponse {
    let count = 0;
    for (const word of words) {
      const { ack } = this.#access(bits, word);
      if (ack !== ACK.ok) return { count, ack, data: new Uint32Array() };
      count += 1;
    }
    const ack = count === 0 ? 0 : this.#access(RDBUFF).ack;
    return { count, ack, data: new Uint32Array() };
  }

  /** Makes one access with as many repetitions on WAIT as the host configured. */
  readonly #access = (bits: number, value = 0): SwdResult => {
    let retries = this.#settings.waitRetries;
    for (;;) {
      const result = this.#host.transfer(bits, value);
      if (result.ack !== ACK.wait || retries-- <= 0) return result;
    }
  };
}

/**
 * Runs one DAP_Transfer. It holds the AP read that is under way, and whether the last write is still
 * unchecked.
 */
class Run {
  readonly #access: (bits: number, value?: number) => SwdResult;
  readonly #settings: TransferSettings;
  readonly #now: () => number;
  readonly #rounds: Repeats | undefined;
  readonly #data: number[] = [];
  #count = 0;
  #ack = 0;
  #posted = false;
  /** The word that was moved last, by any transfer: a match whose read fails is compared with it. */
  #moved = 0;
  #unchecked = false;

  constructor(
    access: (bits: number, value?: number) => SwdResult,
    settings: TransferSettings,
    { now, rounds }: { readonly now: () => number; readonly rounds: Repeats | undefined },
  ) {
    this.#access = access;
    this.#settings = settings;
    this.#now = now;
    this.#rounds = rounds;
  }

  all(transfers: readonly Transfer[]): TransferResponse {
    for (const transfer of transfers) {
      if (!this.#one(transfer)) break;
      this.#count += 1;
    }
    if (this.#ack === ACK.ok) {
      if (this.#posted) this.#fetch();
      else if (this.#unchecked) this.#ack = this.#access(RDBUFF).ack;
    }
    return { count: this.#count, ack: this.#ack, data: Uint32Array.from(this.#data) };
  }

  /** Returns false if the transfer was not accepted. */
  #one(transfer: Transfer): boolean {
    switch (transfer.kind) {
      case "read":
        this.#unchecked = false;
        return this.#read(registerBits(transfer) | READ, transfer.timestamp === true);
      case "match":
        this.#unchecked = false;
        return this.#match(registerBits(transfer) | READ, transfer.value);
      case "mask":
        if (this.#posted && !this.#fetch()) return false;
        this.#moved = transfer.value;
        this.#settings.matchMask = transfer.value;
        this.#ack = ACK.ok;
        return true;
      case "write":
        if (this.#posted && !this.#fetch()) return false;
        this.#moved = transfer.value;
        this.#ack = this.#access(registerBits(transfer), transfer.value).ack;
        if (this.#ack !== ACK.ok) return false;
        if (transfer.timestamp === true) this.#data.push(this.#now());
        this.#unchecked = true;
        return true;
    }
  }

  #read(bits: number, timestamp: boolean): boolean {
    if ((bits & AP) === 0) {
      if (this.#posted && !this.#fetch()) return false;
      const { ack, data } = this.#taken(this.#access(bits));
      this.#ack = ack;
      if (ack !== ACK.ok) return false;
      if (timestamp) this.#data.push(this.#now());
      this.#data.push(data);
      return true;
    }
    // An AP read yields the result of the one before it.
    const result = this.#access(bits);
    const { ack, data } = this.#posted ? this.#taken(result) : result;
    this.#ack = ack;
    if (ack !== ACK.ok) return false;
    if (this.#posted) this.#data.push(data);
    if (timestamp) this.#data.push(this.#now());
    this.#posted = true;
    return true;
  }

  #match(bits: number, wanted: number): boolean {
    if (this.#posted && !this.#fetch()) return false;
    if ((bits & AP) !== 0) {
      this.#ack = this.#access(bits).ack;
      if (this.#ack !== ACK.ok) return false;
    }
    const matches = (): boolean => (this.#moved & this.#settings.matchMask) >>> 0 === wanted;
    const rounds = this.#settings.matchRetries > 1 ? this.#rounds : undefined;
    rounds?.begin();
    for (let retries = this.#settings.matchRetries; ; retries--) {
      const { ack } = this.#taken(this.#access(bits));
      this.#ack = ack;
      if (ack !== ACK.ok || matches() || retries <= 0) break;
      // The last read of all is made in any case.
      retries -= rounds?.again(retries - 1) ?? 0;
    }
    if (!matches()) this.#ack |= ACK.mismatch;
    return this.#ack === ACK.ok;
  }

  /** A word of wrong parity was read all the same. */
  #taken(result: SwdResult): SwdResult {
    if (result.ack === ACK.ok || result.ack === ACK.error) this.#moved = result.data;
    return result;
  }

  /** Fetches the result of the AP read that is under way. */
  #fetch(): boolean {
    const { ack, data } = this.#taken(this.#access(RDBUFF));
    this.#posted = false;
    this.#ack = ack;
    if (ack !== ACK.ok) return false;
    this.#data.push(data);
    return true;
  }
}
