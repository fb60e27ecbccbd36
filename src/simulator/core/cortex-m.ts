/**
 * Does the run control of a Cortex-M: halting, stepping, resets, vector catch. Knows the debug registers'
 * meaning (Armv7-M C1.6, Armv8-M D1.2), but neither where they stand (system-control-space.ts) nor any
 * instruction (executor.ts).
 */
import type { Agenda } from "../bus/agenda.ts";
import { microseconds, picoseconds } from "../../lib/clock.ts";
import { BreakpointUnit } from "./breakpoint-unit.ts";
import type { Bus } from "../bus/bus.ts";
import { coreParts, type CorePart, type CoreType } from "./core-parts.ts";
import { CoreRegisters } from "./core-registers.ts";
import { WatchpointUnit } from "./watchpoint-unit.ts";
import { Executor, type Stop } from "./executor.ts";
import { keptVariables, type Kept } from "../bus/kept.ts";
import type { TargetLog } from "../bus/log.ts";
import type { Onlooker } from "./onlooker.ts";
import type { Pace } from "./pace.ts";
import { Slice } from "./slice.ts";
import type { RoundNotes } from "../bus/round-notes.ts";
import type { Remembered } from "../bus/remembered.ts";

export interface CortexMSettings {
  readonly name: string;
  readonly type: CoreType;
  /** It is set if another revision than the usual one is built in. */
  readonly cpuid?: number | undefined;
  /** The address of the vector table after reset. */
  readonly vectors: number;
  /** Instructions in a microsecond, as if each took one cycle; 16 by default. */
  readonly mhz?: number | undefined;
  /** The designer of the core's ROM table, if that is not Arm. */
  readonly romTable?: { readonly bank: number; readonly code: number } | undefined;
}

/** A debugger writes these bits of DHCSR. */
const DEBUGEN = 1 << 0;
const HALT = 1 << 1;
const STEP = 1 << 2;
const MASKINTS = 1 << 3;
const CONTROL_BITS = 0x2f;
/** The key must be in the upper half, or the write is ignored. */
const DBGKEY = 0xa05f;

const REGRDY = 1 << 16;
const S_HALT = 1 << 17;
const S_SLEEP = 1 << 18;
const S_LOCKUP = 1 << 19;
const S_RETIRE = 1 << 24;
const S_RESET = 1 << 25;

const DFSR_HALTED = 1 << 0;
const DFSR_BKPT = 1 << 1;
const DFSR_DWTTRAP = 1 << 2;
const DFSR_VCATCH = 1 << 3;

const VC_CORERESET = 1 << 0;
/**
 * DEMCR has TRCENA, the MON bits and all VC bits; v6-M has only TRCENA (DWTENA), VC_HARDERR and VC_CORERESET
 * (Armv6-M C1.6.5).
 */
const DEMCR_MAIN = 0x010f_07f1;
const DEMCR_V6 = 0x0100_0401;
const TRCENA = 1 << 24;
/** Each DEMCR.VC_* bit catches the exceptions with these numbers (Armv7-M C1.6.5). */
const CATCHES: readonly (readonly [bit: number, exceptions: readonly number[]])[] = [
  [1 << 4, [4]], // VC_MMERR
  [1 << 8, [5]], // VC_BUSERR
  [(1 << 5) | (1 << 6) | (1 << 7), [6]], // VC_NOCPERR, VC_CHKERR, VC_STATERR
  [1 << 10, [3]], // VC_HARDERR
];
const DEFAULT_MHZ = 16;
const VTOR = 0xd08;
const REGWNR = 1 << 16;
/** A register transfer keeps S_REGRDY low this long. */
const REGISTER_US = 0.5;

export class CortexM {
  readonly settings: CortexMSettings;
  readonly part: CorePart;
  readonly registers: CoreRegisters;
  readonly breakpoints: BreakpointUnit;
  readonly watchpoints: WatchpointUnit;
  readonly bus: Bus;
  readonly executor: Executor;
  /** It is called when the core's own code sets AIRCR.SYSRESETREQ. */
  /** False if a debugger may not debug the secure world of a v8-M core. */
  allowsSecureDebug = true;
  onResetRequest: () => void = () => undefined;
  readonly #agenda: Agenda;
  readonly #log: TargetLog;
  readonly #pace: Pace;
  #control = 0;
  #halted = false;
  #lockup = false;
  #inReset = false;
  #sawReset = true;
  #retired = false;
  #dfsr = 0;
  #demcr = 0;
  #dcrdr = 0;
  #registerReadyUs = 0;
  #livedPs = 0;
  /** Why it stopped, ahead of the clock; it takes effect when the clock comes there. */
  #held: Stop | undefined;
  /** Millionths of an instruction that are owed, because the time was too short for a whole one. */
  #owed = 0;
  #living = false;

