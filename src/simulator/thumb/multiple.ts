/** Does loads and stores of register lists, including push and pop. */
import type { Cpu } from "./cpu.ts";
import type { Op, Place } from "./encoding.ts";
import { LR, PC, SP, type Slot } from "./state.ts";

export function registerList(bits: number): readonly Slot[] {
  const list: Slot[] = [];
  for (let slot = 0; slot < 16; slot++) if (((bits >>> slot) & 1) !== 0) list.push(slot as Slot);
  return list;
}

interface Multiple {
  readonly n: Slot;
  readonly list: readonly Slot[];
  /** True to decrement before; otherwise it increments after. */
  readonly down: boolean;
  readonly writeback: boolean;
}

export function storeMultiple(cpu: Cpu, { n, list, down, writeback }: Multiple, place: Place): Op {
  const { memory, state } = cpu;
  const { r } = state;
  const size = 4 * list.length;
  place.cycles = 1 + list.length;
  return () => {
    const base = r[n];
    const first = (down ? base - size : base) | 0;
    const after = (down ? first : base + size) | 0;
    memory.align(first, 4);
    if (writeback && n === SP) cpu.checkSp(after);
    let address = first;
    for (const slot of list) {
      memory.store32(address, r[slot]);
      address = (address + 4) | 0;
    }
    if (writeback) r[n] = after;
  };
}

export function loadMultiple(cpu: Cpu, { n, list, down, writeback }: Multiple, place: Place): Op | undefined {
  const { memory, state } = cpu;
  const { r } = state;
  const size = 4 * list.length;
  const branches = list.includes(PC);
  place.cycles = 1 + list.length;
  if (branches) {
    if (place.inIt && !place.lastInIt) return undefined;
    place.ends = true;
  }
  const data = branches ? list.slice(0, -1) : list;
  return () => {
    const base = r[n];
    const first = (down ? base - size : base) | 0;
    const after = (down ? first : base + size) | 0;
    memory.align(first, 4);
    if (writeback && n === SP) cpu.checkSp(after);
    let address = first;
    let ownBase = base;
    for (const slot of data) {
      const value = memory.load32(address);
      // The base must survive a later fault, so that the instruction can be restarted.
      if (slot === n) ownBase = value;
      else r[slot] = value;
      address = (address + 4) | 0;
    }
    const target = branches ? memory.load32(address) : 0;
    r[n] = writeback ? after : ownBase;
    if (branches) cpu.interwork(target);
  };
}

/** Returns false for STMDB SP!, LDM SP! and the lists that T32 refuses. */
export function listAllowed(list: readonly Slot[], loads: boolean): boolean {
  if (list.length < 2 || list.includes(SP)) return false;
  return loads ? !(list.includes(PC) && list.includes(LR)) : !list.includes(PC);
}
