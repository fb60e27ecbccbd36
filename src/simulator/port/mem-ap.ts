/** Models a memory access port of ADIv5 (MEM-AP, version 1): CSW, TAR, DRW and banked data in front of a bus. */
import type { AccessPort } from "./access-port.ts";
import type { Bus } from "../bus/bus.ts";
import type { Size } from "../bus/device.ts";
import type { TargetLog } from "../bus/log.ts";
import type { RoundNotes } from "../bus/round-notes.ts";
import type { Remembered } from "../bus/remembered.ts";

export interface MemApSettings {
  /** It is APSEL, or the base address if it has one. */
  readonly index: number;
  readonly idr: number;
  /** The ROM table or first component, with its present bits; 0xFFFFFFFF means none. */
  readonly base: number;
  /** The reset value of CSW without DeviceEn. */
  readonly csw: number;
  /** True if only words can be accessed, as on an APB-AP: Size cannot be written. */
  readonly wordsOnly: boolean;
  /**
   * True for the Large Data extension: accesses of 64 bits, as two words through DRW (ADIv5.2 C2.2.5,
   * CFG.LD).
   */
  readonly largeData?: boolean;
}

const CSW = 0x00;
const TAR = 0x04;
const DRW = 0x0c;
const BD0 = 0x10;
const BD3 = 0x1c;
const CFG = 0xf4;
const BASE = 0xf8;
const IDR = 0xfc;

/** These are fields of CSW (ADIv5.2 C2.6.4). */
const SIZE = 0x7;
const ADDR_INC = 0x30;
const INCREMENT_SINGLE = 0x10;
const INCREMENT_PACKED = 0x20;
const DEVICE_EN = 1 << 6;
/** Secure accesses are allowed, if the port knows the difference; bit 30 of Prot then chooses. */
const SPIDEN = 1 << 23;
const NON_SECURE = 1 << 30;
/** This is a bit of CFG. */
const LARGE_DATA = 1 << 2;
const SIZE_64 = 3;
/** These are Mode, Prot and DbgSwEnable; DeviceEn, TrInProg, Type and SPIDEN are the port's own. */
const KEPT = 0xff00_0f00;
/** TAR is only guaranteed to count inside 1 KiB (ADIv5.2 C2.2.2), and most ports wrap there. */
const WRAP = 0x3ff;
/**
 * The AHB-AP of Cortex-M3 and M4 counts to 4 KiB, and OpenOCD relies on that if CPUID names one of these
 * cores.
 */
const WRAP_M3_M4 = 0xfff;
/** This is the IDR of that AHB-AP; the revision above these bits differs. */
const AHB_AP_M3_M4 = 0x0477_0011;
const REVISION = 0xf000_0000;

export class MemAp implements AccessPort {
  readonly #settings: MemApSettings;
  readonly #bus: Bus;
  readonly #log: TargetLog;
  readonly #notes: RoundNotes;
  readonly #wrap: number;
  #csw: number;
  #tar = 0;
  /** In a 64-bit access under way: the word that is still to be read, or the one that was written first. */
  #half: number | undefined;
  #busyUntilUs = 0;
  /** Returns CSW.DeviceEn; while it is false, every memory access fails. */
  enabled: () => boolean = () => true;
  /** Some secured parts answer at a few addresses only. */
  reaches: (address: number) => boolean = () => true;
  /** False if the device denies secure accesses, so that CSW.SPIDEN reads 0. */
  allowsSecure = true;
  beforeAccess: () => void = () => undefined;

  constructor(
    settings: MemApSettings,
    bus: Bus,
    seen: { readonly log: TargetLog; readonly notes: RoundNotes },
  ) {
    this.#settings = settings;
    this.#bus = bus;
    this.#log = seen.log;
    this.#notes = seen.notes;
    this.#wrap = (settings.idr & ~REVISION) >>> 0 === AHB_AP_M3_M4 ? WRAP_M3_M4 : WRAP;
    this.#csw = settings.csw;
  }

  get bus(): Bus {
    return this.#bus;
  }

