/** What callers of the API hand in, checked: a wrong value is said, never cut to fit. */
import { hex } from "../lib/hex.ts";
import { SessionFailure } from "../session/faults.ts";

export function badArgument(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-argument", what }, what);
}

/** A whole number of `bits` bits, 32 at most; negative ones are refused. */
export function unsigned(value: number, bits: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
  const shown = Number.isInteger(value) && value >= 0 ? hex(value) : String(value);
  throw badArgument(`${what}: ${shown} is no unsigned number of ${bits} bits`);
}

export function unsigned64(value: bigint, what: string): bigint {
  if (value >= 0n && value <= 0xffff_ffff_ffff_ffffn) return value;
  throw badArgument(`${what}: ${value} is no unsigned number of 64 bits`);
}

export function memoryAddress(value: number): number {
  return unsigned(value, 32, "address");
}

export function oneOf<T extends number>(value: number, allowed: readonly T[], what: string): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw badArgument(`${what}: ${String(value)} is none of ${allowed.map((each) => hex(each)).join(", ")}`);
}
