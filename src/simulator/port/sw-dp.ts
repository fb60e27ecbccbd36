/**
 * Speaks serial wire for a debug port, bit by bit (ADIv5.2 B4). Knows phases, parity and line reset; the
 * debug port decides what a transfer means.
 */
import type { DebugPort, Header } from "./dp.ts";
import type { Injection } from "./injection.ts";
import type { Bit } from "./lines.ts";
import type { Remembered } from "../bus/remembered.ts";

/** A line reset has at least 50 cycles high, then at least two low (ADIv5.2 B4.3.3). */
const RESET_ONES = 50;
const RESET_ZEROS = 2;
/** A write takes effect within the eight cycles after it, which the host must clock (ADIv5.2 B4.1.1). */
const COMMIT_CYCLES = 8;

type Phase =
  /** Nothing is answered until a line reset. */
  | "lockout"
  | "reset"
  | "idle"
  | "header"
  /** The probe releases the line; then comes the acknowledge. */
  | "turn-to-target"
  | "ack"
  | "read-data"
  /** The target releases the line; then comes the next phase. */
  | "turn-to-host"
  | "write-data"
  | "skip-data"
  /** Nothing drives the acknowledge of TARGETSEL. */
  | "no-ack";

const ACKNOWLEDGE = { OK: 1, WAIT: 2, FAULT: 4 } as const;

interface Write {
  readonly header: Header;
  readonly value: number;
  readonly parityGood: boolean;
}

export class SwDp {
  readonly #dp: DebugPort;
  readonly #injection: Injection;
  #phase: Phase = "lockout";
  #next: Phase = "idle";
  #left = 0;
  #shift = 0;
  #parity = 0;
  #ones = 0;
  #zeros = 0;
  /** True if no DPIDR was read since the last line reset: everything else is a protocol error. */
  #fresh = true;
  #header: Header = { port: "DP", read: true, address: 0 };
  #ack: keyof typeof ACKNOWLEDGE = "OK";
  #data = 0;
  #corrupt = false;
  #pending: Write | undefined;
  #sinceWrite = 0;

  constructor(dp: DebugPort, injection: Injection) {
    this.#dp = dp;
    this.#injection = injection;
  }

