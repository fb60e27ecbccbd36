/**
 * Makes a plan for the wire of each access function: its steps, and how its value comes out of the words they
 * read. Knows which functions wait for the judgement of earlier writes (wire rule 1), not how the waiting is
 * done.
 */
import type { Plan, Step } from "../../coresight/wire/access.ts";
import type { ReadPatch, WordBits } from "../../coresight/wire/data-patches.ts";
import type { Dp } from "../../coresight/adi/dp.ts";
import { CoreSightFailure } from "../../coresight/wire/faults.ts";
import { joinParts, partsOf, type MemAp, type Size } from "../../coresight/adi/mem-ap.ts";
import { clearedByReading } from "../../coresight/core/read-sensitive.ts";
import type { Access, SyncReason, WordCondition } from "../../interpreter/ports.ts";
import { findBuiltin, type Builtin, type Through } from "../../language/builtins.ts";
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import { SessionFailure } from "../../project/faults.ts";
import { dpAddress } from "./access-facts.ts";
import { flashWrite, type FlashBuffer } from "./flash-buffer.ts";

export interface Prepared {
  readonly plan: Plan;
  /** Lines, pins, delays and ABORT wait for the answer to earlier writes. */
  readonly waits?: SyncReason;
  /** True if it takes time or shows a state of the lines: it must happen when the run reaches it, not later. */
  readonly now?: true;
  readonly value: (words: Uint32Array) => U64;
  /** The one word that is read, for a probe that can compare it; absent if there are several. */
  readonly compare?: Compare;
}

interface Compare {
  /** The bit of the word at which the value begins. */
  readonly shift: number;
  /** The address, if the word is in memory. */
  readonly address?: number;
}

/** What an access needs of the prepared target. */
export interface Way {
  readonly dp: Dp;
  /** Returns the memory behind the access port that the access names. */
  readonly memory: () => MemAp;
  /** Returns the access port of ADIv6 in which an address of the debug port's own space lies. */
  readonly around: (address: number) => { readonly ap: MemAp; readonly offset: number };
  /** The value of DPBANKSEL that the sequence last wrote. */
  readonly bank: number;
  /** The buffer exists while a sequence programs a page. */
  readonly flashBuffer?: FlashBuffer | undefined;
}

const NO_VALUE = (): U64 => 0n;

/**
 * Throws a fault for what this connection cannot do; addresses are checked here, when the statement is
 * reached.
 */
export function prepare(access: Access, way: Way): Prepared {
  const row = findBuiltin(access.fn);
  const prepared = row?.through === undefined ? undefined : PREPARE[row.through](row, access, way);
  if (prepared === undefined)
    throw new SessionFailure(
      { kind: "not-supported", what: access.fn },
      `${access.fn} is not available on this connection`,
    );
  return row?.waits === undefined ? prepared : { ...prepared, waits: row.waits };
}

type Prepare = (row: Builtin, access: Access, way: Way) => Prepared | undefined;

