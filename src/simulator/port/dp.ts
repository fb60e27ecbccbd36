/**
 * Models a debug port of ADIv5 (DPv1 or DPv2) or ADIv6 (DPv3): its registers, sticky flags, power handshake
 * and access to the APs. Knows no bits on a wire. Register layouts: ADIv5.2, B2.2.
 */
import { least } from "../../lib/lists.ts";
import type { AccessPort } from "./access-port.ts";
import type { Bus } from "../bus/bus.ts";
import type { RoundNotes } from "../bus/round-notes.ts";
import type { Remembered } from "../bus/remembered.ts";

export interface Header {
  readonly port: "DP" | "AP";
  readonly read: boolean;
  readonly address: 0x0 | 0x4 | 0x8 | 0xc;
}

export interface Answer {
  readonly ack: "OK" | "WAIT" | "FAULT";
  readonly data: number;
}

export interface DebugPortSettings {
  readonly dpidr: number;
  /** The idcode of the TAP, if the port speaks JTAG too. */
  readonly idcode: number;
  /** Only DPv2 has it. */
  readonly targetId: number;
  /** DLPIDR.TINSTANCE tells several equal devices on one bus apart. */
  readonly instance: number;
  /** The time from a power-up request to its acknowledge. */
  readonly powerUpUs: number;
  /** True if a DPIDR read is answered after a line reset without TARGETSEL. */
  readonly answers: boolean;
  /** On DPv3, BASEPTR says where the first ROM table stands in the port's own space. */
  readonly basePointer?: number | undefined;
  /** On DPv3, DPIDR1.ASIZE; 32 if omitted. */
  readonly addressBits?: number | undefined;
}

/** These are fields of CTRL/STAT (ADIv5.2 B2.2.2). */
const ORUNDETECT = 1 << 0;
const STICKYORUN = 1 << 1;
const TRNMODE = 3 << 2;
const STICKYCMP = 1 << 4;
const STICKYERR = 1 << 5;
const READOK = 1 << 6;
const WDATAERR = 1 << 7;
const STICKY = STICKYORUN | STICKYCMP | STICKYERR | WDATAERR;
const MASKLANE_SHIFT = 8;
const POWER_REQUESTS = [1 << 26, 1 << 28, 1 << 30] as const;
const CDBGPWRUPREQ = 1 << 28;
/**
 * These are ORUNDETECT, TRNMODE, MASKLANE, TRNCNT and the three requests; acknowledges and flags are the
 * port's own.
 */
const WRITABLE = ORUNDETECT | TRNMODE | 0x00ff_ff00 | (1 << 26) | CDBGPWRUPREQ | (1 << 30);

const PUSHED_VERIFY = 1 << 2;
const PUSHED_COMPARE = 2 << 2;

/** These are fields of ABORT (ADIv5.2 B2.2.1). */
const DAPABORT = 1 << 0;
const STKCMPCLR = 1 << 1;
const STKERRCLR = 1 << 2;
const WDERRCLR = 1 << 3;
const ORUNERRCLR = 1 << 4;

const DLCR_FIXED = 0x40;
const DLCR_TURNROUND = 0x300;

export class DebugPort {
  readonly #settings: DebugPortSettings;
  readonly #aps: ReadonlyMap<number, AccessPort>;
  /** In DPv3, SELECT addresses this space of access ports and ROM tables. */
  readonly #space: Bus;
  readonly #onDebugPower: ((requested: boolean) => void) | undefined;
  readonly #notes: RoundNotes;
  readonly #nowUs: () => number;
  #control = 0;
  #flags = 0;
  #requestedUs: number[] = [0, 0, 0];
  #select = 0;
  #select1 = 0;
  #dlcr = DLCR_FIXED;
  #readBuffer = 0;
  #resend = 0;
  #selected: boolean;

