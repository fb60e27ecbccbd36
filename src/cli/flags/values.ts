/**
 * Parses option values that have a unit or a form: frequencies, durations, numbers, NAME=VALUE. An error says
 * what is right.
 */
import { InvalidArgumentError } from "commander";
import { readFrequency, type Read } from "../../lib/units.ts";
import { readRange as readAddressRange, readUnsigned, type AddressRange } from "../../lib/ranges.ts";
import { badRequest } from "../bad-request.ts";

export function parseClock(text: string): number {
  return valueOf(readFrequency(text));
}

function valueOf<T>(read: Read<T>): T {
  if (read.ok) return read.value;
  throw new InvalidArgumentError(asSentence(read.reason));
}

/** commander puts it behind a sentence of its own. */
export function asSentence(reason: string): string {
  return reason.endsWith("?") ? reason : `${reason}.`;
}

export function parseNumber(text: string): bigint {
  return valueOf(readUnsigned(text));
}

/** An address range; without a size if only an address was given. */
export type Range = AddressRange;

/** Parses `0x1000` or `0x1000:0x200`, inside the 32-bit address space. */
export function parseRange(text: string): Range {
  return valueOf(readAddressRange(text));
}

/** Does the same as parseRange for arguments; commander parses only one argument by itself. */
export function readRange(text: string): Range {
  const range = readAddressRange(text);
  if (range.ok) return range.value;
  throw badRequest(range.reason);
}

export interface Assignment {
  readonly name: string;
  readonly value: bigint;
}

/** Adds one more `--set NAME=VALUE`. */
export function collectAssignment(text: string, before: readonly Assignment[] = []): readonly Assignment[] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("expected NAME=VALUE.");
  const name = text.slice(0, equals).trim();
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return [...before, { name, value: parseNumber(text.slice(equals + 1)) }];
}

/** Whether it is a file with an image, which other tools take in places where a name stands here. */
export function isImageFile(name: string): boolean {
  return /\.(?:bin|elf|axf|out|hex|ihex|srec|s19|mot|uf2)$/.test(name);
}
