/**
 * Run control of a Cortex-M: halting, stepping, resets, vector catch. Knows the debug registers' meaning (Armv7-M C1.6,
 * Armv8-M D1.2), not where they stand (system-control-space.ts) and no instruction (Executor).
 */
import { Failure } from "../lib/fault.ts";
import type { Agenda } from "./agenda.ts";
import { BreakpointUnit } from "./breakpoint-unit.ts";
import type { Bus } from "./bus.ts";
import { coreParts, type CorePart, type CoreType } from "./core-parts.ts";
import { CoreRegisters } from "./core-registers.ts";
import type { ModelFault } from "./faults.ts";
import type { ExecutingCore, Executor } from "./executor.ts";
import type { TargetLog } from "./log.ts";

export interface CortexMSettings {
  readonly name: string;
  readonly type: CoreType;
  /** Where another revision than the usual one is built in. */
  readonly cpuid?: number | undefined;
  /** The vector table after reset. */
  readonly vectors: number;
  /** Designer of the core's ROM table, where it is not Arm. */
  readonly romTable?: { readonly bank: number; readonly code: number } | undefined;
}

/** DHCSR, what a debugger writes. */
const DEBUGEN = 1 << 0;
const HALT = 1 << 1;
const STEP = 1 << 2;
const CONTROL_BITS = 0x2f;
/** Written in the upper half, else the write is ignored. */
const DBGKEY = 0xa05f;

const REGRDY = 1 << 16;
const S_HALT = 1 << 17;
const S_LOCKUP = 1 << 19;
const S_RETIRE = 1 << 24;
const S_RESET = 1 << 25;

const DFSR_HALTED = 1 << 0;
const DFSR_BKPT = 1 << 1;
const DFSR_VCATCH = 1 << 3;

const VC_CORERESET = 1 << 0;
const REGWNR = 1 << 16;
/** How long a register transfer keeps S_REGRDY low. */
const REGISTER_US = 0.5;

export class CortexM {
  readonly settings: CortexMSettings;
  readonly part: CorePart;
  readonly registers: CoreRegisters;
  readonly breakpoints: BreakpointUnit;
  readonly bus: Bus;
  /** What runs instructions; set by who has one. */
  executor: Executor | undefined;
  readonly #agenda: Agenda;
  readonly #log: TargetLog;
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
  #livedUs = 0;
  /** Instructions owed for time that was too short for a whole one. */
  #owed = 0;

  constructor(
    settings: CortexMSettings,
    bus: Bus,
    target: { readonly agenda: Agenda; readonly log: TargetLog },
  ) {
    this.settings = settings;
    this.part = coreParts[settings.type];
    this.registers = new CoreRegisters(this.part);
    this.breakpoints = new BreakpointUnit(this.part);
    this.bus = bus;
    this.#agenda = target.agenda;
    this.#log = target.log;
  }

  get halted(): boolean {
    return this.#halted;
  }

  get cpuid(): number {
    return this.settings.cpuid ?? this.part.cpuid;
  }

  /** Stops the core and clears what a warm reset clears; debug settings survive anything but loss of power. */
  enterReset(power: boolean): void {
    this.#inReset = true;
    this.#sawReset = true;
    this.#halted = false;
    this.#lockup = false;
    this.#retired = false;
    this.#control &= DEBUGEN;
    if (!power) return;
    this.#control = 0;
    this.#demcr = 0;
    this.#dfsr = 0;
    this.#dcrdr = 0;
  }

  /** Fetches the vectors and runs, or halts before the first instruction. */
  leaveReset(): void {
    if (!this.#inReset) return;
    this.#inReset = false;
    this.#livedUs = this.#agenda.nowUs();
    const stack = this.bus.read(this.settings.vectors, 4);
    const entry = this.bus.read(this.settings.vectors + 4, 4);
    const usable = stack !== "error" && entry !== "error" && (entry & 1) === 1 && entry !== 0xffff_ffff;
    this.registers.reset(stack === "error" ? 0 : stack, entry === "error" ? 0 : entry);
    this.#lockup = !usable;
    if ((this.#control & DEBUGEN) === 0) return;
    if ((this.#demcr & VC_CORERESET) !== 0) this.#halt(DFSR_VCATCH);
    else if (usable && this.breakpoints.breaksAt(this.registers.pc)) this.#halt(DFSR_BKPT);
  }

  /** Lets the time that has passed take effect. */
  live(): void {
    const nowUs = this.#agenda.nowUs();
    const passedUs = nowUs - this.#livedUs;
    this.#livedUs = nowUs;
    if (this.#halted || this.#inReset || this.#lockup || passedUs <= 0) return;
    this.#retired = true;
    if (this.executor === undefined) return;
    this.#owed += passedUs * this.executor.perUs;
    const whole = Math.floor(this.#owed);
    this.#owed -= whole;
    this.#run(whole);
  }

  readDhcsr(): number {
    this.live();
    const value =
      this.#control |
      (this.#agenda.nowUs() >= this.#registerReadyUs ? REGRDY : 0) |
      (this.#halted ? S_HALT : 0) |
      (this.#lockup ? S_LOCKUP : 0) |
      (this.#retired ? S_RETIRE : 0) |
      (this.#sawReset ? S_RESET : 0);
    this.#retired = false;
    // While reset is asserted the flag stays (Armv7-M C1.6.2: cleared by a read when the core is out of reset).
    if (!this.#inReset) this.#sawReset = false;
    return value >>> 0;
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
    if (!this.#halted) return;
    this.#halted = false;
    this.#livedUs = this.#agenda.nowUs();
    if ((this.#control & STEP) !== 0) this.#step();
  }

  get demcr(): number {
    return this.#demcr;
  }

  set demcr(value: number) {
    // VC bits, MON bits, SDME and TRCENA.
    this.#demcr = (value & 0x0100_07f1) | (value & 0x000f_0000);
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

  #halt(reason: number): void {
    this.#halted = true;
    this.#control |= HALT;
    this.#dfsr |= reason;
    this.#registerReadyUs = this.#agenda.nowUs();
    this.#log.note(`${this.settings.name} halted`);
  }

  #step(): void {
    if (this.executor === undefined) this.registers.pc = (this.registers.pc + 2) >>> 0;
    else this.executor.run(this.#executing(), 1);
    this.#retired = true;
    this.#halt(DFSR_HALTED);
  }

  #run(instructions: number): void {
    if (this.executor === undefined || instructions === 0) return;
    const { stop } = this.executor.run(this.#executing(), instructions);
    if (stop === "lockup") this.#lockup = true;
    if (stop === "breakpoint" && (this.#control & DEBUGEN) !== 0) this.#halt(DFSR_BKPT);
  }

  #executing(): ExecutingCore {
    const { registers, breakpoints, bus } = this;
    return {
      registers: registers.general,
      get xpsr() {
        return registers.xpsr;
      },
      set xpsr(value) {
        registers.xpsr = value;
      },
      bus,
      breaksAt: (address) => breakpoints.breaksAt(address),
    };
  }
}

/** For models: the core's type by its name in a pack, or what is known. */
export function coreType(name: string): CoreType {
  if (Object.hasOwn(coreParts, name)) return name as CoreType;
  const known = Object.keys(coreParts);
  throw new Failure<ModelFault>(
    { kind: "unknown-part", part: "core", name, known },
    `there is no simulated core "${name}"; there are ${known.join(", ")}`,
  );
}
