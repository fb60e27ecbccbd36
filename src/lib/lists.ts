/** Lists of any length: what is spread into arguments overflows the stack at some hundred thousand elements. */

export function append<T>(list: T[], ...further: readonly Iterable<T>[]): void {
  for (const more of further) for (const one of more) list.push(one);
}

/** -Infinity of none, as Math.max. */
export function greatest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Infinity of none, as Math.min. */
export function least(values: Iterable<number>): number {
  let found = Infinity;
  for (const value of values) if (value < found) found = value;
  return found;
}
