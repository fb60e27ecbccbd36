/** Clocks SWD transfers as the reference firmware does (SW_DP.c of CMSIS-DAP 2.1.2). Knows no packets. */
import { ACK } from "../../cmsis-dap/transfer.ts";
import type { Lines } from "../port/lines.ts";
import type { Remembered } from "../bus/remembered.ts";

export interface SwdSettings {
  turnaround: number;
  dataPhase: boolean;
  idleCycles: number;
}

export interface SwdResult {
  readonly ack: number;
  readonly data: number;
}

const AP_READ_BITS = 0x0f;
const READ = 0x02;

export class SwdHost {
  readonly #lines: Lines;
  readonly settings: SwdSettings = { turnaround: 1, dataPhase: false, idleCycles: 0 };

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  get remembered(): Remembered {
    const { turnaround, dataPhase, idleCycles } = this.settings;
    return [turnaround, dataPhase, idleCycles];
  }

  /** `request` has APnDP, RnW, A2, A3 in bits 0 to 3, as in a transfer request byte. */
  transfer(request: number, value = 0): SwdResult {
    this.#header(request & AP_READ_BITS);
    const ack = this.#lines.read() | (this.#lines.read() << 1) | (this.#lines.read() << 2);
    const reads = (request & READ) !== 0;
    if (ack === ACK.ok) return reads ? this.#readData() : this.#writeData(value);
    if (ack === ACK.wait || ack === ACK.fault) this.#backOff(reads);
    else this.#release(this.settings.turnaround + 33);
    this.#lines.swdio = 1;
    return { ack, data: 0 };
  }

  #header(bits: number): void {
    const lines = this.#lines;
    lines.write(1);
    let parity = 0;
    for (let at = 0; at < 4; at++) {
      lines.write(bits >> at);
      parity ^= bits >> at;
    }
    lines.write(parity);
    lines.write(0);
    lines.write(1);
    lines.driveSwdio(false);
    lines.cycles(this.settings.turnaround);
  }

  #readData(): SwdResult {
    let data = 0;
    let parity = 0;
    for (let at = 0; at < 32; at++) {
      const bit = this.#lines.read();
      parity ^= bit;
      data |= bit << at;
    }
    const good = this.#lines.read() === parity;
    this.#release(this.settings.turnaround);
    this.#idle();
    return { ack: good ? ACK.ok : ACK.error, data: data >>> 0 };
  }

  #writeData(value: number): SwdResult {
    this.#release(this.settings.turnaround);
    let parity = 0;
    for (let at = 0; at < 32; at++) {
      this.#lines.write(value >>> at);
      parity ^= value >>> at;
    }
    this.#lines.write(parity);
    this.#idle();
    return { ack: ACK.ok, data: 0 };
  }

  #backOff(reads: boolean): void {
    const { turnaround, dataPhase } = this.settings;
    if (dataPhase && reads) this.#lines.cycles(33);
    this.#release(turnaround);
    if (!dataPhase || reads) return;
    this.#lines.swdio = 0;
    this.#lines.cycles(33);
  }

  #release(cycles: number): void {
    this.#lines.cycles(cycles);
    this.#lines.driveSwdio(true);
  }

  #idle(): void {
    if (this.settings.idleCycles > 0) {
      this.#lines.swdio = 0;
      this.#lines.cycles(this.settings.idleCycles);
    }
    this.#lines.swdio = 1;
  }
}
