/**
 * Holds the registers of the System Control Space that belong to the core: SysTick, NVIC, SCB. Debug
 * registers are not among them.
 */
import { type Exceptions, FIRST_INTERRUPT, NMI, PEND_SV, SYS_TICK } from "./exceptions.ts";
import type { EntrySettings } from "./exception-entry.ts";
import type { FaultStatus } from "./fault-status.ts";
import type { Cpu } from "./cpu.ts";
import { isMainline, isV8 } from "./profile.ts";
import type { SysTick } from "./sys-tick.ts";

/** These are the space, and the debug registers in it (DHCSR to DSCSR), which the chip around the core keeps. */
const SPACE = 0xe000_e;
const DEBUG_FIRST = 0xdf0;
const DEBUG_END = 0xe00;

const VECTKEY = 0x05fa;
const VECTKEYSTAT = 0xfa05_0000;
/** These are the places in SHCSR of each system exception's active, pending and enable bits (Armv7-M B3.2.13). */
const SHCSR_ACTIVE: readonly (readonly [number, number])[] = [[0, 4], [1, 5], [3, 6], [7, 11], [8, 12], [10, 14], [11, 15]]; // prettier-ignore
const SHCSR_PENDING: readonly (readonly [number, number])[] = [[12, 6], [13, 4], [14, 5], [15, 11]]; // prettier-ignore
const SHCSR_ENABLE: readonly (readonly [number, number])[] = [[16, 4], [17, 5], [18, 6]]; // prettier-ignore

/** The core obeys these bits of CCR. */
const UNALIGN_TRP = 1 << 3;
const DIV_0_TRP = 1 << 4;
const STKOFHFNMIGN = 1 << 10;
const STKALIGN = 1 << 9;

interface Parts {
  readonly cpu: Cpu;
  readonly exceptions: Exceptions;
  readonly status: FaultStatus;
  readonly settings: EntrySettings;
  readonly sysTick: SysTick;
  /** Brings SysTick to the present. */
  readonly syncTime: () => void;
}

