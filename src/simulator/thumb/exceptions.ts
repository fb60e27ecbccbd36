/**
 * Tracks which exceptions are enabled, pending and active, and which may interrupt which. Knows no stack and
 * no address.
 */
import type { ThumbProfile } from "./port.ts";
import type { State } from "./state.ts";

export const NMI = 2;
export const HARD_FAULT = 3;
export const MEM_MANAGE = 4;
export const BUS_FAULT = 5;
export const USAGE_FAULT = 6;
export const SV_CALL = 11;
export const PEND_SV = 14;
export const SYS_TICK = 15;
export const FIRST_INTERRUPT = 16;

/** This is lower than any priority that can be set: nothing is active. */
const THREAD = 256;

export class Exceptions {
  readonly count: number;
  readonly pending: Uint8Array;
  readonly active: Uint8Array;
  readonly enabled: Uint8Array;
  /** Priorities as written to SHPR and IPR, with implemented bits only; the fixed priorities are not in here. */
  readonly priorities: Uint8Array;
  readonly #state: State;
  readonly #priorityMask: number;
  /** True if a debugger keeps PendSV, SysTick and interrupts from being taken (DHCSR.C_MASKINTS). */
  masked = false;
  /** The value of AIRCR.PRIGROUP. */
  group = 0;

  constructor(profile: ThumbProfile, state: State) {
    this.count = FIRST_INTERRUPT + profile.interrupts;
    this.pending = new Uint8Array(this.count);
    this.active = new Uint8Array(this.count);
    this.enabled = new Uint8Array(this.count);
    this.priorities = new Uint8Array(this.count);
    this.#state = state;
    this.#priorityMask = 0xff & ~(0xff >> profile.priorityBits);
    this.reset();
  }

  reset(): void {
    for (const list of [this.pending, this.active, this.enabled, this.priorities]) list.fill(0);
    for (const always of [NMI, HARD_FAULT, SV_CALL, PEND_SV, SYS_TICK]) this.enabled[always] = 1;
    this.group = 0;
  }

  /** Makes it pending, so that the core looks at it before the next block. */
  pend(number: number): void {
    if (number >= this.count) return;
    this.pending[number] = 1;
    this.#state.attention = true;
  }

  setPriority(number: number, value: number): void {
    this.priorities[number] = value & this.#priorityMask;
    this.#state.attention = true;
  }

  priorityOf(number: number): number {
    if (number === NMI) return -2;
    if (number === HARD_FAULT) return -1;
    return this.priorities[number] ?? THREAD;
  }

  /** Returns ExecutionPriority of the manual: masks and the most urgent active exception, by group. */
  executionPriority(ignoringPrimask = false): number {
    const { basepri, primask, faultmask } = this.#state;
    let priority = this.#activePriority();
    if (basepri !== 0) priority = Math.min(priority, this.#grouped(basepri));
    if (primask !== 0 && !ignoringPrimask) priority = Math.min(priority, 0);
    return faultmask !== 0 ? Math.min(priority, -1) : priority;
  }

  /** Returns true if this exception may be taken now. */
  preempts(number: number, ignoringPrimask = false): boolean {
    return this.#grouped(this.priorityOf(number)) < this.executionPriority(ignoringPrimask);
  }

  /** Returns the most urgent pending exception that is enabled, or 0. Equal priorities go by number. */
  next(): number {
    let best = 0;
    for (let number = NMI; number < this.count; number++) {
      if (this.pending[number] === 0 || this.enabled[number] === 0) continue;
      if (this.masked && number >= PEND_SV) break;
      if (best === 0 || this.priorityOf(number) < this.priorityOf(best)) best = number;
    }
    return best;
  }

  #grouped(priority: number): number {
    return priority < 0 ? priority : priority & ~((2 << this.group) - 1);
  }

  #activePriority(): number {
    let priority = THREAD;
    for (let number = NMI; number < this.count; number++)
      if (this.active[number] !== 0) priority = Math.min(priority, this.#grouped(this.priorityOf(number)));
    return priority;
  }
}
