/**
 * Tells which memory of a device is flash, ROM, RAM or registers, as its pack describes it. Reads nothing of
 * the target.
 */
import type { DeviceDescription, FlashInfo, Memory } from "../device/description.ts";

/** `device` means registers of peripherals. */
export type MemoryKind = "flash" | "rom" | "ram" | "device";

export interface KnownMemory {
  readonly memory: Memory;
  readonly kind: MemoryKind;
  /** True if the processor has something that programs it at these addresses. */
  readonly isProgrammed: boolean;
}

/**
 * Returns the memories of one processor. A memory is flash if an algorithm or `flashinfo` is for it, or if it
 * is an alias of such a memory.
 */
export function memoryKinds(
  description: DeviceDescription | undefined,
  pname: string | undefined,
): readonly KnownMemory[] {
  const isOwn = (one: { readonly pname?: string }): boolean => one.pname === undefined || one.pname === pname;
  const algorithms = [...(description?.algorithms ?? []), ...(description?.flashInfos ?? []).map(extentOf)];
  const isIn = (those: readonly Extent[], memory: Memory): boolean =>
    those.some(({ start, size }) => start < memory.start + memory.size && memory.start < start + size);
  const memories = (description?.memories ?? []).filter(isOwn);
  return memories.map((memory) => {
    const aliased = memories.find(
      ({ name, id }) => memory.alias !== undefined && (name === memory.alias || id === memory.alias),
    );
    const isFlash = isIn(algorithms, memory) || (aliased !== undefined && isIn(algorithms, aliased));
    return {
      memory,
      kind: isFlash ? "flash" : kindBy(aliased ?? memory),
      isProgrammed: isIn(algorithms.filter(isOwn), memory),
    };
  });
}

interface Extent {
  readonly pname?: string;
  readonly start: bigint;
  readonly size: bigint;
}

function extentOf({ pname, start, blocks }: FlashInfo): Extent {
  const size = blocks.reduce((sum, block) => sum + BigInt(block.count) * block.size, 0n);
  return { start, size, ...(pname === undefined ? {} : { pname }) };
}

function kindBy({ access }: Memory): MemoryKind {
  if (access.includes("p")) return "device";
  return access.includes("w") ? "ram" : "rom";
}