export class SystemControl {
  readonly #parts: Parts;
  #ccr = 0;
  #scr = 0;
  #cpacr = 0;
  #dfsr = 0;
  /** True if AIRCR.SYSRESETREQ was written. */
  resetRequested = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.reset();
  }

  reset(): void {
    this.#scr = 0;
    this.#cpacr = 0;
    this.resetRequested = false;
    this.#setCcr(STKALIGN);
  }

  get sleepsOnExit(): boolean {
    return (this.#scr & 2) !== 0;
  }

  get wakesOnPending(): boolean {
    return (this.#scr & 16) !== 0;
  }

  holds(address: number): boolean {
    const offset = address & 0xfff;
    return address >>> 12 === SPACE && (offset < DEBUG_FIRST || offset >= DEBUG_END);
  }

  /** Reads any size within a word; unimplemented registers read as zero. */
  read(address: number, size: 1 | 2 | 4): number {
    const word = this.#readWord(address & 0xffc);
    const shifted = word >>> (8 * (address & 3));
    return size === 4 ? word >>> 0 : size === 2 ? shifted & 0xffff : shifted & 0xff;
  }

  write(address: number, value: number, size: 1 | 2 | 4): void {
    const offset = address & 0xffc;
    const shift = 8 * (address & 3);
    const mask = size === 4 ? ~0 : ((1 << (8 * size)) - 1) << shift;
    // Registers that ones clear must not see what was not written.
    const rest = offset === 0xd28 || offset < 0x400 ? 0 : this.#readWord(offset) & ~mask;
    this.#writeWord(offset, ((value << shift) & mask) | rest);
    this.#parts.cpu.attend();
  }

  #readWord(offset: number): number {
    const { exceptions, sysTick, syncTime } = this.#parts;
    if (offset >= 0x010 && offset < 0x020) {
      syncTime();
      return sysTick.read(offset - 0x010);
    }
    if (offset >= 0x100 && offset < 0x400) return this.#interrupts(offset);
    if (offset >= 0x400 && offset < 0x800) return this.#priorities(FIRST_INTERRUPT + offset - 0x400);
    if (offset >= 0xd18 && offset < 0xd24) return this.#priorities(4 + offset - 0xd18);
    if (offset === 0x004) return Math.max(0, Math.ceil((exceptions.count - FIRST_INTERRUPT) / 32) - 1);
    return this.#block(offset);
  }

  #block(offset: number): number {
    const { cpu, exceptions, status, settings } = this.#parts;
    switch (offset) {
      case 0xd00:
        return cpu.profile.cpuid;
      case 0xd04:
        return this.#icsr();
      case 0xd08:
        return settings.vtor;
      case 0xd0c:
        return VECTKEYSTAT | (exceptions.group << 8);
      case 0xd10:
        return this.#scr;
      case 0xd14:
        return this.#ccr;
      case 0xd24:
        return this.#shcsr();
      case 0xd28:
        return isMainline(cpu.profile) ? status.cfsr : 0;
      case 0xd2c:
        return isMainline(cpu.profile) ? status.hfsr : 0;
      case 0xd30:
        return this.#dfsr;
      case 0xd34:
        return status.mmfar;
      case 0xd38:
        return status.bfar;
      case 0xd44:
        // ID_PFR1 names the M-profile, and the Security Extension (Armv8-M D1.2.146).
        return isV8(cpu.profile) && cpu.profile.secure === true ? 0x210 : 0x200;
      case 0xd88:
        return this.#cpacr;
      default:
        return 0;
    }
  }

  #writeWord(offset: number, value: number): void {
    const { exceptions, sysTick, syncTime } = this.#parts;
    if (offset >= 0x010 && offset < 0x020) {
      syncTime();
      sysTick.write(offset - 0x010, value);
    } else if (offset >= 0x100 && offset < 0x300) this.#setInterrupts(offset, value);
    else if (offset >= 0x400 && offset < 0x800) this.#setPriorities(FIRST_INTERRUPT + offset - 0x400, value);
    else if (offset >= 0xd18 && offset < 0xd24) this.#setPriorities(4 + offset - 0xd18, value);
    else if (offset === 0xf00) exceptions.pend(FIRST_INTERRUPT + (value & 0x1ff));
    else this.#setBlock(offset, value);
  }

  #setBlock(offset: number, value: number): void {
    const { cpu, status, settings } = this.#parts;
    const mainline = isMainline(cpu.profile);
    switch (offset) {
      case 0xd04:
        this.#setIcsr(value);
        break;
      case 0xd08:
        settings.vtor = value & ~0x7f;
        break;
      case 0xd0c:
        this.#setAircr(value);
        break;
      case 0xd10:
        this.#scr = value & 0x16;
        break;
      case 0xd14:
        if (mainline) this.#setCcr(value);
        break;
      case 0xd24:
        if (mainline) this.#setShcsr(value);
        break;
      case 0xd28:
        status.cfsr &= ~value;
        break;
      case 0xd2c:
        status.hfsr &= ~value;
        break;
      case 0xd30:
        this.#dfsr &= ~value;
        break;
      case 0xd88:
        this.#cpacr = value & 0x00ff_ffff;
        break;
      default:
    }
  }

  #setCcr(value: number): void {
    const { cpu, settings } = this.#parts;
    const mainline = isMainline(cpu.profile);
    const fixed = mainline ? 0 : UNALIGN_TRP;
    const always = isV8(cpu.profile) || !mainline ? STKALIGN : 0;
    this.#ccr = (value & (0x21b | STKOFHFNMIGN)) | fixed | always;
    cpu.memory.alignment = (this.#ccr & UNALIGN_TRP) !== 0 ? -1 : 0;
    cpu.divideTraps = mainline && (this.#ccr & DIV_0_TRP) !== 0;
    settings.aligns = (this.#ccr & STKALIGN) !== 0;
  }

  /** True if HardFault and NMI run without stack limits (CCR.STKOFHFNMIGN). */
  get ignoresLimits(): boolean {
    return (this.#ccr & STKOFHFNMIGN) !== 0;
  }

  #icsr(): number {
    const { cpu, exceptions } = this.#parts;
    const next = exceptions.next();
    const external = exceptions.pending.indexOf(1, FIRST_INTERRUPT) >= 0 ? 1 << 22 : 0;
    const pends = (number: number, bit: number): number => (exceptions.pending[number] === 1 ? 1 << bit : 0);
    return (
      pends(NMI, 31) | pends(PEND_SV, 28) | pends(SYS_TICK, 26) | external | (next << 12) | cpu.state.ipsr
    );
  }

  #setIcsr(value: number): void {
    const { exceptions } = this.#parts;
    if (((value >>> 31) & 1) !== 0) exceptions.pend(NMI);
    if (((value >>> 28) & 1) !== 0) exceptions.pend(PEND_SV);
    else if (((value >>> 27) & 1) !== 0) exceptions.pending[PEND_SV] = 0;
    if (((value >>> 26) & 1) !== 0) exceptions.pend(SYS_TICK);
    else if (((value >>> 25) & 1) !== 0) exceptions.pending[SYS_TICK] = 0;
  }

  #setAircr(value: number): void {
    if (value >>> 16 !== VECTKEY) return;
    if ((value & 4) !== 0) this.resetRequested = true;
    if (isMainline(this.#parts.cpu.profile)) this.#parts.exceptions.group = (value >>> 8) & 7;
  }

  #shcsr(): number {
    const { exceptions } = this.#parts;
    const bits = (list: typeof SHCSR_ACTIVE, from: Uint8Array): number =>
      list.reduce((sum, [bit, number]) => sum | ((from[number] ?? 0) << bit), 0);
    return bits(SHCSR_ACTIVE, exceptions.active) | bits(SHCSR_PENDING, exceptions.pending) | bits(SHCSR_ENABLE, exceptions.enabled); // prettier-ignore
  }

  #setShcsr(value: number): void {
    const { exceptions } = this.#parts;
    for (const [bit, number] of SHCSR_ENABLE) exceptions.enabled[number] = (value >>> bit) & 1;
    for (const [bit, number] of SHCSR_PENDING) exceptions.pending[number] = (value >>> bit) & 1;
  }

  /** Reads ISER, ICER, ISPR, ICPR, IABR: 32 interrupts in each word. */
  #interrupts(offset: number): number {
    const { exceptions } = this.#parts;
    const first = FIRST_INTERRUPT + (offset & 0x7f) * 8;
    const list =
      offset >= 0x300 ? exceptions.active : offset >= 0x200 ? exceptions.pending : exceptions.enabled;
    let word = 0;
    for (let bit = 0; bit < 32; bit++) word |= (list[first + bit] ?? 0) << bit;
    return word;
  }

  #setInterrupts(offset: number, value: number): void {
    const { exceptions } = this.#parts;
    const first = FIRST_INTERRUPT + (offset & 0x7f) * 8;
    const list = offset >= 0x200 ? exceptions.pending : exceptions.enabled;
    const state = (offset & 0x80) === 0 ? 1 : 0;
    for (let bit = 0; bit < 32; bit++)
      if (((value >>> bit) & 1) !== 0 && first + bit < exceptions.count) list[first + bit] = state;
  }

  #priorities(first: number): number {
    const { exceptions } = this.#parts;
    let word = 0;
    for (let i = 0; i < 4; i++) word |= (exceptions.priorities[first + i] ?? 0) << (8 * i);
    return word;
  }

  #setPriorities(first: number, value: number): void {
    const { exceptions } = this.#parts;
    for (let i = 0; i < 4; i++)
      if (first + i < exceptions.count) exceptions.setPriority(first + i, (value >>> (8 * i)) & 0xff);
  }
}
