/**
 * Adds to a derived model what is assumed beside the pack's description: words that the pack's own sequences
 * want to read.
 */
import { hex32 } from "../../lib/hex.ts";
import type { ModelData } from "./schema.ts";
import { gaps, type Range } from "../bus/ranges.ts";

/**
 * A word that the device is assumed to have although its description does not say so, because the pack's own
 * sequences want it.
 */
export interface Assumption {
  /** It is APSEL, or the address of a port of version 2. */
  readonly ap: number;
  /** It is a multiple of 4. */
  readonly address: number;
  readonly value: number;
  /** The name of the register, if it has one. */
  readonly name?: string;
}

export function assumptionText({ ap, address, value }: Assumption): string {
  const port = ap < 256 ? String(ap) : hex32(ap);
  return `assumed, because the pack's own sequences need it: ${hex32(address)} behind AP ${port} reads ${hex32(value)}`;
}

/** This much is assumed to exist around a word that nothing else describes. */
const AROUND = 0x1000;

/** Makes space that keeps what is written. */
export function storageBlock(
  bus: string,
  range: Range,
  debugDomain: boolean,
): ModelData["registers"][number] {
  return {
    name: `peripherals at ${hex32(range.start)} on ${bus}`,
    start: range.start,
    size: range.end - range.start,
    bus,
    alsoOn: [],
    aliases: [],
    views: [],
    debugDomain,
    others: "keep",
    items: {},
  };
}

type Known = Pick<ModelData, "memories" | "registers">;

/**
 * Returns the known memories and registers with the assumed words in them, and new storage where there was
 * nothing.
 */
export function assumed(
  known: Known,
  assumptions: readonly Assumption[],
  busOf: (ap: number) => string,
): Known {
  const memories = known.memories.map((one) => ({ ...one, content: [...one.content] }));
  const registers = known.registers.map((one) => ({ ...one, items: { ...one.items } }));
  for (const { ap, address, value, name } of assumptions) {
    const bus = busOf(ap);
    const holds = (one: { readonly bus: string; readonly start: number; readonly size: number }): boolean =>
      one.bus === bus && address >= one.start && address < one.start + one.size;
    const memory = memories.find(holds);
    if (memory !== undefined) {
      memory.content.push({ at: address - memory.start, words: [value] });
      continue;
    }
    let block = registers.find(holds);
    if (block === undefined) {
      const around = { start: address - (address % AROUND), end: address - (address % AROUND) + AROUND };
      const taken = [...memories, ...registers].filter((one) => one.bus === bus);
      const free = gaps(
        taken.map(({ start, size }) => ({ start, end: start + size })),
        around,
      ).find(({ start, end }) => address >= start && address < end);
      if (free === undefined) continue;
      block = storageBlock(bus, free, false);
      registers.push(block);
    }
    block.items[name ?? hex32(address)] = {
      offset: address - block.start,
      reset: value,
      access: "rw",
      writable: 0xffff_ffff,
      w1c: 0,
      readClears: 0,
      resetBy: "system",
    };
  }
  return { memories, registers };
}
