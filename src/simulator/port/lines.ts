/**
 * Moves the wires between probe and target, one clock cycle at a time. Knows levels and time, but no
 * protocol.
 */
import { microseconds, picoseconds, type VirtualClock } from "../../lib/clock.ts";
import type { Remembered } from "../bus/remembered.ts";

export type Bit = 0 | 1;

/** The target at the other end of the wires. */
export interface LineTarget {
  /**
   * Does one cycle of SWCLK/TCK. `swdio` is the level that the probe drives, undefined if it does not drive.
   * The result is the level that the wire then has, which is 1 by its pull-up if nothing drives.
   */
  clock(swdio: Bit | undefined, tdi: Bit): Bit;
  /** The level of TDO before the next rising edge. */
  readonly tdo: Bit;
  /** The level of nRESET: the probe's, unless the board holds it low. */
  readonly nreset: Bit;
  setNreset(level: Bit): void;
  /** Sets the level at which SWCLK stays, moved by hand; a cycle leaves it high. */
  setSwclk(level: Bit): void;
  setNtrst(level: Bit): void;
  /** The highest frequency at which a cycle arrives. */
  readonly fastestHz: number;
}

/** The levels of all wires at one moment. */
export interface Levels {
  readonly swclk: Bit;
  readonly swdio: Bit;
  readonly nreset: Bit;
  readonly tdi: Bit;
  readonly tdo: Bit;
}

/** Hears every moment at which a level may have changed, in the order of time. */
export type WireWatcher = (atUs: number, levels: Levels) => void;

/**
 * Says which lines a probe drives: those of the protocol that its port speaks, none while it is off
 * (DAP_config.h of CMSIS-DAP).
 */
export type PortMode = "off" | "swd" | "jtag";

/** Holds the levels that the probe drives, and the clock that moves with each cycle. */
export class Lines {
  readonly #target: LineTarget;
  readonly #clock: VirtualClock;
  readonly #watch: WireWatcher | undefined;
  #periodPs = picoseconds(1);
  readonly #shortestPs: number;
  #mode: PortMode = "off";
  #swclk: Bit = 1;
  #swdio: Bit = 1;
  #drivesSwdio = true;
  #tdi: Bit = 1;
  #ntrst: Bit = 1;

  constructor(target: LineTarget, clock: VirtualClock, watch?: WireWatcher) {
    this.#target = target;
    this.#shortestPs = Math.floor(picoseconds(1_000_000 / target.fastestHz));
    this.#clock = clock;
    this.#watch = watch;
  }

  /** Does what a probe does to set up its port: driven lines are high, and reset is released. */
  on(mode: "swd" | "jtag"): void {
    // A line that another port held low is released.
    if (this.#on) this.ntrst = 1;
    this.#mode = mode;
    this.#swclk = 1;
    this.#target.setSwclk(1);
    this.#swdio = 1;
    this.#drivesSwdio = true;
    this.#tdi = 1;
    this.ntrst = 1;
    this.nreset = 1;
  }

  /** Makes all pins high impedance: the pull-ups decide, and nothing that the probe does reaches the target. */
  off(): void {
    if (this.#mode === "off") return;
    this.on(this.#mode);
    this.#mode = "off";
  }

  get #on(): boolean {
    return this.#mode !== "off";
  }

  /** Cycles arrive at the target, which is on and not asked for more than the wires carry. */
  get #arrives(): boolean {
    return this.#on && this.#periodPs >= this.#shortestPs;
  }

  /** TDI and nTRST are lines of JTAG only. */
  get #drivesJtag(): boolean {
    return this.#mode === "jtag";
  }

  setFrequency(hz: number): void {
    this.#periodPs = picoseconds(1_000_000 / hz);
  }

  get remembered(): Remembered {
    return [this.#mode, this.#swclk, this.#swdio, this.#drivesSwdio, this.#tdi, this.#ntrst, this.#periodPs];
  }

  /** Does one cycle with SWDIO/TMS as it is. */
  cycle(): void {
    this.#cycle(this.#drivesSwdio ? this.#swdio : undefined);
  }

  cycles(count: number): void {
    for (let left = count; left > 0; left--) this.cycle();
  }

  write(bit: number): void {
    this.#swdio = (bit & 1) as Bit;
    this.cycle();
  }

  read(): Bit {
    return this.#cycle(this.#drivesSwdio ? this.#swdio : undefined);
  }

  /** Does one JTAG cycle; TDO is sampled before the rising edge. */
  shift(tdi: number): Bit {
    this.#tdi = (tdi & 1) as Bit;
    const tdo = this.#arrives ? this.#target.tdo : 1;
    this.cycle();
    return tdo;
  }

  driveSwdio(drives: boolean): void {
    this.#drivesSwdio = drives;
  }

  get swclk(): Bit {
    return this.#on ? this.#swclk : 1;
  }

  set swclk(level: Bit) {
    // A rising edge that is made by hand is a cycle like any other.
    if (this.#swclk === 0 && level === 1) this.cycle();
    this.#swclk = level;
    if (this.#on) this.#target.setSwclk(level);
    this.#seen();
  }

  get swdio(): Bit {
    return this.#on ? this.#swdio : 1;
  }

  set swdio(level: Bit) {
    this.#swdio = level;
    this.#seen();
  }

  get tdi(): Bit {
    return this.#drivesJtag ? this.#tdi : 1;
  }

  set tdi(level: Bit) {
    this.#tdi = level;
  }

  get tdo(): Bit {
    return this.#on ? this.#target.tdo : 1;
  }

  get ntrst(): Bit {
    return this.#drivesJtag ? this.#ntrst : 1;
  }

  set ntrst(level: Bit) {
    this.#ntrst = level;
    if (this.#drivesJtag) this.#target.setNtrst(level);
  }

  get nreset(): Bit {
    return this.#target.nreset;
  }

  set nreset(level: Bit) {
    if (this.#on) this.#target.setNreset(level);
    this.#seen();
  }

  #cycle(swdio: Bit | undefined): Bit {
    const startPs = this.#clock.nowPs();
    const tdo = this.#watch === undefined ? 1 : this.tdo;
    this.#clock.advancePs(this.#periodPs);
    const level = this.#arrives ? this.#target.clock(swdio, this.tdi) : (swdio ?? 1);
    if (this.#watch !== undefined && this.#on) {
      const { nreset } = this.#target;
      const low = { swclk: 0, swdio: level, nreset, tdi: this.tdi, tdo } as const;
      this.#watch(microseconds(startPs), low);
      // Both sides sample with the rising edge, in the middle of the cycle.
      this.#watch(microseconds(startPs + this.#periodPs / 2), { ...low, swclk: 1 });
    }
    return level;
  }

  #seen(): void {
    if (this.#watch === undefined || !this.#on) return;
    const { swclk, swdio, nreset, tdi, tdo } = this;
    this.#watch(this.#clock.nowUs(), { swclk, swdio, nreset, tdi, tdo });
  }
}