  /** Returns undefined if a write has not taken effect yet. */
  get remembered(): Remembered | undefined {
    if (this.#pending !== undefined) return undefined;
    const { port, read, address } = this.#header;
    const line = [this.#phase, this.#next, this.#left, this.#shift, this.#parity, this.#ones, this.#zeros];
    return [...line, this.#fresh, port, read, address, this.#ack, this.#data, this.#corrupt];
  }

  /** Forgets the line state, as after a switch of protocol. */
  lock(): void {
    this.#phase = "lockout";
    this.#ones = 0;
  }

  /** Does one cycle with the level that the wire has. */
  clock(level: Bit): void {
    if (this.#pending !== undefined && ++this.#sinceWrite === COMMIT_CYCLES) this.#commit();
    this.#ones = level === 1 ? this.#ones + 1 : 0;
    if (this.#ones >= RESET_ONES) this.#lineReset();
    else this.#step(level);
  }

  /** Returns the level that this port drives in the coming cycle, or undefined while it is silent. */
  get drives(): Bit | undefined {
    if (this.#phase === "ack") return this.#shift & 1 ? 1 : 0;
    if (this.#phase !== "read-data") return undefined;
    if (this.#left > 1) return this.#shift & 1 ? 1 : 0;
    return ((this.#parity & 1) ^ (this.#corrupt ? 1 : 0)) === 1 ? 1 : 0;
  }

  #lineReset(): void {
    this.#commit();
    this.#phase = "reset";
    this.#zeros = 0;
    this.#fresh = true;
    this.#dp.lineReset();
  }

  #step(level: Bit): void {
    switch (this.#phase) {
      case "lockout":
        return;
      case "reset":
        if (level === 0) this.#zeros += 1;
        else if (this.#zeros >= RESET_ZEROS) this.#begin();
        else if (this.#zeros > 0) this.#phase = "lockout";
        return;
      case "idle":
        if (level === 1) this.#begin();
        return;
      case "header":
        this.#shift |= level << (8 - this.#left);
        if (--this.#left === 0) this.#decide();
        return;
      case "turn-to-target":
        if (--this.#left === 0) this.#acknowledge();
        return;
      case "ack":
        this.#shift >>>= 1;
        if (--this.#left === 0) this.#afterAck();
        return;
      case "read-data":
        this.#parity ^= this.#left > 1 ? this.#shift & 1 : 0;
        this.#shift >>>= 1;
        if (--this.#left === 0) this.#turnTo("idle");
        return;
      case "no-ack":
        if (--this.#left === 0) this.#enterData("write-data");
        return;
      case "turn-to-host":
        if (--this.#left > 0) return;
        if (this.#next === "write-data" || this.#next === "skip-data") this.#enterData(this.#next);
        else this.#phase = this.#next;
        return;
      case "skip-data":
        if (--this.#left === 0) this.#phase = "idle";
        return;
      case "write-data":
        if (this.#left > 1) this.#shift |= level << (33 - this.#left);
        this.#parity ^= level;
        if (--this.#left === 0) this.#written();
        return;
    }
  }

  #begin(): void {
    this.#phase = "header";
    this.#left = 7;
    this.#shift = 1;
  }

  #decide(): void {
    this.#commit();
    const bits = this.#shift;
    const parity = ((bits >> 1) ^ (bits >> 2) ^ (bits >> 3) ^ (bits >> 4)) & 1;
    if (((bits >> 5) & 1) !== parity || ((bits >> 6) & 1) !== 0 || ((bits >> 7) & 1) !== 1) {
      this.#phase = "lockout";
      return;
    }
    this.#header = {
      port: (bits & 0x02) === 0 ? "DP" : "AP",
      read: (bits & 0x04) !== 0,
      address: ((bits >> 1) & 0x0c) as Header["address"],
    };
    if (this.#fresh && !this.#opens(this.#header)) return;
    this.#fresh = false;
    this.#phase = "turn-to-target";
    this.#left = this.#dp.turnaround;
  }

  /** The first transfer after a line reset must be a DPIDR read or TARGETSEL, or nothing answers. */
  #opens({ port, read, address }: Header): boolean {
    const selects = port === "DP" && !read && address === 0xc && this.#dp.multidrop;
    if (selects) {
      this.#phase = "no-ack";
      this.#left = this.#dp.turnaround * 2 + 3;
      return false;
    }
    if (port === "DP" && read && address === 0x0 && this.#dp.selected) return true;
    this.#phase = "lockout";
    return false;
  }

  #acknowledge(): void {
    const injected = this.#injection.transfer();
    if (injected === "NO_ACK") {
      this.#phase = "lockout";
      return;
    }
    this.#corrupt = injected === "PARITY";
    const answer =
      injected === "WAIT" || injected === "FAULT" ? this.#dp.refuse(injected) : this.#dp.begin(this.#header);
    this.#ack = answer.ack;
    this.#data = answer.data;
    this.#phase = "ack";
    this.#left = 3;
    this.#shift = ACKNOWLEDGE[answer.ack];
  }

  #afterAck(): void {
    if (this.#ack !== "OK") {
      // With overrun detection there is a data phase all the same, and it means nothing.
      if (!this.#dp.overrunDetect) this.#turnTo("idle");
      else if (this.#header.read) {
        this.#enterRead(0);
      } else this.#turnTo("skip-data");
      return;
    }
    if (this.#header.read) this.#enterRead(this.#data);
    else this.#turnTo("write-data");
  }

  #enterRead(data: number): void {
    this.#phase = "read-data";
    this.#left = 33;
    this.#shift = data;
    this.#parity = 0;
  }

  #turnTo(next: Phase): void {
    this.#phase = "turn-to-host";
    this.#left = this.#dp.turnaround;
    this.#next = next;
  }

  #enterData(phase: Phase): void {
    this.#phase = phase;
    this.#left = 33;
    this.#shift = 0;
    this.#parity = 0;
  }

  #written(): void {
    const parityGood = (this.#parity & 1) === 0 && !this.#corrupt;
    this.#corrupt = false;
    this.#pending = { header: this.#header, value: this.#shift >>> 0, parityGood };
    this.#sinceWrite = 0;
    this.#phase = "idle";
    // A TARGETSEL leaves the port waiting for the DPIDR read that completes it.
    if (this.#fresh) this.#select();
  }

  #select(): void {
    const { value, parityGood } = this.#pending ?? { value: 0, parityGood: false };
    this.#pending = undefined;
    if (!parityGood || !this.#dp.select(value)) this.#phase = "lockout";
  }

  #commit(): void {
    const write = this.#pending;
    this.#pending = undefined;
    if (write !== undefined) this.#dp.write(write.header, write.value, write.parityGood);
  }
}
