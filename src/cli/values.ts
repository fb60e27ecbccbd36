/** Option values that have a unit or a form: frequencies, durations, numbers, NAME=VALUE. Wrong ones say what is right. */
import { InvalidArgumentError } from "commander";
import { readFrequency, type Read } from "../lib/units.ts";
import { badRequest } from "./bad-request.ts";

export function parseClock(text: string): number {
  return valueOf(readFrequency(text));
}

function valueOf(read: Read<number>): number {
  if (read.ok) return read.value;
  throw new InvalidArgumentError(`${read.reason}.`);
}

export function parseNumber(text: string): bigint {
  const digits = text.trim().replaceAll("_", "");
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(digits)) {
    throw new InvalidArgumentError(`"${text}" is not a number; decimal, 0x and 0b are understood.`);
  }
  const value = BigInt(digits.toLowerCase());
  if (value > 0xffff_ffff_ffff_ffffn) throw new InvalidArgumentError(`${text} has more than 64 bits.`);
  return value;
}

/** Without a size where only an address was given. */
export interface Range {
  readonly address: number;
  readonly size?: number;
}

/** `0x1000` or `0x1000:0x200`, inside the 32-bit address space. */
export function parseRange(text: string): Range {
  const [start = "", length, more] = text.split(":");
  if (more !== undefined) throw new InvalidArgumentError(`"${text}": expected ADDRESS or START:SIZE.`);
  const address = Number(parseNumber(start));
  const size = length === undefined ? undefined : Number(parseNumber(length));
  if (size === 0) throw new InvalidArgumentError(`"${text}" is empty.`);
  if (address + (size ?? 1) > 0x1_0000_0000)
    throw new InvalidArgumentError(`"${text}" ends beyond the 32-bit address space.`);
  return size === undefined ? { address } : { address, size };
}

/** As parseRange, for arguments, of which commander parses only one by itself. */
export function readRange(text: string): Range {
  try {
    return parseRange(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw badRequest(error.message.replace(/\.$/, ""));
  }
}

export interface Assignment {
  readonly name: string;
  readonly value: bigint;
}

/** One `--set NAME=VALUE` more. */
export function collectAssignment(text: string, before: readonly Assignment[] = []): readonly Assignment[] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("expected NAME=VALUE.");
  return [...before, { name: text.slice(0, equals).trim(), value: parseNumber(text.slice(equals + 1)) }];
}
