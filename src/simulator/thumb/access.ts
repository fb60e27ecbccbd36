/**
 * Does single loads and stores by width, for every addressing mode. Knows memory's alignment rules only
 * through Memory.
 */
import type { Cpu } from "./cpu.ts";
import type { Op, Place } from "./encoding.ts";
import { PC, SP, type Slot } from "./state.ts";

export type Width = "word" | "half" | "byte" | "signed half" | "signed byte";

/** The address is r[n] + (r[m] << shift) + k; an absent register is ZERO. */
export interface Address {
  readonly n: Slot;
  readonly m: Slot;
  readonly shift: number;
  readonly k: number;
}

export function load(cpu: Cpu, width: Width, t: Slot, address: Address, place: Place): Op | undefined {
  place.cycles = 2;
  if (t === PC) return width === "word" ? loadPc(cpu, address, place) : undefined;
  if (t === SP) return width === "word" ? loadSp(cpu, address) : undefined;
  const { n, m, shift, k } = address;
  const { memory } = cpu;
  const { r } = cpu.state;
  switch (width) {
    case "word":
      return () => void (r[t] = memory.load32((r[n] + (r[m] << shift) + k) | 0));
    case "half":
      return () => void (r[t] = memory.load16((r[n] + (r[m] << shift) + k) | 0));
    case "byte":
      return () => void (r[t] = memory.load8((r[n] + (r[m] << shift) + k) | 0));
    case "signed half":
      return () => void (r[t] = (memory.load16((r[n] + (r[m] << shift) + k) | 0) << 16) >> 16);
    case "signed byte":
      return () => void (r[t] = (memory.load8((r[n] + (r[m] << shift) + k) | 0) << 24) >> 24);
  }
}

/** LDR to PC is a branch as BX is, and reads an aligned word only. */
function loadPc(cpu: Cpu, { n, m, shift, k }: Address, place: Place): Op | undefined {
  if (place.inIt && !place.lastInIt) return undefined;
  const { r } = cpu.state;
  place.ends = true;
  return () => {
    const address = (r[n] + (r[m] << shift) + k) | 0;
    cpu.memory.align(address, 4);
    cpu.interwork(cpu.memory.load32(address));
  };
}

function loadSp(cpu: Cpu, { n, m, shift, k }: Address): Op {
  const { r } = cpu.state;
  return () => {
    cpu.setSp(cpu.memory.load32((r[n] + (r[m] << shift) + k) | 0));
  };
}

export function store(cpu: Cpu, width: Width, t: Slot, { n, m, shift, k }: Address, place: Place): Op {
  place.cycles = 2;
  const { memory } = cpu;
  const { r } = cpu.state;
  switch (width) {
    case "word":
      return () => {
        memory.store32((r[n] + (r[m] << shift) + k) | 0, r[t]);
      };
    case "half":
    case "signed half":
      return () => {
        memory.store16((r[n] + (r[m] << shift) + k) | 0, r[t]);
      };
    case "byte":
    case "signed byte":
      return () => {
        memory.store8((r[n] + (r[m] << shift) + k) | 0, r[t]);
      };
  }
}

/** Reads by width, for code in which speed does not matter. */
export function loadNow({ memory }: Cpu, width: Width, address: number): number {
  switch (width) {
    case "word":
      return memory.load32(address);
    case "half":
      return memory.load16(address);
    case "byte":
      return memory.load8(address);
    case "signed half":
      return (memory.load16(address) << 16) >> 16;
    case "signed byte":
      return (memory.load8(address) << 24) >> 24;
  }
}

export function storeNow({ memory }: Cpu, width: Width, address: number, value: number): void {
  if (width === "word") memory.store32(address, value);
  else if (width === "half" || width === "signed half") memory.store16(address, value);
  else memory.store8(address, value);
}
