/** What callers of the API hand in, checked: a wrong value is said, never cut to fit. */
import { hex } from "../lib/hex.ts";
import { SessionFailure } from "../session/faults.ts";

const DAY_MS = 86_400_000;

export function badArgument(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-argument", what }, what);
}

/** A whole number of `bits` bits, 32 at most; negative ones are refused. */
export function unsigned(value: number, bits: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
  throw badArgument(`${what}: ${shown(value)} is no unsigned number of ${bits} bits`);
}

export function unsigned64(value: bigint, what: string): bigint {
  if (typeof value !== "bigint") throw badArgument(`${what}: ${String(value)} is no bigint`);
  if (value >= 0n && value <= 0xffff_ffff_ffff_ffffn) return value;
  throw badArgument(`${what}: ${value} is no unsigned number of 64 bits`);
}

export function memoryAddress(value: number): number {
  return unsigned(value, 32, "address");
}

export function oneOf<T extends number | string>(value: unknown, allowed: readonly T[], what: string): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw badArgument(`${what}: ${shown(value)} is none of ${allowed.map(shown).join(", ")}`);
}

/** A time that somebody waits, or lets others wait: not negative, and no longer than a day. */
export function milliseconds(value: number, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= DAY_MS) return value;
  throw badArgument(`${what}: ${shown(value)} is no time from 0 to ${DAY_MS} ms`);
}

/** For messages: whatever a caller in JavaScript handed in. */
function shown(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return hex(value);
  return typeof value === "object" && value !== null ? `a ${typeof value}` : String(value);
}
