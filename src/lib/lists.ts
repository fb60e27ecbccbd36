/**
 * Appends to lists of any length. Arguments that are spread overflow the stack at some hundred thousand
 * elements.
 */

export function append<T>(list: T[], ...further: readonly Iterable<T>[]): void {
  for (const more of further) for (const one of more) list.push(one);
}

/** Returns -Infinity for no values, as Math.max does. */
export function greatest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Returns Infinity for no values, as Math.min does. */
export function least(values: Iterable<number>): number {
  let found = Infinity;
  for (const value of values) if (value < found) found = value;
  return found;
}
