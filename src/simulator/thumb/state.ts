/** Holds the registers of a Thumb core as instructions see them, and puts xPSR together. Knows no instruction. */

export const SP = 13;
export const LR = 14;
/**
 * r[PC] is the next instruction's address. If its bit 0 is set EPSR.T is clear, so that no cached code
 * matches it.
 */
export const PC = 15;
/** These slots follow the sixteen registers, so that an absent operand or result needs no code of its own. */
export const ZERO = 16;
export const SINK = 17;
export const OPERAND = 18;

export type Slot = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18;

/** An Int32Array of which only real slots can be named, so that no access needs a check for undefined. */
export type Registers = Record<Slot, number>;

export class State {
  /** The slots are r0-r12, the active SP, LR, PC, then ZERO, SINK and OPERAND. */
  readonly r = new Int32Array(19) as unknown as Registers;
  /** N is the sign of `n`, and Z is `z === 0`: one result serves both without a comparison. */
  n = 0;
  z = 1;
  /** C, V and Q are 0 or 1. */
  c = 0;
  v = 0;
  q = 0;
  /** These are GE[3:0]. */
  ge = 0;
  /**
   * ITSTATE at the next instruction; it is only kept between blocks, because decoding knows it inside a
   * block.
   */
  it = 0;
  ipsr = 0;
  primask = 0;
  faultmask = 0;
  basepri = 0;
  /** CONTROL has nPRIV in bit 0 and SPSEL in bit 1. SPSEL reads as zero in Handler mode. */
  control = 0;
  /** The stack pointer that is not active now. */
  otherSp = 0;
  msplim = 0;
  psplim = 0;
  /** The local exclusive monitor; -1 is open, otherwise it is the tagged address. */
  exclusive = -1;
  event = false;
  /** The carry out of the last shift. */
  carry = 0;
  /** Cycles since the run loop last added them up, and how many there may be before it does so again. */
  cycles = 0;
  due = 0;
  /** Instructions of the current block that may still run; 0 ends the block after the current one. */
  limit = 0;
  /** True if a branch was taken out of the middle of a block. */
  left = false;
  /** True if something other than straight execution waits between two blocks. */
  attention = false;

  usesPsp(): boolean {
    return this.ipsr === 0 && (this.control & 2) !== 0;
  }

  privileged(): boolean {
    return this.ipsr !== 0 || (this.control & 1) === 0;
  }

  get msp(): number {
    return this.usesPsp() ? this.otherSp : this.r[SP];
  }

  set msp(value: number) {
    if (this.usesPsp()) this.otherSp = value & ~3;
    else this.r[SP] = value & ~3;
  }

  get psp(): number {
    return this.usesPsp() ? this.r[SP] : this.otherSp;
  }

  set psp(value: number) {
    if (this.usesPsp()) this.r[SP] = value & ~3;
    else this.otherSp = value & ~3;
  }

  /** Changes mode and stack selection together, so that the right stack pointer is in r[SP] afterwards. */
  select(ipsr: number, control: number): void {
    const before = this.usesPsp();
    this.ipsr = ipsr;
    this.control = control;
    if (before === this.usesPsp()) return;
    const active = this.r[SP];
    this.r[SP] = this.otherSp;
    this.otherSp = active;
  }

  apsr(): number {
    const flags =
      (this.n < 0 ? 8 : 0) | (this.z === 0 ? 4 : 0) | (this.c !== 0 ? 2 : 0) | (this.v !== 0 ? 1 : 0);
    return (flags << 28) | (this.q << 27) | (this.ge << 16);
  }

  setFlags(psr: number): void {
    // N and Z may both be set here, which no result does: z is a value of its own.
    this.n = psr | 0;
    this.z = (psr & 0x4000_0000) !== 0 ? 0 : 1;
    this.c = (psr >>> 29) & 1;
    this.v = (psr >>> 28) & 1;
  }

  xpsr(): number {
    const it = ((this.it & 3) << 25) | ((this.it & 0xfc) << 8);
    const thumb = (this.r[PC] & 1) === 0 ? 1 << 24 : 0;
    return this.apsr() | it | thumb | this.ipsr;
  }

  setXpsr(value: number): void {
    this.setFlags(value);
    this.q = (value >>> 27) & 1;
    this.ge = (value >>> 16) & 15;
    this.it = ((value >>> 25) & 3) | ((value >>> 8) & 0xfc);
    this.select(value & 0x1ff, this.control);
    this.r[PC] = (this.r[PC] & ~1) | (((value >>> 24) & 1) !== 0 ? 0 : 1);
  }
}
