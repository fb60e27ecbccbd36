/** Numbers of 32 bits that grow by the same amount in each turn of a loop, and flags of what is computed with them. */

export interface Value {
  /** In the turn that is looked at. */
  readonly v: number;
  /** More in each turn. */
  readonly d: number;
}

export interface Flags {
  readonly n: boolean;
  readonly z: boolean;
  readonly c: boolean;
  readonly v: boolean;
}

const HALF = 0x8000_0000;

export function addsTo(one: Value, other: Value, subtracts: boolean): Value {
  return subtracts
    ? { v: (one.v - other.v) | 0, d: (one.d - other.d) | 0 }
    : { v: (one.v + other.v) | 0, d: (one.d + other.d) | 0 };
}

/** In how many turns from this one on it keeps its sign, and is 0 or is not. */
export function limitOf({ v, d }: Value): number {
  if (d === 0) return Infinity;
  if (v === 0) return 1;
  const fromHalf = (v >>> 0) % HALF;
  if (d > 0) return Math.ceil((HALF - fromHalf) / d);
  // Of positive numbers 0 is another kind.
  const least = v > 0 ? 1 : 0;
  return Math.floor((fromHalf - least) / -d) + 1;
}

/** ConditionPassed of the manual. */
export function condition(number: number, { n, z, c, v }: Flags): boolean {
  const base = [z, c, n, v, c && !z, n === v, n === v && !z, true][number >>> 1] === true;
  return (number & 1) === 1 && number !== 15 ? !base : base;
}
