/** The number domain of debug sequences: unsigned 64-bit integers as bigint, wrapped after every operation. */

export type U64 = bigint;

export const U64_MAX: U64 = 0xffff_ffff_ffff_ffffn;

export function wrap(value: bigint): U64 {
  return BigInt.asUintN(64, value);
}
