/**
 * Each access function as a plan for the wire: its steps, and how its value comes out of the words they read. Knows
 * which functions wait for the judgement of earlier writes (wire rule 1), not how the waiting is done.
 */
import type { Plan, Step } from "../../coresight/wire/access.ts";
import type { ReadPatch, WordBits } from "../../coresight/wire/data-patches.ts";
import type { DebugPort, DpAddress } from "../../coresight/adi/dp.ts";
import { CoreSightFailure } from "../../coresight/wire/faults.ts";
import { joinParts, partsOf, type MemAp, type Size } from "../../coresight/adi/mem-ap.ts";
import type { Protocol } from "../../coresight/wire/verdict.ts";
import { clearedByReading } from "../../coresight/core/read-sensitive.ts";
import type { Access, SyncReason, WordCondition } from "../../interpreter/ports.ts";
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import { SessionFailure } from "../../project/faults.ts";
import { flashWrite, type FlashBuffer } from "./flash-buffer.ts";

export interface Prepared {
  readonly plan: Plan;
  /** Lines, pins, delays and ABORT wait for the answer to earlier writes. */
  readonly waits?: SyncReason;
  /** Takes time or shows a state of the lines: it must happen when the run is there, not later. */
  readonly now?: true;
  readonly value: (words: Uint32Array) => U64;
  /** The one word that is read, for a probe that is to compare it; absent where there are several. */
  readonly compare?: Compare;
}

interface Compare {
  /** Where the value begins in the word. */
  readonly shift: number;
  /** Of memory. */
  readonly address?: number;
}

/** What an access goes through. */
export interface Through {
  readonly dp: DebugPort;
  /** The memory behind the access port that the access names. */
  readonly memory: () => MemAp;
  /** The access port of ADIv6 that an address of the debug port's own space lies in. */
  readonly around: (address: number) => { readonly ap: MemAp; readonly offset: number };
  /** DPBANKSEL as the sequence last wrote it. */
  readonly bank: number;
  /** While a page is programmed by a sequence. */
  readonly flashBuffer?: FlashBuffer | undefined;
}

const NO_VALUE = (): U64 => 0n;

