/**
 * Does DAP_Transfer and DAP_TransferBlock in JTAG mode: every read is posted, even DP reads (DAP.c of
 * CMSIS-DAP 2.1.2).
 */
import { ACK, registerBits, type Transfer, type TransferResponse } from "../../cmsis-dap/transfer.ts";
import type { TransferBlockRequest, TransferBlockResponse } from "../../cmsis-dap/transfer-block.ts";
import { type JtagHost } from "./jtag-host.ts";
import { IR } from "../port/tap.ts";
import type { SwdResult } from "./swd-host.ts";
import type { TransferSettings } from "./transfer-settings.ts";

const READ = 0x02;
const AP = 0x01;
const RDBUFF = 0x0c | READ;

const NOTHING: TransferResponse = { count: 0, ack: 0, data: new Uint32Array() };

export class JtagTransfers {
  readonly #host: JtagHost;
  readonly #settings: TransferSettings;

  constructor(host: JtagHost, settings: TransferSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  configure(irLengths: readonly number[]): void {
    this.#host.configure(irLengths);
  }

  idcode(index: number): number | undefined {
    if (!this.#host.choose(index)) return undefined;
    this.#host.instruction(IR.idcode);
    return this.#host.idcode();
  }

  /** Returns false if the chain has no such TAP. */
  abort(index: number, value: number): boolean {
    if (!this.#host.choose(index)) return false;
    this.#host.instruction(IR.abort);
    this.#host.abort(value);
    return true;
  }

  transfer(index: number, transfers: readonly Transfer[], now: () => number): TransferResponse {
    if (!this.#host.choose(index)) return NOTHING;
    return new JtagRun(this.#host, this.#settings, now).all(transfers);
  }

  block(request: TransferBlockRequest): TransferBlockResponse {
    if (!this.#host.choose(request.index)) return NOTHING;
    const words = request.kind === "write" ? request.words.length : request.count;
    if (words === 0) return NOTHING;
    const port = new JtagPort(this.#host, this.#settings);
    const bits = registerBits(request.register);
    return request.kind === "write"
      ? writeBlock(port, bits, request.words)
      : readBlock(port, bits | READ, words);
  }
}

/** Makes accesses with WAIT retries, and loads an instruction only if another one is in. */
class JtagPort {
  readonly #host: JtagHost;
  readonly #settings: TransferSettings;
  #loaded = 0;

  constructor(host: JtagHost, settings: TransferSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  loaded(bits: number): boolean {
    return this.#loaded === instructionFor(bits);
  }

  access(bits: number, value = 0): SwdResult {
    const instruction = instructionFor(bits);
    if (this.#loaded !== instruction) this.#host.instruction(instruction);
    this.#loaded = instruction;
    let retries = this.#settings.waitRetries;
    for (;;) {
      const result = this.#host.transfer(bits, value);
      if (result.ack !== ACK.wait || retries-- <= 0) return result;
    }
  }
}

function instructionFor(bits: number): number {
  return (bits & AP) === 0 ? IR.dpacc : IR.apacc;
}

function readBlock(port: JtagPort, bits: number, count: number): TransferBlockResponse {
  const data: number[] = [];
  let { ack } = port.access(bits);
  for (let left = count; left > 0 && ack === ACK.ok; left--) {
    const result = port.access(left === 1 ? RDBUFF : bits);
    ack = result.ack;
    if (ack === ACK.ok) data.push(result.data);
  }
  return { count: data.length, ack, data: Uint32Array.from(data) };
}

function writeBlock(port: JtagPort, bits: number, words: Uint32Array): TransferBlockResponse {
  let count = 0;
  for (const word of words) {
    const { ack } = port.access(bits, word);
    if (ack !== ACK.ok) return { count, ack, data: new Uint32Array() };
    count += 1;
  }
  return { count, ack: port.access(RDBUFF).ack, data: new Uint32Array() };
}

/** Runs one DAP_Transfer. */
class JtagRun {
  readonly #port: JtagPort;
  readonly #settings: TransferSettings;
  readonly #now: () => number;
  readonly #data: number[] = [];
  #ack = 0;
  #posted = false;
  /** The word that was moved last, by any transfer: a match whose read fails is compared with it. */
  #moved = 0;

  constructor(host: JtagHost, settings: TransferSettings, now: () => number) {
    this.#port = new JtagPort(host, settings);
    this.#settings = settings;
    this.#now = now;
  }

  all(transfers: readonly Transfer[]): TransferResponse {
    let count = 0;
    for (const transfer of transfers) {
      if (!this.#one(transfer)) break;
      count += 1;
    }
    if (this.#ack === ACK.ok) {
      if (this.#posted) this.#fetch();
      else this.#ack = this.#port.access(RDBUFF).ack;
    }
    return { count, ack: this.#ack, data: Uint32Array.from(this.#data) };
  }

  #one(transfer: Transfer): boolean {
    switch (transfer.kind) {
      case "read":
        return this.#read(registerBits(transfer) | READ, transfer.timestamp === true);
      case "match":
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
        this.#ack = this.#port.access(registerBits(transfer), transfer.value).ack;
        if (this.#ack !== ACK.ok) return false;
        if (transfer.timestamp === true) this.#data.push(this.#now());
        return true;
    }
  }

  #read(bits: number, timestamp: boolean): boolean {
    if (this.#posted && !this.#port.loaded(bits) && !this.#fetch()) return false;
    const result = this.#port.access(bits);
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
    this.#ack = this.#port.access(bits).ack;
    if (this.#ack !== ACK.ok) return false;
    const matches = (): boolean => (this.#moved & this.#settings.matchMask) >>> 0 === wanted;
    for (let retries = this.#settings.matchRetries; ; retries--) {
      const { ack } = this.#taken(this.#port.access(bits));
      this.#ack = ack;
      if (ack !== ACK.ok || matches() || retries <= 0) break;
    }
    if (!matches()) this.#ack |= ACK.mismatch;
    return this.#ack === ACK.ok;
  }

  /** Nothing is shifted after another acknowledge. */
  #taken(result: SwdResult): SwdResult {
    if (result.ack === ACK.ok) this.#moved = result.data;
    return result;
  }

  #fetch(): boolean {
    const { ack, data } = this.#taken(this.#port.access(RDBUFF));
    this.#posted = false;
    this.#ack = ack;
    if (ack !== ACK.ok) return false;
    this.#data.push(data);
    return true;
  }
}
