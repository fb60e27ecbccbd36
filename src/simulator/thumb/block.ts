/** Builds straight runs of decoded instructions, with what is needed to stop between any two of them. */
import { ALWAYS, passes } from "./condition.ts";
import type { Cpu } from "./cpu.ts";
import { isWide, type Decoder } from "./decoder.ts";
import type { Op, Place } from "./encoding.ts";
import type { FaultKind } from "./port.ts";
import type { Reach } from "./reach.ts";
import type { State } from "./state.ts";

/** Longer runs gain nothing, and a store into one throws all of it away. */
export const LONGEST = 48;

/** Each list has one entry per instruction; `addresses`, `its` and `cycles` have one more, for the end. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly ops: readonly Op[];
  readonly addresses: readonly number[];
  readonly opcodes: readonly number[];
  /** ITSTATE before each instruction. */
  readonly its: readonly number[];
  /** The cycles of all earlier instructions. */
  readonly cycles: readonly number[];
  readonly count: number;
  /** The cycles of the whole block. */
  readonly total: number;
}

export interface Limits {
  readonly it: number;
  readonly isBreakpoint: (address: number) => boolean;
  /** The instruction there makes accesses beyond plain memory. */
  readonly reaches: (address: number) => boolean;
}

/**
 * True for regions from which nothing is executed in the default memory map: Peripheral, Device and System
 * (Armv7-M B3.1).
 */
function executeNever(address: number): boolean {
  const region = address >>> 29;
  return region === 2 || region >= 5;
}

export function buildBlock(
  cpu: Cpu,
  decoder: Decoder,
  start: number,
  { it: firstIt, isBreakpoint, reaches }: Limits,
): Block {
  if ((start & 1) !== 0) return faulty(cpu, start, "invalid-state");
  if (executeNever(start)) return faulty(cpu, start, "execute-never");
  const ops: Op[] = [];
  const addresses = [start];
  const opcodes: number[] = [];
  const its = [firstIt];
  const cycles = [0];
  let address = start;
  let it = firstIt;
  let spent = 0;
  for (;;) {
    const opcode = fetch(cpu, address);
    if (opcode < 0) {
      if (ops.length === 0) return faulty(cpu, start, "bus-fetch");
      break;
    }
    const wide = opcode > 0xffff;
    const place = placeOf(address, wide, it);
    const op = decoder.decode(cpu, opcode | 0, wide, place);
    const made = conditional(cpu.state, op, place.unconditional ? 0 : it);
    ops.push(reaches(address) ? reaching(cpu.reach, made) : made);
    opcodes.push(opcode);
    it = place.it !== 0 ? place.it : advance(it);
    address = place.next;
    spent += place.cycles;
    addresses.push(address);
    its.push(it);
    cycles.push(spent);
    if (place.ends || isBreakpoint(address) || reaches(address)) break;
    if (ops.length >= LONGEST && it === 0) break;
  }
  keepIt(cpu.state, ops, it);
  return { start, end: address, ops, addresses, opcodes, its, cycles, count: ops.length, total: spent };
}

/** Returns the instruction at an address as 16 or 32 unsigned bits, or -1. */
function fetch({ memory }: Cpu, address: number): number {
  const first = memory.fetch(address);
  if (first < 0 || !isWide(first)) return first;
  const second = memory.fetch((address + 2) | 0);
  return second < 0 ? -1 : first * 0x1_0000 + second;
}

function placeOf(address: number, wide: boolean, it: number): Place {
  return {
    address,
    pc: (address + 4) | 0,
    next: (address + (wide ? 4 : 2)) | 0,
    setsFlags: it === 0,
    inIt: it !== 0,
    lastInIt: (it & 15) === 8,
    ends: false,
    unconditional: false,
    cycles: 1,
    it: 0,
  };
}

/** Does ITAdvance of the manual. */
function advance(it: number): number {
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}

function conditional(state: State, op: Op, it: number): Op {
  const condition = it >>> 4;
  if (it === 0 || condition === ALWAYS) return op;
  return () => {
    if (passes(state, condition)) op();
  };
}

function reaching(reach: Reach, op: Op): Op {
  return () => {
    reach.of = "instruction";
    op();
    reach.of = "block";
  };
}

/** A block that ends within an IT block leaves ITSTATE behind. */
function keepIt(state: State, ops: Op[], it: number): void {
  const last = ops.pop();
  if (last === undefined) return;
  ops.push(
    it === 0
      ? last
      : () => {
          last();
          state.it = it;
        },
  );
}

/** Makes a block of one instruction that cannot be fetched. */
function faulty({ trap }: Cpu, start: number, kind: FaultKind): Block {
  const op: Op = () => {
    trap.raise(kind, kind === "bus-fetch" ? start : 0);
  };
  return {
    start,
    end: start,
    ops: [op],
    addresses: [start, start],
    opcodes: [0],
    its: [0, 0],
    cycles: [0, 1],
    count: 1,
    total: 1,
  };
}
