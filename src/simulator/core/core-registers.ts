/**
 * Holds the registers of a core by their DCRSR.REGSEL (Armv7-M C1.6.3, Armv8-M D1.2.39), and their values
 * after a reset.
 */
import type { CorePart } from "./core-parts.ts";
import type { Kept } from "../bus/kept.ts";

const SP = 13;
const LR = 14;
const PC = 15;
const XPSR = 16;
const MSP = 17;
const PSP = 18;
/** CONTROL, FAULTMASK, BASEPRI and PRIMASK share one word. */
const SPECIAL = 20;
const CONTROL_SPSEL = 1 << 25;
/** FPSCR and S0 to S31 follow from here. */
const FPSCR = 33;
const S0 = 64;
const S31 = 95;
/** These are MSP_NS, PSP_NS, MSP_S, PSP_S, the four limits, and the two banks of special registers. */
const BANKED_FIRST = 0x18;
const BANKED_LAST = 0x23;
const LIMIT_FIRST = 0x1c;

const THUMB = 0x0100_0000;

export class CoreRegisters {
  readonly #part: CorePart;
  readonly #values = new Map<number, number>();
  /** These are r0 to r15, shared with an executor. */
  readonly general = new Uint32Array(16);
  xpsr = THUMB;

  constructor(part: CorePart) {
    this.#part = part;
  }

  /** Registers that a core does not have read as zero. */
  read(selector: number): number {
    this.#store();
    if (selector <= PC) return this.general[selector] ?? 0;
    if (selector === XPSR) return this.xpsr;
    return this.#values.get(selector) ?? 0;
  }

  /** Writes to registers that a core does not have are ignored. */
  write(selector: number, value: number): void {
    if (selector < PC) this.general[selector] = value;
    else if (selector === PC) this.general[PC] = value & ~1;
    else if (selector === XPSR) this.xpsr = value >>> 0;
    else if (this.#has(selector)) this.#values.set(selector, this.#masked(selector, value));
    if (selector <= PC) this.#store();
    else this.#load();
  }

  readonly kept: Kept = {
    save: () => {
      this.#store();
      const general = [...this.general].map((value, number) => [`r${number}`, value] as const);
      const special = [...this.#values].map(([selector, value]) => [`special${selector}`, value] as const);
      return Object.fromEntries([...general, ["xpsr", this.xpsr] as const, ...special]);
    },
    load: (numbers) => {
      for (const [name, value] of Object.entries(numbers)) {
        const [, kind, number] = /^(r|special)(\d+)$/.exec(name) ?? [];
        if (kind === "r") this.general[Number(number)] = value;
        else if (kind === "special") this.#values.set(Number(number), value);
      }
      this.xpsr = numbers["xpsr"] ?? THUMB;
      this.#load();
    },
  };

  get pc(): number {
    return this.general[PC] ?? 0;
  }

  set pc(address: number) {
    this.general[PC] = address;
  }

  reset(stackPointer: number, entry: number): void {
    this.#values.clear();
    this.general.fill(0);
    this.#values.set(MSP, (stackPointer & ~3) >>> 0);
    this.general[LR] = 0xffff_ffff;
    this.general[PC] = (entry & ~1) >>> 0;
    this.xpsr = (entry & 1) === 1 ? THUMB : 0;
    this.#load();
  }

  /** r13 is the stack pointer that CONTROL.SPSEL chooses in thread mode. */
  get #stack(): number {
    const threadMode = (this.xpsr & 0x1ff) === 0;
    return threadMode && ((this.#values.get(SPECIAL) ?? 0) & CONTROL_SPSEL) !== 0 ? PSP : MSP;
  }

  #store(): void {
    this.#values.set(this.#stack, ((this.general[SP] ?? 0) & ~3) >>> 0);
  }

  #load(): void {
    this.general[SP] = this.#values.get(this.#stack) ?? 0;
  }

  #has(selector: number): boolean {
    if (selector === MSP || selector === PSP || selector === SPECIAL) return true;
    if (selector === FPSCR || (selector >= S0 && selector <= S31)) return this.#part.fpu;
    const secure = this.#part.architecture.startsWith("v8");
    return secure && selector >= BANKED_FIRST && selector <= BANKED_LAST;
  }

  #masked(selector: number, value: number): number {
    const stack = selector === MSP || selector === PSP;
    const banked = selector >= BANKED_FIRST && selector < LIMIT_FIRST;
    return (stack || banked ? value & ~3 : value) >>> 0;
  }
}