  constructor(
    settings: CortexMSettings,
    bus: Bus,
    target: {
      readonly agenda: Agenda;
      readonly log: TargetLog;
      readonly notes: RoundNotes;
      readonly pace: Pace;
    },
  ) {
    this.settings = settings;
    this.part = coreParts[settings.type];
    this.registers = new CoreRegisters(this.part);
    this.breakpoints = new BreakpointUnit(this.part);
    this.watchpoints = new WatchpointUnit(this.part);
    this.bus = bus;
    this.#agenda = target.agenda;
    this.#log = target.log;
    this.#pace = target.pace;
    const { part, registers, breakpoints, watchpoints, cpuid } = this;
    this.executor = new Executor({
      part,
      cpuid,
      registers,
      breakpoints,
      watchpoints,
      bus,
      agenda: target.agenda,
      notes: target.notes,
      perUs: settings.mhz ?? DEFAULT_MHZ,
    });
  }

  /** Keeps registers, VTOR and the debugger's settings; active and pending exceptions are lost. */
  readonly kept: Kept = {
    save: () => {
      this.live();
      const debug = keptVariables(this.#debugVariables).save();
      return {
        ...this.registers.kept.save(),
        ...debug,
        demcr: this.#demcr,
        vtor: this.executor.readSystem(VTOR),
      };
    },
    load: (numbers) => {
      this.registers.kept.load(numbers);
      keptVariables(this.#debugVariables).load(numbers);
      this.demcr = numbers["demcr"] ?? 0;
      this.executor.writeSystem(VTOR, numbers["vtor"] ?? 0);
      this.executor.debugging = (this.#control & DEBUGEN) !== 0;
      this.executor.masked = (this.#control & MASKINTS) !== 0;
      this.#startNow();
    },
  };

  get #debugVariables(): Parameters<typeof keptVariables>[0] {
    return {
      control: [() => this.#control, (value) => (this.#control = value)],
      halted: [() => this.#halted, (value) => (this.#halted = value === 1)],
      lockup: [() => this.#lockup, (value) => (this.#lockup = value === 1)],
      inReset: [() => this.#inReset, (value) => (this.#inReset = value === 1)],
      sawReset: [() => this.#sawReset, (value) => (this.#sawReset = value === 1)],
      dfsr: [() => this.#dfsr, (value) => (this.#dfsr = value)],
      dcrdr: [() => this.#dcrdr, (value) => (this.#dcrdr = value)],
    };
  }

  get halted(): boolean {
    return this.#halted;
  }

  /** True if it waits for an interrupt or event (WFI, WFE). */
  get sleeping(): boolean {
    return !this.#halted && !this.#inReset && this.executor.sleeping;
  }

  /** True if it uses the time that passes, if only to wait for an interrupt. */
  get running(): boolean {
    return !this.#halted && !this.#inReset && !this.#lockup;
  }

  /**
   * True if it does nothing until an event of the chip or a debugger makes it; then it does not matter in how
   * many pieces time passes.
   */
  get isQuiet(): boolean {
    return !this.running || (this.#held === undefined && this.executor.waits);
  }

  /** Returns what reads of DHCSR change, and what they show. */
  get remembered(): Remembered {
    return [this.#halted, this.#lockup, this.#inReset, this.#sawReset, this.#retired, this.sleeping];
  }

  /** Returns when S_REGRDY comes back, or came. */
  get dueUs(): number {
    return this.#registerReadyUs;
  }

  get cpuid(): number {
    return this.settings.cpuid ?? this.part.cpuid;
  }

  /** Stops the core and clears what a warm reset clears; debug settings survive anything but loss of power. */
  enterReset(power: boolean): void {
    this.live();
    this.#held = undefined;
    this.#inReset = true;
    this.#sawReset = true;
    this.#halted = false;
    this.#lockup = false;
    this.#retired = false;
    this.#control &= DEBUGEN;
    if (!power) return;
    this.#control = 0;
    this.#demcr = 0;
    this.watchpoints.enabled = false;
    this.#dfsr = 0;
    this.#dcrdr = 0;
  }

  /** Fetches the vectors and runs, or halts before the first instruction. */
  leaveReset(): void {
    if (!this.#inReset) return;
    this.#inReset = false;
    this.#startNow();
    const stack = this.bus.read(this.settings.vectors, 4);
    const entry = this.bus.read(this.settings.vectors + 4, 4);
    const readable = this.executor.reset(this.settings.vectors);
    const usable =
      readable && stack !== "error" && entry !== "error" && (entry & 1) === 1 && entry !== 0xffff_ffff;
    this.registers.reset(stack === "error" ? 0 : stack, entry === "error" ? 0 : entry);
    this.#lockup = !usable;
    if ((this.#control & DEBUGEN) === 0) return;
    if ((this.#demcr & VC_CORERESET) !== 0) this.#halt(DFSR_VCATCH);
  }

  /**
   * Lets the time that has passed take effect, up to the events of the chip one after the other. A host that
   * is too slow for the core's own clock gives it a slower one; the chip around it keeps its time.
   */
  live(): void {
    if (this.#living) return;
    this.#living = true;
    const nowPs = picoseconds(this.#agenda.nowUs());
    try {
      this.#heed(nowPs);
      while (this.#livedPs < nowPs && this.running) {
        const perUs = this.#pace.rate(this.executor.ownPerUs, microseconds(nowPs - this.#livedPs));
        if (perUs === 0) break;
        this.#liveUntil(nowPs, perUs);
      }
    } finally {
      this.#living = false;
    }
    this.#livedPs = Math.max(nowPs, this.#livedPs);
  }

  /**
   * Lives ahead of the clock, up to a time or until an onlooker would notice. Yields the first time at which it may: nothing does
   * what the core did not do by itself before.
   */
  ahead(untilPs: number, onlooker: Onlooker): number {
    if (this.#living) return 0;
    this.#living = true;
    try {
      while (this.#held === undefined && this.#livedPs < untilPs && this.running) {
        if (picoseconds(this.#agenda.nextUs) <= this.#livedPs) return this.#livedPs;
        if (!this.#liveUntil(untilPs, this.executor.ownPerUs, onlooker)) return this.#livedPs;
      }
    } finally {
      this.#living = false;
    }
    return this.#held === undefined ? Math.max(this.#livedPs, untilPs) + 1 : this.#livedPs;
  }

  #startNow(): void {
    this.#livedPs = picoseconds(this.#agenda.nowUs());
    this.#owed = 0;
    this.#held = undefined;
  }

  /** What stopped it ahead of the clock. */
  #heed(nowPs: number): void {
    const stop = this.#held;
    if (stop === undefined || nowPs < this.#livedPs) return;
    this.#held = undefined;
    const over = new Slice({ startPs: this.#livedPs, endPs: nowPs }, this.executor.ownPerUs, this.#owed);
    this.#owed = over.owedAt(nowPs, over.whole);
    this.#livedPs = nowPs;
    this.#stopped(stop);
  }

  /** False if it stopped where an onlooker would notice what comes next. */
  #liveUntil(nowPs: number, perUs: number, onlooker?: Onlooker): boolean {
    const { executor } = this;
    const agenda = this.#agenda;
    const startPs = this.#livedPs;
    const endPs = Math.min(nowPs, Math.max(picoseconds(agenda.nextUs), startPs));
    const slice = new Slice({ startPs, endPs }, perUs, this.#owed);
    this.#retired = true;
    const stop = slice.whole === 0 ? undefined : this.#run(slice, onlooker);
    let done = slice.whole === 0 ? 0 : executor.ran;
    if (stop === "sleep") done += executor.sleep(slice.whole - done, perUs);
    const isStopped = stop !== undefined && stop !== "sleep";
    // The rest of the time passes over a core that is stopped.
    if (isStopped && onlooker === undefined) done = slice.whole;
    const isOver = done >= slice.whole && !(isStopped && onlooker !== undefined);
    this.#livedPs = isOver ? endPs : slice.psOf(done);
    this.#owed = slice.owedAt(this.#livedPs, done);
    if (isStopped) {
      if (onlooker !== undefined) return this.#hold(stop);
      this.#stopped(stop);
    }
    const livedUs = microseconds(this.#livedPs);
    if (agenda.nextUs > livedUs || onlooker !== undefined) return true;
    agenda.during({ nowUs: () => livedUs }, () => {
      agenda.catchUp();
    });
    return true;
  }

  #hold(stop: Stop): boolean {
    if (stop !== "refused") this.#held = stop;
    return false;
  }

  #run(slice: Slice, onlooker: Onlooker | undefined): Stop | undefined {
    let stop: Stop | undefined;
    this.#pace.spend(() => {
      stop = this.executor.run(Math.min(slice.whole, this.#pace.slice), slice, onlooker);
      return this.executor.ran;
    });
    return stop;
  }

  #stopped(stop: Stop): void {
    const debug = (this.#control & DEBUGEN) !== 0;
    if (stop === "lockup") this.#lockup = true;
    else if (stop === "vector-catch") this.#halt(DFSR_VCATCH);
    else if (stop === "breakpoint" || stop === "bkpt") {
      if (debug) this.#halt(DFSR_BKPT);
    } else if (stop === "watchpoint") {
      if (debug) this.#halt(DFSR_DWTTRAP);
    } else if (stop === "reset-request") this.onResetRequest();
  }

  /** Yields what a read would, but does not clear S_RETIRE_ST and S_RESET_ST. */
  peekDhcsr(): number {
    this.live();
    const value =
      this.#control |
      (this.#agenda.nowUs() >= this.#registerReadyUs ? REGRDY : 0) |
      (this.#halted ? S_HALT : 0) |
      (this.sleeping ? S_SLEEP : 0) |
      (this.#lockup ? S_LOCKUP : 0) |
      (this.#retired ? S_RETIRE : 0) |
      (this.#sawReset ? S_RESET : 0);
    return value >>> 0;
  }

  readDhcsr(): number {
    const value = this.peekDhcsr();
    this.#retired = false;
    // While reset is asserted the flag stays (Armv7-M C1.6.2: cleared by a read when the core is out of reset).
    if (!this.#inReset) this.#sawReset = false;
    return value;
  }

  writeDhcsr(value: number): void {
    if (value >>> 16 !== DBGKEY) return;
    this.live();
    const debug = (value & DEBUGEN) !== 0;
    this.#control = this.#inReset || !debug ? value & DEBUGEN : value & CONTROL_BITS;
    if (this.#inReset) return;
    if ((this.#control & HALT) !== 0) {
      if (!this.#halted) this.#halt(DFSR_HALTED);
      return;
    }
    this.executor.debugging = debug;
    this.executor.masked = (this.#control & MASKINTS) !== 0;
    if (!this.#halted) return;
    this.#halted = false;
    this.#startNow();
    if ((this.#control & STEP) !== 0) this.#step();
  }

  get demcr(): number {
    return this.#demcr;
  }

  set demcr(value: number) {
    this.#demcr = value & (this.part.architecture === "v6-M" ? DEMCR_V6 : DEMCR_MAIN);
    this.watchpoints.enabled = (value & TRCENA) !== 0;
    this.executor.catches(CATCHES.flatMap(([bit, exceptions]) => ((value & bit) === 0 ? [] : exceptions)));
  }

  get dfsr(): number {
    this.live();
    return this.#dfsr;
  }

  clearDfsr(value: number): void {
    this.#dfsr &= ~value;
  }

  get dcrdr(): number {
    return this.#dcrdr;
  }

  set dcrdr(value: number) {
    this.#dcrdr = value >>> 0;
  }

  /** Register transfers do nothing while the core runs; S_REGRDY then stays low. */
  writeDcrsr(value: number): void {
    this.live();
    if (!this.#halted) {
      this.#registerReadyUs = Infinity;
      return;
    }
    this.#registerReadyUs = this.#agenda.nowUs() + REGISTER_US;
    const selector = value & 0x7f;
    if ((value & REGWNR) !== 0) this.registers.write(selector, this.#dcrdr);
    else this.#dcrdr = this.registers.read(selector);
  }

  /** Debug state ends a lockup, and a sleep: a debugger may set the core right (Armv7-M C1.6.2, S_LOCKUP and S_SLEEP). */
  #halt(reason: number): void {
    this.#lockup = false;
    this.#held = undefined;
    this.executor.recover();
    this.#halted = true;
    this.#control |= HALT;
    this.#dfsr |= reason;
    this.#registerReadyUs = this.#agenda.nowUs();
    this.#log.note(`${this.settings.name} halted`);
  }

  /** Runs one instruction. A stop of the core at the instruction stops a step too. */
  #step(): void {
    this.#retired = true;
    const startPs = this.#livedPs;
    const slice = new Slice({ startPs, endPs: startPs }, this.executor.ownPerUs, 0);
    const stop = this.executor.run(1, slice);
    if (stop === "lockup" || stop === "reset-request") this.#stopped(stop);
    else this.#halt(DFSR_HALTED | causeOf(stop));
  }
}

/** Returns the bits that a step adds to DFSR for its stop. */
function causeOf(stop: Stop | undefined): number {
  if (stop === "watchpoint") return DFSR_DWTTRAP;
  return stop === "bkpt" || stop === "breakpoint" ? DFSR_BKPT : 0;
}
