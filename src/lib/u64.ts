/** The number domain of debug sequences: unsigned 64-bit integers as bigint, wrapped after every operation. */

export type U64 = bigint;

export const U64_MAX: U64 = 0xffff_ffff_ffff_ffffn;

export function wrap(value: bigint): U64 {
  return BigInt.asUintN(64, value);
}

/** No number that means something has more digits. */
const MOST_DIGITS = 100;

/**
 * Reads decimal digits, or hexadecimal ones after 0x. Returns undefined for more digits than any number here
 * has, because millions would take seconds. Leading zeros do not count.
 */
export function integerOf(digits: string): bigint | undefined {
  const prefix = /^0x/i.test(digits) ? "0x" : "";
  const significant = digits.slice(prefix.length).replace(/^0+(?=.)/, "");
  return significant.length > MOST_DIGITS ? undefined : BigInt(`${prefix}${significant}`);
}
