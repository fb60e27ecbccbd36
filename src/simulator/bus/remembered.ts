/**
 * The state of a part of the simulator as plain values: if all of it is as before, the same is answered in
 * the same way.
 */

export type Remembered = readonly (number | bigint | string | boolean | undefined)[];

export function isSame(one: Remembered, other: Remembered): boolean {
  return one.length === other.length && one.every((value, at) => Object.is(value, other[at]));
}
