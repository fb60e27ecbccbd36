/** Flash regions of a connected target: which algorithm is for which part, and the RAM that it may use. */
import type { Algorithm, DeviceDescription, Memory } from "../device/description.ts";
import type { FlashDriver } from "../flash/driver.ts";
import { FlashFailure } from "../flash/faults.ts";
import { Flash } from "../flash/flash.ts";
import { readFlm, type FlashAlgorithm } from "../flash/flm.ts";
import type { Ram } from "../flash/layout.ts";
import { AlgorithmRunner, type RunnerParts } from "../flash/runner.ts";
import { hex32 } from "../lib/hex.ts";

/** Something that erases and programs a part of the address space. */
export type FlashPlace = AlgorithmPlace;

/** An algorithm, the part of the address space that it is for, and its RAM. */
export interface AlgorithmPlace {
  readonly kind: "algorithm";
  readonly algorithm: FlashAlgorithm;
  readonly part?: { readonly start: number; readonly size: number };
  readonly ram: Ram;
}

/** Reads a file of the pack. */
export type ReadPackFile = (path: string) => Promise<Uint8Array>;

/** What uVision and its like load; `IAR` is a format of another tool. */
const STYLES: readonly string[] = ["Keil", "CMSIS", ""];

/**
 * The algorithms that a processor may use for these addresses, default ones first; where two are for the same flash, the
 * first wins. Throws `no-algorithm` or what is wrong with a file.
 */
export async function findPlaces(
  description: DeviceDescription,
  {
    pname,
    read,
    wanted,
  }: {
    readonly pname: string | undefined;
    readonly read: ReadPackFile;
    /** Ranges that are going to be touched; all flash without them. */
    readonly wanted?: readonly { readonly address: number; readonly size: number }[];
  },
): Promise<readonly FlashPlace[]> {
  const candidates = description.algorithms
    .filter((one) => STYLES.includes(one.style) && (one.pname === undefined || one.pname === pname))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
  const places: FlashPlace[] = [];
  for (const candidate of candidates) {
    const part = { start: Number(candidate.start), size: Number(candidate.size) };
    const needed = wanted === undefined ? candidate.isDefault : wanted.some((range) => overlaps(part, range));
    if (
      !needed ||
      places.some((place) => overlaps(part, { address: place.part?.start ?? 0, size: place.part?.size ?? 0 }))
    )
      continue;
    const algorithm = readFlm(candidate.file, await read(candidate.file));
    places.push({ kind: "algorithm", algorithm, part, ram: ramFor(description, candidate, pname) });
  }
  if (places.length > 0) return places;
  const address = wanted?.[0]?.address ?? 0;
  throw new FlashFailure(
    { kind: "no-algorithm", address },
    candidates.length === 0
      ? `the pack has no flash algorithm for ${description.device}`
      : `no flash algorithm of ${description.device} is for ${hex32(address)}; there are ` +
          candidates.map(({ file, start, size }) => `${file} (${hex32(start)}, ${size} bytes)`).join(", "),
  );
}

/** The regions, in the order of the places. */
export function openFlashes(places: readonly FlashPlace[], parts: RunnerParts): readonly FlashDriver[] {
  return places.map(({ algorithm, part, ram }) => {
    const runner = new AlgorithmRunner(algorithm, ram, parts);
    return new Flash(runner, parts.memory, part === undefined ? {} : { part });
  });
}

/** As the algorithm says; else the default memory that can be written and executed, else any. */
function ramFor(
  description: DeviceDescription,
  { ramStart, ramSize, file }: Algorithm,
  pname: string | undefined,
): Ram {
  if (ramStart !== undefined && ramSize !== undefined)
    return { start: Number(ramStart), size: Number(ramSize) };
  const memories = description.memories.filter(
    (memory) =>
      memory.access.includes("w") &&
      memory.alias === undefined &&
      (memory.pname === undefined || memory.pname === pname),
  );
  const rank = (memory: Memory): number => Number(memory.isDefault) * 2 + Number(memory.access.includes("x"));
  const [best] = [...memories].sort((one, other) => rank(other) - rank(one) || Number(other.size - one.size));
  if (best !== undefined)
    return { start: Number(ramStart ?? best.start), size: Number(ramSize ?? best.size) };
  throw new FlashFailure(
    { kind: "no-room", needed: 0, available: 0 },
    `${file} names no RAM, and the pack describes none for ${description.device}`,
  );
}

function overlaps(
  part: { readonly start: number; readonly size: number },
  range: { readonly address: number; readonly size: number },
): boolean {
  return part.start < range.address + range.size && range.address < part.start + part.size;
}
