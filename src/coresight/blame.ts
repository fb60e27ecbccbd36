/**
 * Finds the access that an error belongs to (WIRE.md 2). AP writes are posted: their error shows with a later transfer,
 * and the probe counted the write as done. Pure.
 */
import type { LinkFault, WireOp } from "./link.ts";
import type { Origin, Step } from "./wire.ts";

export interface Verdict {
  readonly certainty: "certain" | "one-of" | "older";
  readonly origins: readonly Origin[];
  /** The access port of the culprit, where it is a data access. */
  readonly ap?: number;
  /** Index of the first entry that never ran. */
  readonly next: number;
}

interface Candidate extends Step {
  readonly by: Origin;
}

export function blame(
  entries: readonly Candidate[],
  ack: LinkFault,
  done: number,
  confirmed: number,
): Verdict {
  const starts = startOf(entries);
  const next = starts.findIndex((start, index) => start + sizeOf(entries[index]?.op) > done);
  const stopped = next < 0 ? undefined : entries[next];
  const end = next < 0 ? entries.length : next;
  const late = unconfirmed(entries, starts, end, confirmed, done);
  const verdict = (certainty: "certain" | "one-of", candidates: readonly Candidate[]): Verdict => ({
    certainty: new Set(candidates.map(({ by }) => by)).size > 1 ? certainty : "certain",
    origins: [...new Set(candidates.map(({ by }) => by))],
    next: end,
    ...apOf(candidates),
  });
  if (ack === "FAULT" && late.length > 0) return verdict("one-of", late);
  // The transfer that hangs the bus is the one before; the one that got WAIT may also be its own cause.
  if (ack === "WAIT" && stopped !== undefined) return verdict("one-of", [...late, stopped]);
  const suspect = stopped ?? entries.at(-1);
  if (suspect === undefined) return { certainty: "older", origins: [], next: end };
  // The first of a packet, with everything before it confirmed: the sticky bit was set before this packet was sent.
  if (ack === "FAULT" && done === confirmed) return { certainty: "older", origins: [suspect.by], next: end };
  return verdict("certain", [suspect]);
}

/**
 * Data accesses that were accepted but not confirmed. A MEM-AP takes one at a time, so of one AP only the newest can be
 * open; where two APs were used in a row either may be meant.
 */
function unconfirmed(
  entries: readonly Candidate[],
  starts: readonly number[],
  end: number,
  confirmed: number,
  done: number,
): readonly Candidate[] {
  const newest = new Map<number, Candidate>();
  for (let index = 0; index <= end; index++) {
    const entry = entries[index];
    const start = starts[index];
    if (entry?.dataOf === undefined || start === undefined) continue;
    const last = Math.min(start + sizeOf(entry.op), done);
    if (last > confirmed && last > start) newest.set(entry.dataOf, entry);
  }
  return [...newest.values()];
}

function apOf(candidates: readonly Candidate[]): { ap?: number } {
  const ap = candidates.find(({ dataOf }) => dataOf !== undefined)?.dataOf;
  return ap === undefined ? {} : { ap };
}

function startOf(entries: readonly Step[]): readonly number[] {
  let at = 0;
  return entries.map(({ op }) => {
    const start = at;
    at += sizeOf(op);
    return start;
  });
}

/** How many operations the probe counts for one op. */
export function sizeOf(op: WireOp | undefined): number {
  if (op?.kind === "read") return op.words;
  if (op?.kind === "write") return op.words.length;
  return 1;
}
