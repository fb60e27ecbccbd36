/** What callers of the API hand in, checked: a wrong value is said, never cut to fit. */
import { hex } from "../lib/hex.ts";
import { SessionFailure } from "../project/faults.ts";

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

/** Bytes as they are handed in; numbers that are none are refused, not cut to fit. */
export function bytesFrom(data: Uint8Array | readonly number[], what: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (!Array.isArray(data)) throw badArgument(`${what}: an array of bytes is wanted`);
  return Uint8Array.from(data.map((value: number, at) => unsigned(value, 8, `byte ${at} of ${what}`)));
}

/** An object of options: a name that is none is an error and not ignored. */
export function onlyKnown(options: object, names: readonly string[], what: string): void {
  for (const name of Object.keys(options))
    if (!names.includes(name)) throw badArgument(`${what} have no "${name}"; there are ${names.join(", ")}`);
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
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