const PREPARE: Readonly<Record<Through, Prepare>> = {
  memory: ({ bits, answers, buffers }, { args }, way) => {
    // Blocks of buffers go another way, through readBlock and writeBlock.
    if (buffers === true) return undefined;
    if (bits === undefined) return flashBufferWrite(args, way);
    const [address = 0n, value = 0n] = args;
    if (bits === 64) return answers === true ? wideRead(address, way) : wideWrite(address, value, way);
    return answers === true ? memoryRead(address, bits, way) : memoryWrite(address, value, bits, way);
  },
  ap: ({ answers }, { args: [offset = 0n, value = 0n] }, { memory }) => {
    const ap = memory();
    return registerAccess(ap, offsetOf(ap, offset), answers === true ? undefined : value);
  },
  "access-ap": ({ answers }, { args: [address = 0n, value = 0n] }, { around }) => {
    const { ap, offset } = around(accessAddress(address));
    return registerAccess(ap, offset, answers === true ? undefined : value);
  },
  dp: ({ answers }, { args: [address = 0n, value = 0n] }, { dp, bank }) =>
    answers === true
      ? { plan: () => dp.readSteps(dpAddress(address), bank), value: firstWord, compare: { shift: 0 } }
      : { plan: () => dp.writeSteps(dpAddress(address), word(value), bank), value: NO_VALUE },
  abort: (_, { args: [value = 0n] }) => single({ kind: "abort", value: word(value) }),
  time: (_, { args: [us = 0n] }) => ({ ...single({ kind: "delay", us: word(us) }), now: true }),
  clock: (_, { args: [hz = 0n] }) => single({ kind: "clock", hz: word(hz) }),
  pins: (_, { args: [output = 0n, select = 0n, wait = 0n] }) => {
    const op = { kind: "pins", output: byte(output), select: byte(select), waitUs: word(wait) } as const;
    return { ...single(op), now: true, value: firstWord };
  },
  swj: ({ name }, { args: [count = 0n, bits = 0n] }, { dp }) => {
    const clocks = countOf(name, count, 256);
    return { plan: () => dp.lineSteps(clocks, bits), value: NO_VALUE };
  },
  jtag: ({ name }, { args: [count = 0n, level = 0n, tdi = 0n] }) => {
    const tms = (level & 1n) === 0n ? 0 : 1;
    const op = { kind: "jtag", count: countOf(name, count, 64), tms, tdi } as const;
    return { ...single(op), value: joined };
  },
};

function memoryRead(at: U64, size: Size, { memory }: Way): Prepared {
  const address = addressOf(at);
  const ap = memory();
  const parts = partsOf(address, size / 8);
  return {
    plan: () => ap.readSteps(address, size),
    value: (words) => BigInt(joinParts(parts, words)),
    ...(parts.length === 1 ? { compare: { shift: 8 * (address & 3), address } } : {}),
  };
}

function memoryWrite(at: U64, wide: U64, size: Size, { memory }: Way): Prepared {
  const address = addressOf(at);
  const value = Number(BigInt.asUintN(size, wide));
  const ap = memory();
  return { plan: () => ap.writeSteps(address, size, value), value: NO_VALUE };
}

function flashBufferWrite(args: readonly U64[], { memory, flashBuffer }: Way): Prepared {
  const { length, steps } = flashWrite(args, flashBuffer);
  const ap = memory();
  return { plan: () => steps(ap), value: () => BigInt(length) };
}

function wideRead(at: U64, { memory }: Way): Prepared {
  const [low, high] = [addressOf(at), addressOf(at + 4n)];
  const ap = memory();
  if (isOneAccess(ap, low)) return { plan: () => ap.wideReadSteps(low), value: joined };
  const parts = partsOf(low, 4);
  return {
    plan: () => [...ap.readSteps(low, 32), ...ap.readSteps(high, 32)],
    value: (words) =>
      BigInt(joinParts(parts, words.subarray(0, parts.length))) |
      (BigInt(joinParts(partsOf(high, 4), words.subarray(parts.length))) << 32n),
  };
}

function wideWrite(at: U64, value: U64, { memory }: Way): Prepared {
  const [low, high] = [addressOf(at), addressOf(at + 4n)];
  const words = Uint32Array.of(word(value), word(value >> 32n));
  const ap = memory();
  if (isOneAccess(ap, low)) return { plan: () => ap.wideWriteSteps(low, words), value: NO_VALUE };
  return {
    plan: () => [...ap.writeSteps(low, 32, word(value)), ...ap.writeSteps(high, 32, word(value >> 32n))],
    value: NO_VALUE,
  };
}

/** Plans a read if there is no value. */
function registerAccess(ap: MemAp, offset: number, value: U64 | undefined): Prepared {
  if (value === undefined) return { plan: () => ap.rawReadSteps(offset), value: firstWord };
  ap.noteWrite(offset, word(value));
  return { plan: () => ap.rawWriteSteps(offset, word(value)), value: NO_VALUE };
}

