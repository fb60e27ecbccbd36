/** Works on half-open address ranges: finds the free parts, and takes them. */
import { append } from "../../lib/lists.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Returns the parts of `within` that none of the ranges covers, in order. */
export function gaps(ranges: readonly Range[], within: Range): readonly Range[] {
  const found: Range[] = [];
  let start = within.start;
  for (const range of [...ranges].sort((one, other) => one.start - other.start)) {
    if (range.end <= start || range.start >= within.end) continue;
    if (range.start > start) found.push({ start, end: range.start });
    start = Math.max(start, range.end);
  }
  if (start < within.end) found.push({ start, end: within.end });
  return found;
}

/** Takes what is still free of a range, and returns that part. */
export function claim(taken: Range[], wanted: Range): readonly Range[] {
  const free = gaps(taken, wanted);
  append(taken, free);
  return free;
}
