/** Clocks JTAG scans as the reference firmware does (JTAG_DP.c of CMSIS-DAP 2.1.2). Knows no packets. */
import { ACK } from "../../cmsis-dap/transfer.ts";
import type { Lines } from "../port/lines.ts";
import type { Remembered } from "../bus/remembered.ts";
import type { SwdResult } from "./swd-host.ts";

/** These are instructions of a JTAG-DP (ADIv5.2 B3.2). */

const READ = 0x02;

export class JtagHost {
  readonly #lines: Lines;
  #irLengths: readonly number[] = [];
  #index = 0;
  idleCycles = 0;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  get remembered(): Remembered {
    return [this.#index, this.idleCycles, ...this.#irLengths];
  }

  configure(irLengths: readonly number[]): void {
    this.#irLengths = irLengths;
  }

  /** Chooses the TAP for the next scans; returns false if the chain has none there. */
  choose(index: number): boolean {
    this.#index = index;
    return index < this.#irLengths.length;
  }

  /** Loads an instruction, with all other TAPs in bypass. */
  instruction(ir: number): void {
    const lengths = this.#irLengths;
    const own = lengths[this.#index] ?? 0;
    const sum = (list: readonly number[]): number => list.reduce((all, length) => all + length, 0);
    const before = sum(lengths.slice(0, this.#index));
    const after = sum(lengths.slice(this.#index + 1));
    const bits = [...ones(before), ...Array.from({ length: own }, (_, at) => (ir >> at) & 1), ...ones(after)];
    this.#enter([1, 1, 0, 0]);
    this.#lines.tdi = 1;
    this.#shiftAll(bits);
    this.#leave();
  }

  /** Does the same as SwdHost.transfer; the acknowledge is mapped to the same values. */
  transfer(request: number, value = 0): SwdResult {
    this.#enterData();
    const low = this.#shift(request >> 1) << 1;
    const ack = low | this.#shift(request >> 2) | (this.#shift(request >> 3) << 2);
    let data = 0;
    if (ack === ACK.ok) {
      const reads = (request & READ) !== 0;
      data = this.#word(reads ? undefined : value);
    } else {
      this.#lines.swdio = 1;
      this.#lines.cycle();
    }
    this.#leave();
    this.#lines.cycles(this.idleCycles);
    return { ack, data };
  }

  idcode(): number {
    this.#enterData();
    const data = this.#word(undefined);
    this.#leave();
    return data;
  }

  abort(value: number): void {
    this.#enterData();
    for (let at = 0; at < 3; at++) this.#shift(0);
    this.#word(value);
    this.#leave();
  }

  /** Enters Shift-DR and passes the bypass bits of the TAPs nearer to TDO. */
  #enterData(): void {
    this.#enter([1, 0, 0]);
    for (let at = 0; at < this.#index; at++) this.#lines.cycle();
  }

  #enter(tms: readonly (0 | 1)[]): void {
    for (const level of tms) {
      this.#lines.swdio = level;
      this.#lines.cycle();
    }
  }

  /** Goes from Exit1 through Update to Run-Test/Idle. */
  #leave(): void {
    this.#lines.cycle();
    this.#lines.swdio = 0;
    this.#lines.cycle();
    this.#lines.tdi = 1;
  }

  #shift(bit: number): number {
    return this.#lines.shift(bit & 1);
  }

  /** Shifts 32 bits, then the bypass bits of the other TAPs, the very last one on the way to Exit1. */
  #word(value: number | undefined): number {
    const bypassed = Math.max(this.#irLengths.length - this.#index - 1, 0);
    let data = 0;
    for (let at = 0; at < 32; at++) {
      if (at === 31 && bypassed === 0) this.#lines.swdio = 1;
      data |= this.#shift(value === undefined ? this.#lines.tdi : value >>> at) << at;
    }
    for (let left = bypassed; left > 0; left--) {
      if (left === 1) this.#lines.swdio = 1;
      this.#lines.cycle();
    }
    return data >>> 0;
  }

  #shiftAll(bits: readonly number[]): void {
    bits.forEach((bit, at) => {
      if (at === bits.length - 1) this.#lines.swdio = 1;
      this.#shift(bit);
    });
  }
}

function ones(count: number): readonly number[] {
  return Array.from({ length: count }, () => 1);
}
