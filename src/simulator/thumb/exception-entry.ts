/** Takes exceptions and returns from them: stacking, EXC_RETURN, vectors, escalation. Knows no instruction. */
import type { Cpu } from "./cpu.ts";
import { type Exceptions, HARD_FAULT, NMI } from "./exceptions.ts";
import type { FaultStatus } from "./fault-status.ts";
import type { FaultKind } from "./port.ts";
import { isMainline, isV8 } from "./profile.ts";
import { LR, PC, SP } from "./state.ts";

const FRAME_BYTES = 0x20;
/** Bit 9 of xPSR in a stacked frame says that four bytes were skipped for alignment. */
const PADDED = 1 << 9;
/** Bit 3 of EXC_RETURN means Thread mode, and bit 2 the process stack; the rest is fixed without FP context. */
const TO_THREAD = 8;
const ON_PSP = 4;

export interface EntrySettings {
  vtor: number;
  /** The value of CCR.STKALIGN. */
  aligns: boolean;
}

export class ExceptionEntry {
  readonly #cpu: Cpu;
  readonly #exceptions: Exceptions;
  readonly #status: FaultStatus;
  readonly #settings: EntrySettings;
  /**
   * The fixed bits of EXC_RETURN: Armv8-M tells Security states apart in bits 6 and 0, and there is no FP
   * frame.
   */
  readonly #returnBase: number;
  /** True after a fault that no handler could take. */
  lockedUp = false;

  constructor(cpu: Cpu, exceptions: Exceptions, status: FaultStatus, settings: EntrySettings) {
    this.#cpu = cpu;
    this.#exceptions = exceptions;
    this.#status = status;
    this.#settings = settings;
    this.#returnBase = isV8(cpu.profile) && cpu.profile.secure !== true ? 0xffff_ffb0 : 0xffff_fff1;
  }

  /**
   * Takes a fault of the current instruction, recorded in the trap; r[PC] is where it happened. Returns the
   * exception taken.
   */
  fault(): number {
    return this.synchronous(this.#status.note(this.#cpu.trap.record));
  }

  /** Takes an exception that cannot wait: it is taken now, or as HardFault, or the core locks up. */
  synchronous(number: number): number {
    const exceptions = this.#exceptions;
    if (exceptions.enabled[number] === 1 && exceptions.preempts(number)) return this.enter(number);
    if (number !== HARD_FAULT) this.#status.escalated();
    if (exceptions.executionPriority() <= -1) {
      this.lockedUp = true;
      return 0;
    }
    return this.enter(HARD_FAULT);
  }

  /** Does ExceptionEntry of the manual; r[PC] is the return address. A fault on the way is taken instead. */
  enter(number: number): number {
    const { trap } = this.#cpu;
    const link = this.#returnValue();
    try {
      this.#push();
    } catch (error) {
      if (!trap.caught(error)) throw error;
      if (trap.record.kind !== "stack-limit") this.#rename("stacking");
      this.#status.note(trap.record);
      if (number !== HARD_FAULT && number !== NMI) {
        this.#exceptions.pending[number] = 1;
        this.#status.escalated();
        return this.#take(HARD_FAULT, link);
      }
      this.lockedUp = true;
      return 0;
    }
    return this.#take(number, link);
  }

  #take(number: number, link: number): number {
    const { state, memory, trap } = this.#cpu;
    const { r } = state;
    state.select(number, state.control & ~2);
    state.it = 0;
    state.exclusive = -1;
    state.event = true;
    r[LR] = link;
    this.#exceptions.pending[number] = 0;
    this.#exceptions.active[number] = 1;
    try {
      // Bit 0 of a vector becomes EPSR.T, as with BX.
      r[PC] = memory.load32((this.#settings.vtor + 4 * number) | 0) ^ 1;
    } catch (error) {
      if (!trap.caught(error)) throw error;
      this.#rename("vector-read");
      this.#status.note(trap.record);
      this.#exceptions.active[number] = 0;
      if (number !== HARD_FAULT) return this.#take(HARD_FAULT, link);
      this.lockedUp = true;
      return 0;
    }
    return number;
  }

  #returnValue(): number {
    const { state } = this.#cpu;
    const mode = state.ipsr === 0 ? TO_THREAD : 0;
    return this.#returnBase | mode | (state.usesPsp() ? ON_PSP : 0);
  }

  #push(): void {
    const cpu = this.#cpu;
    const { state, memory } = cpu;
    const { r } = state;
    const sp = r[SP];
    const pads = this.#settings.aligns && (sp & 4) !== 0;
    const frame = (sp - FRAME_BYTES - (pads ? 4 : 0)) | 0;
    cpu.checkSp(frame);
    const psr = state.xpsr() | (pads ? PADDED : 0);
    r[SP] = frame;
    memory.store32(frame, r[0]);
    memory.store32((frame + 4) | 0, r[1]);
    memory.store32((frame + 8) | 0, r[2]);
    memory.store32((frame + 12) | 0, r[3]);
    memory.store32((frame + 16) | 0, r[12]);
    memory.store32((frame + 20) | 0, r[LR]);
    memory.store32((frame + 24) | 0, r[PC] & ~1);
    memory.store32((frame + 28) | 0, psr);
  }

