/**
 * Tracks which protocol the two wires speak: the switching sequences between JTAG, SWD and dormant (ADIv5.2
 * B5.2, B5.3). Knows the sequences, not the protocols.
 */
import type { Bit } from "./lines.ts";
import type { Remembered } from "../bus/remembered.ts";

export const PROTOCOLS = ["jtag", "swd", "dormant"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const RESET_ONES = 50;
/** The code has 16 bits and comes after a line reset, least significant first. */
const JTAG_TO_SWD = 0xe79e;
const SWD_TO_JTAG = 0xe73c;
const SWD_TO_DORMANT = 0xe3bc;
/** The code has 31 bits and comes from Test-Logic-Reset. */
const JTAG_TO_DORMANT = 0x33bb_bbba;
/** The selection alert has 128 bits, least significant word first. */
const ALERT = [0x6209_f392, 0x8685_2d95, 0xe3dd_afe9, 0x19bc_0ea2] as const;
/** The code comes after four low cycles. */
const ACTIVATE_SWD = 0x1a;
const ACTIVATE_JTAG = 0x0a;

export class SwjSwitch {
  readonly #spoken: readonly Protocol[];
  #protocol: Protocol;
  #ones = 0;
  /** The bits of the 16-bit code seen so far; -1 while none is expected. */
  #codeBits = -1;
  #code = 0;
  readonly #history = new Uint32Array(4);
  #activationBits = -1;
  #activation = 0;

  /** A sequence that leads to a protocol which is not spoken is noise. */
  constructor(start: Protocol, spoken: readonly Protocol[]) {
    this.#protocol = start;
    this.#spoken = spoken;
  }

  get protocol(): Protocol {
    return this.#protocol;
  }

  get remembered(): Remembered {
    const code = [this.#ones, this.#codeBits, this.#code, this.#activationBits, this.#activation];
    return [this.#protocol, ...code, ...this.#history];
  }

  restart(protocol: Protocol): void {
    this.#become(protocol);
  }

  /** Takes one SWDIO/TMS level; returns true if it completed a switch. */
  clock(level: Bit): boolean {
    const wanted = this.#protocol === "dormant" ? this.#alert(level) : this.#code16(level);
    if (wanted === undefined || wanted === this.#protocol || !this.#spoken.includes(wanted)) return false;
    this.#become(wanted);
    return true;
  }

  #become(protocol: Protocol): void {
    this.#protocol = protocol;
    this.#ones = 0;
    this.#codeBits = -1;
    this.#activationBits = -1;
    this.#history.fill(0);
  }

  #code16(level: Bit): Protocol | undefined {
    const afterReset = this.#ones >= RESET_ONES;
    this.#ones = level === 1 ? this.#ones + 1 : 0;
    if (this.#protocol === "jtag") {
      this.#shiftHistory(level);
      // These are the newest 31 bits; the bit before them may be anything.
      if ((this.#history[3] ?? 0) >>> 1 === JTAG_TO_DORMANT) return "dormant";
    }
    if (afterReset && level === 0) {
      this.#codeBits = 0;
      this.#code = 0;
    }
    if (this.#codeBits < 0) return undefined;
    this.#code |= level << this.#codeBits;
    if (++this.#codeBits < 16) return undefined;
    this.#codeBits = -1;
    if (this.#protocol === "jtag") return this.#code === JTAG_TO_SWD ? "swd" : undefined;
    if (this.#code === SWD_TO_JTAG) return "jtag";
    return this.#code === SWD_TO_DORMANT ? "dormant" : undefined;
  }

  #alert(level: Bit): Protocol | undefined {
    if (this.#activationBits >= 0) {
      this.#activation |= level << this.#activationBits;
      if (++this.#activationBits < 12) return undefined;
      this.#activationBits = -1;
      if ((this.#activation & 0xf) !== 0) return undefined;
      const code = this.#activation >> 4;
      if (code === ACTIVATE_SWD) return "swd";
      return code === ACTIVATE_JTAG ? "jtag" : undefined;
    }
    this.#shiftHistory(level);
    if (ALERT.every((word, at) => this.#history[at] === word)) {
      this.#activationBits = 0;
      this.#activation = 0;
    }
    return undefined;
  }

  /** Shifts the last 128 bits as four words, the oldest in bit 0 of the first. */
  #shiftHistory(level: Bit): void {
    const history = this.#history;
    for (let at = 0; at < 4; at++) {
      const carry = at === 3 ? level : (history[at + 1] ?? 0);
      history[at] = ((history[at] ?? 0) >>> 1) | (carry << 31);
    }
  }
}