  get remembered(): Remembered {
    return [this.#csw, this.#tar, this.#half, this.#busyUntilUs];
  }

  /** Returns when it stops, or stopped, being busy. */
  get dueUs(): number {
    return this.#busyUntilUs;
  }

  reset(): void {
    this.#csw = this.#settings.csw;
    this.#tar = 0;
    this.#busyUntilUs = 0;
  }

  /** Answers the next accesses with WAIT until then. */
  holdUntil(us: number): void {
    this.#busyUntilUs = us;
  }

  busy(nowUs: number): boolean {
    return nowUs < this.#busyUntilUs;
  }

  abort(): void {
    this.#busyUntilUs = 0;
  }

  read(register: number): number | "error" {
    if (register === DRW) return this.#data("read");
    if (register >= BD0 && register <= BD3) return this.#banked("read", register);
    const value = this.#ownRegister(register);
    this.#log.register({ ap: this.#settings.index, register, access: "read", value });
    return value;
  }

  write(register: number, value: number): "error" | undefined {
    if (register === DRW) return failed(this.#data("write", value));
    if (register >= BD0 && register <= BD3) return failed(this.#banked("write", register, value));
    this.#log.register({ ap: this.#settings.index, register, access: "write", value });
    if (register === TAR || register === CSW) this.#half = undefined;
    if (register === TAR) this.#tar = value >>> 0;
    if (register === CSW) this.#writeCsw(value);
    return undefined;
  }

  /** Accesses a word of the KiB that TAR is in, through a direct access register of ADIv6 (IHI 0074, C2.6.8). */
  direct(access: "read" | "write", offset: number, value = 0): number | "error" {
    return this.#access(access, ((this.#tar & ~0x3ff) | offset) >>> 0, value, 4);
  }

  #ownRegister(register: number): number {
    if (register === CSW)
      return ((this.#csw & (this.allowsSecure ? -1 : ~SPIDEN)) | (this.enabled() ? DEVICE_EN : 0)) >>> 0;
    if (register === TAR) return this.#tar;
    if (register === CFG) return this.#settings.largeData === true ? LARGE_DATA : 0;
    if (register === BASE) return this.#settings.base;
    return register === IDR ? this.#settings.idr : 0;
  }

  #writeCsw(value: number): void {
    const widest = this.#settings.largeData === true ? SIZE_64 : 2;
    const size = this.#settings.wordsOnly || (value & SIZE) > widest ? 2 : value & SIZE;
    const increment = (value & ADDR_INC) === ADDR_INC ? 0 : value & ADDR_INC;
    this.#csw = ((this.#csw & ~(KEPT | SIZE | ADDR_INC)) | (value & KEPT) | size | increment) >>> 0;
  }

  get #isNonSecure(): boolean {
    return (this.#csw & NON_SECURE) !== 0 || (this.#csw & SPIDEN) === 0 || !this.allowsSecure;
  }

  get #size(): Size {
    return (1 << (this.#csw & SIZE)) as Size;
  }

  #banked(access: "read" | "write", register: number, value = 0): number | "error" {
    return this.#access(access, ((this.#tar & ~0xf) | (register & 0xc)) >>> 0, value);
  }

  #data(access: "read" | "write", value = 0): number | "error" {
    const increment = this.#csw & ADDR_INC;
    if ((this.#csw & SIZE) === SIZE_64) return this.#wide(access, value, increment === INCREMENT_SINGLE);
    if (increment === INCREMENT_PACKED && this.#size < 4) return this.#packed(access, value);
    const result = this.#access(access, this.#tar, value);
    if (result !== "error" && increment === INCREMENT_SINGLE) this.#advance();
    return result;
  }

  /** Does packed transfers: as many as fit the word, each on its own lanes (ADIv5.2 C2.2.7). */
  #packed(access: "read" | "write", value: number): number | "error" {
    let word = 0;
    for (let done = 0; done < 4; done += this.#size) {
      const result = this.#access(access, this.#tar, value);
      if (result === "error") return "error";
      word |= result;
      this.#advance();
    }
    return word >>> 0;
  }

  /** The first of two reads makes the access; of two writes, the second does. */
  #wide(access: "read" | "write", value: number, increments: boolean): number | "error" {
    const low = (this.#tar & ~7) >>> 0;
    const half = this.#half;
    if (half === undefined) {
      const first = access === "read" ? this.#access("read", low, 0, 4) : value;
      const second = access === "read" ? this.#access("read", low + 4, 0, 4) : value;
      if (second === "error") return "error";
      this.#half = second;
      return first;
    }
    this.#half = undefined;
    if (increments) this.#tar = ((this.#tar & ~this.#wrap) | ((this.#tar + 8) & this.#wrap)) >>> 0;
    if (access === "read") return half;
    if (this.#access("write", low, half, 4) === "error") return "error";
    return this.#access("write", low + 4, value, 4);
  }

  #advance(): void {
    this.#tar = ((this.#tar & ~this.#wrap) | ((this.#tar + this.#size) & this.#wrap)) >>> 0;
  }

  /** Makes one bus access; the value sits on the byte lanes of its address. */
  #access(access: "read" | "write", at: number, word: number, size = this.#size): number | "error" {
    const address = (at & ~(size - 1)) >>> 0;
    const lane = 8 * (address & 3);
    const mask = size === 4 ? 0xffff_ffff : (1 << (8 * size)) - 1;
    const value = ((word >>> lane) & mask) >>> 0;
    this.beforeAccess();
    const found = this.#bus.find(address, size);
    const hangs = found?.device.hangs === true;
    const isStill =
      access === "read" && found?.device.still?.(address - found.start) === true && !found.device.tick;
    if (hangs) this.#busyUntilUs = Infinity;
    const isHidden = this.#isNonSecure && this.#bus.isSecure(address);
    const result =
      !(this.enabled() && this.reaches(address)) || isHidden || hangs
        ? "error"
        : access === "read"
          ? this.#bus.read(address, size)
          : (this.#bus.write(address, size, value) ?? value);
    const failed = result === "error";
    const ap = this.#settings.index;
    if (!isStill || failed) this.#notes.changed();
    else this.#notes.read({ ap, mapping: found, address, size, value: result, atUs: this.#log.nowUs() });
    this.#log.memory({
      ap,
      address,
      size,
      access,
      value: failed ? (access === "write" ? value : 0) : result,
      failed,
    });
    // A hanging access has no result, not even a bad one.
    if (hangs) return 0;
    return failed ? "error" : (result << lane) >>> 0;
  }
}

function failed(result: number | "error"): "error" | undefined {
  return result === "error" ? "error" : undefined;
}
