/** Option values that have a unit or a form: frequencies, durations, numbers, NAME=VALUE. Wrong ones say what is right. */
import { InvalidArgumentError } from "commander";

const HERTZ: Readonly<Record<string, number>> = { hz: 1, khz: 1_000, mhz: 1_000_000 };

/** Tools differ in what a bare number means, so it is refused and both readings are offered. */
export function parseClock(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(hz|khz|mhz)?$/i.exec(text.trim());
  if (found === null)
    throw new InvalidArgumentError("a frequency such as 4MHz, 500kHz or 32768Hz is wanted.");
  const unit = HERTZ[(found[2] ?? "").toLowerCase()];
  if (unit === undefined) {
    throw new InvalidArgumentError(
      `without a unit this may be ${text}Hz or ${text}kHz; write the one that you mean.`,
    );
  }
  const hz = Math.round(Number(found[1]) * unit);
  if (hz < 1) throw new InvalidArgumentError("the clock must be at least 1 Hz.");
  return hz;
}

const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, min: 60_000_000 };

export function parseDuration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min)$/i.exec(text.trim());
  const unit = MICROSECONDS[(found?.[2] ?? "").toLowerCase()];
  if (found === null || unit === undefined) {
    throw new InvalidArgumentError("a time such as 500ms, 10s or 2min is wanted.");
  }
  return Math.round(Number(found[1]) * unit);
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

const NAMED_ANSWERS: Readonly<Record<string, bigint>> = { ok: 1n, cancel: 2n, yes: 3n, no: 4n };

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
