/** Sectors and pages that are asked for together. Pure. */
import type { SectorPlan } from "./plan.ts";
import type { Page } from "../driver.ts";
import type { Sector } from "../region.ts";
import { greatest, least } from "../../lib/lists.ts";

/** The most bytes asked for at once: some algorithms count larger ranges wrongly. */
const MOST_AT_ONCE = 0x1_0000;

/** Groups neighbouring sectors, as many as are asked for at once; each has its plan. */
export function* groupsOf<T extends { readonly plan: SectorPlan }>(
  work: readonly T[],
): Generator<readonly T[]> {
  let group: T[] = [];
  for (const one of work) {
    const [first] = group;
    const last = group.at(-1);
    if (first !== undefined && last !== undefined) {
      const follows = last.plan.address + last.plan.size === one.plan.address;
      const size = one.plan.address + one.plan.size - first.plan.address;
      if (!follows || size > MOST_AT_ONCE) {
        yield group;
        group = [];
      }
    }
    group.push(one);
  }
  if (group.length > 0) yield group;
}

/** From the first sector to the end of the last. */
export function spanOf(sectors: readonly Sector[]): Sector {
  const start = least(sectors.map(({ address }) => address));
  const end = greatest(sectors.map(({ address, size }) => address + size));
  return { address: start, size: end - start };
}

/** Merges neighbouring pages into ranges. */
export function runsOf(pages: readonly Page[]): readonly Page[] {
  const runs: { address: number; parts: Uint8Array[]; size: number }[] = [];
  for (const { address, bytes } of pages) {
    const last = runs.at(-1);
    if (last !== undefined && last.address + last.size === address) {
      last.parts.push(bytes);
      last.size += bytes.length;
    } else runs.push({ address, parts: [bytes], size: bytes.length });
  }
  return runs.map(({ address, parts, size }) => {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { address, bytes };
  });
}