/** Otherwise the access is made of two of 32 bits, low half first: few ports have the Large Data extension. */
function isOneAccess(ap: MemAp, address: number): boolean {
  return ap.isWide === true && address % 8 === 0;
}

/**
 * Plans the same accesses with the read as a match; returns undefined if a probe cannot compare what they
 * read.
 */
export function matching(
  { plan, compare }: Prepared,
  { mask, value, limitUs }: WordCondition & { readonly limitUs: number },
): Plan | undefined {
  if (compare === undefined) return undefined;
  const { shift, address } = compare;
  const wanted = { mask: (mask << shift) >>> 0, value: (value << shift) >>> 0 };
  // A match reads once more than it compares.
  if (address !== undefined && (clearedByReading(address) & wanted.mask) !== 0) return undefined;
  return () =>
    plan().map((step) => {
      if (step.op.kind !== "read") return step;
      const { register } = step.op;
      return { ...step, op: { kind: "match", register, ...unpatched(wanted, step.patch), limitUs } };
    });
}

/**
 * The probe compares what the target answers: a value that the description corrects is known, and cannot be
 * waited for.
 */
function unpatched(wanted: WordBits, patch: ReadPatch | undefined): WordBits {
  const bits = patch?.bits(0);
  if (bits === undefined) return wanted;
  const met = ((bits.value ^ wanted.value) & bits.mask & wanted.mask) === 0;
  const mask = (wanted.mask & ~bits.mask) >>> 0;
  return met ? { mask, value: (wanted.value & mask) >>> 0 } : { mask: 0, value: 1 };
}

/** RDBUFF is read after all accesses are through, or reports an error. */
export function confirmedFirst(plan: Plan): Plan {
  return () => [{ op: { kind: "read", register: { port: "DP", address: 0xc }, words: 1 } }, ...plan()];
}

function single(op: Step["op"]): Prepared {
  return { plan: () => [{ op }], value: NO_VALUE };
}

/** Throws `address-too-wide`. */
export function addressOf(value: U64): number {
  if (value <= 0xffff_ffffn) return Number(value);
  throw new CoreSightFailure(
    { kind: "address-too-wide", address: value },
    `${hex(value)} does not fit the 32-bit addresses of this access port`,
  );
}

/** Checks a number of clocks against the most that can be driven at once. */
function countOf(fn: string, value: U64, most: number): number {
  if (value >= 1n && value <= BigInt(most)) return Number(value);
  throw new SessionFailure(
    { kind: "not-supported", what: `${fn} with ${value} bits` },
    `${fn} takes 1 to ${most} bits, not ${value}`,
  );
}

function firstWord(words: Uint32Array): U64 {
  return BigInt(words[0] ?? 0);
}

function joined(words: Uint32Array): U64 {
  return words.reduce((value, part, index) => value | (BigInt(part) << BigInt(32 * index)), 0n);
}

function word(value: U64): number {
  return Number(BigInt.asUintN(32, value));
}

function byte(value: U64): number {
  return Number(BigInt.asUintN(8, value));
}

/** Accepts 0x00 to 0xFC on ADIv5, and any offset in the 4 KiB, with CSW at 0xD00, on ADIv6 (wire rule 16). */
function offsetOf({ ap }: MemAp, value: U64): number {
  return Number(value & (typeof ap === "number" ? 0xfcn : 0xffcn));
}

/**
 * The debug port's space is at most 64 bits wide; no access port is known at an address that a number cannot
 * hold exactly.
 */
function accessAddress(value: U64): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value & ~3n);
  throw new CoreSightFailure(
    { kind: "address-too-wide", address: value },
    `${hex(value)} is beyond the access ports that can be addressed`,
  );
}