  constructor(
    settings: DebugPortSettings,
    behind: {
      readonly accessPorts: ReadonlyMap<number, AccessPort>;
      readonly space: Bus;
      readonly notes: RoundNotes;
      /** Hears CDBGPWRUPREQ when it changes. */
      readonly onDebugPower?: (requested: boolean) => void;
    },
    nowUs: () => number,
  ) {
    this.#settings = settings;
    this.#aps = behind.accessPorts;
    this.#space = behind.space;
    this.#notes = behind.notes;
    this.#onDebugPower = behind.onDebugPower;
    this.#nowUs = nowUs;
    this.#selected = settings.answers;
  }

  get remembered(): Remembered {
    const select = [this.#select, this.#select1, this.#dlcr, this.#selected];
    const buffers = [this.#readBuffer, this.#resend];
    return [this.#control, this.#flags, ...this.#requestedUs, ...select, ...buffers];
  }

  /** Returns the first later time at which a request for power is acknowledged. */
  dueUs(afterUs: number): number {
    const { powerUpUs } = this.#settings;
    const due = this.#requestedUs.map((us) => us + powerUpUs).filter((us) => us >= afterUs);
    return least(due);
  }

  get turnaround(): number {
    return ((this.#dlcr & DLCR_TURNROUND) >> 8) + 1;
  }

  get overrunDetect(): boolean {
    return (this.#control & ORUNDETECT) !== 0;
  }

  /** True for DPv2, which has TARGETSEL. */
  get multidrop(): boolean {
    return ((this.#settings.dpidr >> 12) & 0xf) >= 2;
  }

  get #isV3(): boolean {
    return ((this.#settings.dpidr >> 12) & 0xf) >= 3;
  }

  get selected(): boolean {
    return this.#selected;
  }

  lineReset(): void {
    this.#selected = this.#settings.answers;
    this.#dlcr = DLCR_FIXED;
  }

  /** Takes a TARGETSEL; returns false if another device on the bus was meant. */
  select(value: number): boolean {
    const mine = ((this.#settings.instance << 28) | (this.#settings.targetId & 0x0fff_ffff)) >>> 0;
    this.#selected = value === mine;
    return this.#selected;
  }

  powerOff(): void {
    this.#control = 0;
    this.#flags = 0;
    this.#select = 0;
    this.#select1 = 0;
    this.#dlcr = DLCR_FIXED;
  }

  /** Gives this answer without an access, as a disturbance requires. */
  refuse(ack: "WAIT" | "FAULT"): Answer {
    if (ack === "FAULT") this.#flags |= STICKYERR;
    return this.#refused(ack);
  }

  /** Returns the acknowledge of a transfer, and for a read its data. */
  begin(header: Header): Answer {
    const { port, read, address } = header;
    if (port === "DP" && read && address === 0x0) return ok(this.#identity());
    if (port === "DP" && !read && address === 0x0) return ok(0);
    if (port === "DP" && read && address === 0x4 && this.#bank() === 0) return ok(this.#controlStatus());
    if ((this.#flags & STICKY) !== 0) return this.#refused("FAULT");
    if (port === "AP" || address === 0xc || !read) {
      if (this.busy) return this.#refused("WAIT");
    }
    if (!read) return ok(0);
    if (port === "AP") return this.#readAp(address);
    return this.#readDp(address);
  }

  /** Takes the data phase of a write that was acknowledged with OK. */
  write({ port, address }: Header, value: number, parityGood: boolean): void {
    if (!parityGood) {
      this.#flags |= WDATAERR;
      return;
    }
    if (port === "AP") this.#writeAp(address, value);
    else if (address === 0x0) this.#abort(value);
    else if (address === 0x8) this.#select = value >>> 0;
    else if (address === 0x4 && this.#bank() === 0) this.#writeControl(value);
    else if (address === 0x4 && this.#bank() === 5 && this.#addressBits > 32) this.#select1 = value >>> 0;
    else if (address === 0x4 && this.#bank() === 1) this.#dlcr = (value & DLCR_TURNROUND) | DLCR_FIXED;
  }

  get idcode(): number {
    return this.#settings.idcode;
  }

  /** True while an AP access is under way: the next one gets WAIT. */
  get busy(): boolean {
    const ap = this.#ap();
    if (ap !== undefined && ap.remembered === undefined && ap.still === undefined) this.#notes.changed();
    return ap?.busy(this.#nowUs()) === true;
  }

  /**
   * Makes one access by JTAG, which has no FAULT: with a sticky flag set AP accesses are dropped (ADIv5.2
   * B3.2.4). Yields what the next scan captures. RDBUFF itself reads zero.
   */
  jtagAccess(header: Header, value: number): number {
    const { port, read, address } = header;
    if (port === "AP") {
      if ((this.#flags & STICKY) !== 0) return 0;
      if (!read) this.#writeAp(address, value);
      else this.#performRead(address);
      return read ? this.#readBuffer : 0;
    }
    if (!read) {
      // The sticky flags are cleared by writing ones here.
      if (address === 0x4 && this.#bank() === 0) this.#flags &= ~(value & STICKY);
      if (address !== 0x0) this.write(header, value, true);
      return 0;
    }
    if (address === 0x0) return this.#identity();
    if (address === 0x4 && this.#bank() === 0) return this.#controlStatus();
    if (address === 0x8) return this.#select;
    return address === 0xc ? 0 : this.#readDp(address).data;
  }

  jtagAbort(value: number): void {
    this.#abort(value);
  }

  #refused(ack: "WAIT" | "FAULT"): Answer {
    if (this.overrunDetect) this.#flags |= STICKYORUN;
    this.#flags &= ~READOK;
    return { ack, data: 0 };
  }

  #bank(): number {
    return this.#select & 0xf;
  }

  /** Reads address 0: DPIDR, and in DPv3 the register that DPBANKSEL chooses (ADIv6.0 B2.2). */
  #identity(): number {
    const { dpidr, basePointer } = this.#settings;
    if (!this.#isV3) return dpidr;
    switch (this.#bank()) {
      case 0:
        return dpidr;
      case 1:
        return this.#addressBits;
      case 2:
        return basePointer === undefined ? 0 : (basePointer | 1) >>> 0;
      default:
        return 0;
    }
  }

  get #addressBits(): number {
    return this.#settings.addressBits ?? 32;
  }

  #ap(): AccessPort | undefined {
    return this.#aps.get(this.#isV3 ? (this.#select & ~0xfff) >>> 0 : this.#select >>> 24);
  }

  /**
   * Returns the register that an AP access reaches, or undefined if the whole access port is missing, as
   * ADIv5 allows.
   */
  #register(address: number): Reached | undefined {
    if (!this.#isV3) {
      const ap = this.#ap();
      const register = this.#apRegister(address);
      return (
        ap && {
          read: () => {
            if (ap.remembered === undefined && ap.still?.(register) !== true) this.#notes.changed();
            return ap.read(register);
          },
          write: (value) => {
            if (ap.remembered === undefined) this.#notes.changed();
            return ap.write(register, value);
          },
        }
      );
    }
    const full = ((this.#select & ~0xf) | address) >>> 0;
    // Nothing is simulated above 4 GiB: an access gets an error, as from any address that is not decoded.
    if (this.#select1 !== 0) return { read: () => "error", write: () => "error" };
    return {
      read: () => {
        const found = this.#space.find(full, 4);
        if (found?.device.still?.(full - found.start) !== true) this.#notes.changed();
        return this.#space.read(full, 4);
      },
      write: (value) => {
        if (this.#space.find(full, 4)?.device.isAccessPort !== true) this.#notes.changed();
        return this.#space.write(full, 4, value);
      },
    };
  }

  #apRegister(address: number): number {
    return (this.#select & 0xf0) | address;
  }

  #readDp(address: Header["address"]): Answer {
    if (address === 0x8) return ok(this.#resend);
    if (address === 0xc) return this.#delivered();
    if (this.#bank() === 1) return ok(this.#dlcr);
    if (this.multidrop && this.#bank() === 2) return ok(this.#settings.targetId);
    // DLPIDR has the instance, and protocol version 1 for SWD version 2 (ADIv5.2 B2.2.4).
    if (this.multidrop && this.#bank() === 3) return ok(((this.#settings.instance << 28) | 1) >>> 0);
    // EVENTSTAT.EA is 1 while no event waits for attention (ADIv5.2 B2.2.6).
    if (this.multidrop && this.#bank() === 4) return ok(1);
    return ok(0);
  }

  #delivered(): Answer {
    this.#resend = this.#readBuffer;
    this.#flags |= READOK;
    return ok(this.#readBuffer);
  }

  #readAp(address: Header["address"]): Answer {
    const before = this.#delivered();
    this.#performRead(address);
    return before;
  }

  #performRead(address: Header["address"]): void {
    const result = this.#powered() ? (this.#register(address)?.read() ?? 0) : "error";
    if (result === "error") this.#flags |= STICKYERR;
    else this.#readBuffer = result >>> 0;
  }

  #writeAp(address: Header["address"], value: number): void {
    const register = this.#register(address);
    if (!this.#powered()) this.#flags |= STICKYERR;
    else if (register === undefined) return;
    else if ((this.#control & TRNMODE) !== 0) this.#pushed(register, value);
    else if (register.write(value) === "error") this.#flags |= STICKYERR;
  }

  /** Does pushed verify and compare: the write becomes a read that is compared (ADIv5.2 B1.3). */
  #pushed(register: Reached, value: number): void {
    const found = register.read();
    if (found === "error") {
      this.#flags |= STICKYERR;
      return;
    }
    const lanes = (this.#control >>> MASKLANE_SHIFT) & 0xf;
    let mask = 0;
    for (let lane = 0; lane < 4; lane++) if ((lanes >> lane) & 1) mask |= 0xff << (8 * lane);
    const equal = ((found ^ value) & mask) === 0;
    const mode = this.#control & TRNMODE;
    if ((mode === PUSHED_VERIFY && !equal) || (mode === PUSHED_COMPARE && equal)) this.#flags |= STICKYCMP;
  }

  #abort(value: number): void {
    const aborted = (value & DAPABORT) === 0 ? undefined : this.#ap();
    if (aborted !== undefined && aborted.remembered === undefined) this.#notes.changed();
    aborted?.abort();
    if ((value & STKCMPCLR) !== 0) this.#flags &= ~STICKYCMP;
    if ((value & STKERRCLR) !== 0) this.#flags &= ~STICKYERR;
    if ((value & WDERRCLR) !== 0) this.#flags &= ~WDATAERR;
    if ((value & ORUNERRCLR) !== 0) this.#flags &= ~STICKYORUN;
  }

  #writeControl(value: number): void {
    const rising = value & ~this.#control;
    const powerChanges = ((value ^ this.#control) & CDBGPWRUPREQ) !== 0;
    POWER_REQUESTS.forEach((request, at) => {
      if ((rising & request) !== 0) this.#requestedUs[at] = this.#nowUs();
    });
    this.#control = (value & WRITABLE) >>> 0;
    if (powerChanges) this.#notes.changed();
    if (powerChanges) this.#onDebugPower?.((value & CDBGPWRUPREQ) !== 0);
  }

  #controlStatus(): number {
    let value = this.#control | this.#flags;
    POWER_REQUESTS.forEach((request, at) => {
      if (this.#acknowledged(request, at)) value |= request << 1;
    });
    return value >>> 0;
  }

  #acknowledged(request: number, at: number): boolean {
    const since = this.#requestedUs[at] ?? 0;
    return (this.#control & request) !== 0 && this.#nowUs() - since >= this.#settings.powerUpUs;
  }

  /** Without CDBGPWRUPACK an AP access fails (ADIv5.2 B2.5). */
  #powered(): boolean {
    return this.#acknowledged(CDBGPWRUPREQ, 1);
  }
}

interface Reached {
  read(): number | "error";
  write(value: number): "error" | undefined;
}

function ok(data: number): Answer {
  return { ack: "OK", data: data >>> 0 };
}