/** A fault for what this connection cannot do; addresses are checked here, when the statement is reached. */
export function prepare(access: Access, { dp, memory, around, bank, flashBuffer }: Through): Prepared {
  const [first = 0n, second = 0n, third = 0n] = access.args;
  switch (access.fn) {
    case "Read8":
    case "Read16":
    case "Read32": {
      const size = Number(access.fn.slice(4)) as Size;
      const address = addressOf(first);
      const ap = memory();
      const parts = partsOf(address, size / 8);
      return {
        plan: () => ap.readSteps(address, size),
        value: (words) => BigInt(joinParts(parts, words)),
        ...(parts.length === 1 ? { compare: { shift: 8 * (address & 3), address } } : {}),
      };
    }
    case "Write8":
    case "Write16":
    case "Write32": {
      const size = Number(access.fn.slice(5)) as Size;
      const address = addressOf(first);
      const value = Number(BigInt.asUintN(size, second));
      const ap = memory();
      return { plan: () => ap.writeSteps(address, size, value), value: NO_VALUE };
    }
    case "FlashWriteBuffer": {
      const { length, steps } = flashWrite(access.args, flashBuffer);
      const ap = memory();
      return { plan: () => steps(ap), value: () => BigInt(length) };
    }
    case "Read64": {
      const [low, high] = [addressOf(first), addressOf(first + 4n)];
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
    case "Write64": {
      const [low, high] = [addressOf(first), addressOf(first + 4n)];
      const words = Uint32Array.of(word(second), word(second >> 32n));
      const ap = memory();
      if (isOneAccess(ap, low)) return { plan: () => ap.wideWriteSteps(low, words), value: NO_VALUE };
      return {
        plan: () => [
          ...ap.writeSteps(low, 32, word(second)),
          ...ap.writeSteps(high, 32, word(second >> 32n)),
        ],
        value: NO_VALUE,
      };
    }
    case "ReadAP": {
      const ap = memory();
      return { plan: () => ap.rawReadSteps(offsetOf(ap, first)), value: firstWord };
    }
    case "WriteAP": {
      const ap = memory();
      const offset = offsetOf(ap, first);
      ap.noteWrite(offset, word(second));
      return { plan: () => ap.rawWriteSteps(offset, word(second)), value: NO_VALUE };
    }
    case "ReadAccessAP": {
      const { ap, offset } = around(accessAddress(first));
      return { plan: () => ap.rawReadSteps(offset), value: firstWord };
    }
    case "WriteAccessAP": {
      const { ap, offset } = around(accessAddress(first));
      ap.noteWrite(offset, word(second));
      return { plan: () => ap.rawWriteSteps(offset, word(second)), value: NO_VALUE };
    }
    case "ReadDP":
      return { plan: () => dp.readSteps(dpAddress(first), bank), value: firstWord, compare: { shift: 0 } };
    case "WriteDP":
      return { plan: () => dp.writeSteps(dpAddress(first), word(second), bank), value: NO_VALUE };
    case "DAP_WriteABORT":
      return single({ kind: "abort", value: word(first) }, "line command");
    case "DAP_Delay":
      return { ...single({ kind: "delay", us: word(first) }, "delay"), now: true };
    case "DAP_SWJ_Clock":
      return single({ kind: "clock", hz: word(first) }, "line command");
    case "DAP_SWJ_Pins": {
      const op = { kind: "pins", output: byte(first), select: byte(second), waitUs: word(third) } as const;
      return { ...single(op, "line command"), now: true, value: firstWord };
    }
    case "DAP_SWJ_Sequence": {
      const count = countOf(access.fn, first, 256);
      return { plan: () => dp.lineSteps(count, second), waits: "line command", value: NO_VALUE };
    }
    case "DAP_JTAG_Sequence": {
      const tms = (second & 1n) === 0n ? 0 : 1;
      const op = { kind: "jtag", count: countOf(access.fn, first, 64), tms, tdi: third } as const;
      return { ...single(op, "line command"), value: joined };
    }
    default:
      throw new SessionFailure(
        { kind: "not-supported", what: access.fn },
        `${access.fn} is not available on this connection`,
      );
  }
}

/** Else it is made of two of 32 bits, low half first: few ports have the Large Data extension. */
function isOneAccess(ap: MemAp, address: number): boolean {
  return ap.isWide === true && address % 8 === 0;
}

/** Whether it must be known first if the access port has accesses of 64 bits. */
export function asksForWide({ fn }: Access): boolean {
  return fn === "Read64" || fn === "Write64";
}

/** The same accesses with the read as a match; undefined where a probe cannot compare what they read. */
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

/** The probe compares what the target answers: what the description corrects is known, and cannot be waited for. */
function unpatched(wanted: WordBits, patch: ReadPatch | undefined): WordBits {
  const bits = patch?.bits(0);
  if (bits === undefined) return wanted;
  const met = ((bits.value ^ wanted.value) & bits.mask & wanted.mask) === 0;
  const mask = (wanted.mask & ~bits.mask) >>> 0;
  return met ? { mask, value: (wanted.value & mask) >>> 0 } : { mask: 0, value: 1 };
}

/** Whether a debug port must hear it; the rest moves lines or is the probe's. */
export function touchesPort(access: Access): boolean {
  return !access.fn.startsWith("DAP_");
}

/** Whether the access goes through memory, so that the access port's CSW must be known. */
export function needsMemory(access: Access): boolean {
  return /^(?:(?:Read|Write)\d|FlashWriteBuffer$)/.test(access.fn);
}

/** Whether it is an access to registers of an access port as they are. */
export function usesRegisters({ fn }: Access): boolean {
  return fn === "ReadAP" || fn === "WriteAP";
}

/** Whether it goes through an access port, which posts it: its error comes late. */
export function isPosted(access: Access): boolean {
  return needsMemory(access) || usesRegisters(access) || access.fn.endsWith("AccessAP");
}

/** ABORT, as SWD reaches it: it clears what tells of an error of the accesses before it. */
export function isAbort({ fn, args: [address = 0n] }: Access, protocol: Protocol): boolean {
  return protocol === "swd" && fn === "WriteDP" && dpAddress(address) === 0x0;
}

/** RDBUFF is read once all accesses are through, or tells of an error. */
export function confirmedFirst(plan: Plan): Plan {
  return () => [{ op: { kind: "read", register: { port: "DP", address: 0xc }, words: 1 } }, ...plan()];
}

/** The offset and value, where an access writes SELECT: the bank in it counts for the rest of the sequence (wire rule 14). */
export function bankWritten(access: Access): number | undefined {
  if (access.fn !== "WriteDP" || dpAddress(access.args[0] ?? 0n) !== 0x8) return undefined;
  return Number((access.args[1] ?? 0n) & 0xfn);
}

function single(op: Step["op"], waits: SyncReason): Prepared {
  return { plan: () => [{ op }], waits, value: NO_VALUE };
}

/** Throws `address-too-wide`. */
export function addressOf(value: U64): number {
  if (value <= 0xffff_ffffn) return Number(value);
  throw new CoreSightFailure(
    { kind: "address-too-wide", address: value },
    `${hex(value)} does not fit the 32-bit addresses of this access port`,
  );
}

/** The lines can be driven for so many clocks at once. */
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

/** ADIv5: 0x00 to 0xFC; ADIv6: anywhere in the 4 KiB, with CSW at 0xD00 (wire rule 16). */
function offsetOf({ ap }: MemAp, value: U64): number {
  return Number(value & (typeof ap === "number" ? 0xfcn : 0xffcn));
}

/** The debug port's space is at most 64 bits wide; what no number holds exactly no access port is known to use. */
function accessAddress(value: U64): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value & ~3n);
  throw new CoreSightFailure(
    { kind: "address-too-wide", address: value },
    `${hex(value)} is beyond the access ports that can be addressed`,
  );
}

/** DP registers have the four addresses that A[3:2] can say. */
function dpAddress(value: U64): DpAddress {
  return Number(value & 0xcn) as DpAddress;
}
