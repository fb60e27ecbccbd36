/** Option values that have a unit or a form: frequencies, durations, numbers, NAME=VALUE. Wrong ones say what is right. */
import { InvalidArgumentError } from "commander";
import { readDuration, readFrequency, type Read } from "../lib/units.ts";
import { badRequest } from "./bad-request.ts";
import { table } from "../lib/table.ts";

export function parseClock(text: string): number {
  return valueOf(readFrequency(text));
}

export function parseDuration(text: string): number {
  return valueOf(readDuration(text));
}

function valueOf(read: Read<number>): number {
  if (read.ok) return read.value;
  throw new InvalidArgumentError(`${read.reason}.`);
}

export function parseNumber(text: string): bigint {
  const digits = text.trim().replaceAll("_", "");
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(digits)) {
    throw new InvalidArgumentError(`"${text}" is no number; decimal, 0x and 0b are understood.`);
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
  if (more !== undefined) throw new InvalidArgumentError(`"${text}": ADDRESS or START:SIZE is wanted.`);
  const address = Number(parseNumber(start));
  const size = length === undefined ? undefined : Number(parseNumber(length));
  if (size === 0) throw new InvalidArgumentError(`"${text}" is empty.`);
  if (address + (size ?? 1) > 0x1_0000_0000)
    throw new InvalidArgumentError(`"${text}" ends behind the 32-bit address space.`);
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
  if (equals < 1) throw new InvalidArgumentError("NAME=VALUE is wanted.");
  return [...before, { name: text.slice(0, equals).trim(), value: parseNumber(text.slice(equals + 1)) }];
}

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export interface AnswerText {
  readonly text: string;
  readonly value: bigint;
}

const NAMED_ANSWERS: Readonly<Record<string, bigint>> = table({ ok: 1n, cancel: 2n, yes: 3n, no: 4n });

/** One `--answer VALUE` or `--answer TEXT=VALUE` more; a value is a number, or yes, no, ok, cancel. */
export function collectAnswer(given: string, before: readonly AnswerText[] = []): readonly AnswerText[] {
  const equals = given.lastIndexOf("=");
  const text = equals < 0 ? "" : given.slice(0, equals);
  const word = given.slice(equals + 1).trim();
  return [...before, { text, value: NAMED_ANSWERS[word.toLowerCase()] ?? parseNumber(word) }];
}

/** `swo`, `port:4`, `buffer`: the bits of `__traceout`. */
export function parseTraceOut(text: string): number {
  if (text === "swo") return 0x1;
  if (text === "buffer") return 0x4;
  const port = /^port:(\d+)$/.exec(text);
  const width = Number(port?.[1] ?? 0);
  if (port === null || width < 1 || width > 32)
    throw new InvalidArgumentError("swo, port:N (1 to 32) or buffer is wanted.");
  return 0x2 | (width << 16);
}