  /** Does ExceptionReturn of the manual. Returns the exception taken instead, or 0. */
  return(value: number): number {
    const { state, trap } = this.#cpu;
    const exceptions = this.#exceptions;
    const from = state.ipsr;
    if (!this.#valid(value)) return this.#refuse("invalid-return");
    exceptions.active[from] = 0;
    if (from !== NMI && isMainline(this.#cpu.profile)) state.faultmask = 0;
    const toThread = (value & TO_THREAD) !== 0;
    const onPsp = (value & ON_PSP) !== 0;
    // The stack of the frame is selected first, so that r[SP] is the frame.
    state.select(toThread ? 0 : from, (state.control & 1) | (toThread && onPsp ? 2 : 0));
    try {
      this.#pop(toThread);
    } catch (error) {
      if (!trap.caught(error)) throw error;
      if (trap.record.kind !== "invalid-return") this.#rename("unstacking");
      return this.fault();
    }
    state.exclusive = -1;
    state.event = true;
    state.attention = true;
    return 0;
  }

  #valid(value: number): boolean {
    const expected = this.#returnBase | TO_THREAD | ON_PSP;
    const low = value & (TO_THREAD | ON_PSP);
    return (
      (value | TO_THREAD | ON_PSP) === (expected | 0) &&
      low !== ON_PSP &&
      this.#exceptions.active[this.#cpu.state.ipsr] === 1
    );
  }

  #refuse(kind: FaultKind): number {
    this.#rename(kind);
    return this.fault();
  }

  #rename(kind: FaultKind): void {
    this.#cpu.trap.record.kind = kind;
    this.#cpu.trap.record.opcode = 0;
  }

  #pop(toThread: boolean): void {
    const { state, memory, trap, profile } = this.#cpu;
    const { r } = state;
    const frame = r[SP];
    const psr = memory.load32((frame + 28) | 0);
    const target = memory.load32((frame + 24) | 0);
    const ipsr = psr & 0x1ff;
    if ((ipsr === 0) !== toThread) trap.raise("invalid-return");
    r[0] = memory.load32(frame);
    r[1] = memory.load32((frame + 4) | 0);
    r[2] = memory.load32((frame + 8) | 0);
    r[3] = memory.load32((frame + 12) | 0);
    r[12] = memory.load32((frame + 16) | 0);
    r[LR] = memory.load32((frame + 20) | 0);
    r[SP] = frame + FRAME_BYTES + ((psr & PADDED) !== 0 ? 4 : 0);
    state.select(ipsr, state.control);
    state.setFlags(psr);
    if (isMainline(profile)) {
      state.q = (psr >>> 27) & 1;
      state.it = ((psr >>> 25) & 3) | ((psr >>> 8) & 0xfc);
    }
    if (profile.dsp) state.ge = (psr >>> 16) & 15;
    r[PC] = (target & ~1) | ((psr >>> 24) & 1 ? 0 : 1);
  }
}
