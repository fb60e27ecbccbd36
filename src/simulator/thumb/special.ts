/**
 * Does MRS, MSR and CPS: the special registers by number, with the privilege and the architecture that each
 * needs.
 */
import type { Cpu } from "./cpu.ts";
import type { Fields, Make, Op, Place } from "./encoding.ts";
import { isMainline, isV8 } from "./profile.ts";
import { PC, SP, type State } from "./state.ts";

interface Special {
  readonly on: "all" | "main" | "v8";
  /** True if it is readable without privilege; otherwise such a read gives 0. */
  readonly open?: true;
  readonly read: (s: State) => number;
  readonly write?: (s: State, value: number, cpu: Cpu) => void;
}

const IPSR = (s: State): number => s.ipsr;
/** EPSR reads as zero. */
const NOTHING = (): number => 0;

/** Numbers are as in the description of MRS in the Armv7-M and Armv8-M manuals (SYSm). */
const SPECIAL: Readonly<Record<number, Special>> = {
  0: { on: "all", open: true, read: (s) => s.apsr() },
  1: { on: "all", open: true, read: (s) => s.apsr() | IPSR(s) },
  2: { on: "all", open: true, read: (s) => s.apsr() },
  3: { on: "all", open: true, read: (s) => s.apsr() | IPSR(s) },
  5: { on: "all", open: true, read: IPSR, write: NOTHING },
  6: { on: "all", open: true, read: NOTHING, write: NOTHING },
  7: { on: "all", open: true, read: IPSR, write: NOTHING },
  8: { on: "all", read: (s) => s.msp, write: (s, value) => void (s.msp = value) },
  9: { on: "all", read: (s) => s.psp, write: (s, value) => void (s.psp = value) },
  10: { on: "v8", read: (s) => s.msplim, write: (s, value) => void (s.msplim = value & ~7) },
  11: { on: "v8", read: (s) => s.psplim, write: (s, value) => void (s.psplim = value & ~7) },
  16: { on: "all", read: (s) => s.primask, write: (s, value) => void (s.primask = value & 1) },
  17: {
    on: "main",
    read: (s) => s.basepri,
    write: (s, value, cpu) => void (s.basepri = maskable(cpu, value)),
  },
  18: { on: "main", read: (s) => s.basepri, write: raiseBasepri },
  19: { on: "main", read: (s) => s.faultmask, write: writeFaultmask },
  20: { on: "all", open: true, read: (s) => s.control, write: writeControl },
};

function maskable({ profile }: Cpu, value: number): number {
  return value & 0xff & ~(0xff >> profile.priorityBits);
}

/** BASEPRI_MAX only ever raises the mask. */
function raiseBasepri(s: State, value: number, cpu: Cpu): void {
  const next = maskable(cpu, value);
  if (next !== 0 && (s.basepri === 0 || next < s.basepri)) s.basepri = next;
}

/** FAULTMASK cannot be set by HardFault and NMI. */
function writeFaultmask(s: State, value: number): void {
  if (s.ipsr !== 2 && s.ipsr !== 3) s.faultmask = value & 1;
}

/** SPSEL changes only in Thread mode; the stack pointers change places with it. */
function writeControl(s: State, value: number): void {
  const spsel = s.ipsr === 0 ? value & 2 : s.control & 2;
  s.select(s.ipsr, spsel | (value & 1));
}

function available(cpu: Cpu, number: number): Special | undefined {
  const special = SPECIAL[number];
  if (special === undefined) return undefined;
  const { on } = special;
  if (on === "main" && !isMainline(cpu.profile)) return undefined;
  return on === "v8" && !isV8(cpu.profile) ? undefined : special;
}

export function moveFromSpecial(cpu: Cpu, { d, s: number }: Fields, place: Place): Op | undefined {
  const special = available(cpu, number);
  if (special === undefined || d === SP || d === PC) return undefined;
  const { state } = cpu;
  const { r } = state;
  place.cycles = 2;
  return () => void (r[d] = special.open === true || state.privileged() ? special.read(state) : 0);
}

export function moveToSpecial(cpu: Cpu, { n, k: mask, s: number }: Fields, place: Place): Op | undefined {
  const special = available(cpu, number);
  if (special === undefined || n === SP || n === PC) return undefined;
  const { state } = cpu;
  const { r } = state;
  place.cycles = 2;
  if (number < 4) {
    if (mask === 0 || ((mask & 1) !== 0 && !cpu.profile.dsp)) return undefined;
    return () => {
      const value = r[n];
      if ((mask & 1) !== 0) state.ge = (value >>> 16) & 15;
      if ((mask & 2) === 0) return;
      state.setFlags(value);
      if (isMainline(cpu.profile)) state.q = (value >>> 27) & 1;
    };
  }
  const { write } = special;
  if (mask !== 2 || write === undefined) return undefined;
  return () => {
    if (!state.privileged()) return;
    write(state, r[n], cpu);
    cpu.attend();
  };
}

/** Does CPSIE and CPSID: k disables, p is PRIMASK, f is FAULTMASK. */
export const changeProcessorState: Make = (cpu, { k, p, f }, place) => {
  if ((p | f) === 0 || place.inIt || (f !== 0 && !isMainline(cpu.profile))) return undefined;
  const { state } = cpu;
  return () => {
    if (!state.privileged()) return;
    if (p !== 0) state.primask = k;
    if (f !== 0) writeFaultmask(state, k);
    cpu.attend();
  };
};
