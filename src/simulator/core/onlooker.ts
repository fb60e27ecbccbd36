/** A debugger that reads the same again and again; a core may live ahead of the clock up to what that would notice. */
import type { Bus } from "../bus/bus.ts";
import type { Size } from "../bus/device.ts";
import { Memory } from "../bus/memory.ts";
import type { NotedRead } from "../bus/round-notes.ts";

export interface Onlooker {
  /** Bytes of memory that it sees. */
  readonly looked: readonly Uint8Array[];
  /** An access beyond plain memory that changes nothing. */
  allows(address: number, size: Size, access: "reads" | "writes"): boolean;
}

/** Undefined if what it reads may change although the core only works for itself. */
export function onlookerOf(reads: readonly NotedRead[], bus: Bus): Onlooker | undefined {
  const looked: Uint8Array[] = [];
  for (const { mapping, address, size } of reads) {
    const { device, start } = mapping;
    if (device.peek !== undefined) return undefined;
    if (!(device instanceof Memory)) continue;
    const offset = address - start;
    const bytes = device.bytes?.subarray(offset, offset + size);
    if (bytes === undefined) return undefined;
    looked.push(bytes);
  }
  return {
    looked,
    allows: (address, size, access) => access === "reads" && isQuietRead(bus, address, size),
  };
}

/** A core's read there does nothing besides. */
export function isQuietRead(bus: Bus, address: number, size: Size): boolean {
  const found = bus.find(address, size);
  if (found === undefined) return false;
  const { device, start } = found;
  if (device.tick !== undefined || device.peek !== undefined) return false;
  return device.still?.(address - start) === true;
}

/** Without an access: it would yield what it yielded. */
export function isCurrent({ mapping: { device, start }, address, size, value }: NotedRead): boolean {
  return (device.peek ?? device.read).call(device, address - start, size) === value;
}
