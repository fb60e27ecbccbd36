/**
 * Reads the value of a number or a duration, and what is odd about its spelling. Knows no places and no
 * diagnostics.
 */
import { U64_MAX, type U64 } from "../../lib/u64.ts";
import { table } from "../../lib/table.ts";

export type NumberProblem = "malformed" | "float" | "duration" | "too-large" | "looks-octal";

export interface NumberReading {
  readonly value: U64;
  /**
   * `looks-octal` is a warning and the value is the decimal one; all other problems leave 0 or the wrapped
   * value.
   */
  readonly problem?: NumberProblem;
}

const SHAPE =
  /^(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<binary>[01]+)|(?<decimal>\d+))(?:u|l|ul|lu|ll|ull|llu)?$/i;

/** Most numbers match it: they have few enough digits to fit, no suffix and no leading zero. */
const PLAIN = /^(?:0x[0-9a-fA-F]{1,16}|[1-9]\d{0,18}|0)$/;

/** Reads decimal, hexadecimal or binary, with any suffix that C allows. */
export function readNumber(text: string): NumberReading {
  if (PLAIN.test(text)) return { value: BigInt(text) };
  const groups = SHAPE.exec(text)?.groups;
  if (groups === undefined) return { value: 0n, problem: problemOf(text) };
  const { hex, binary, decimal } = groups;
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : (decimal ?? "0").replace(/^0+(?=\d)/, "");
  // No 64-bit number has more digits, and reading millions of digits takes minutes.
  if (digits.replace(/^0[xb]0*/, "").length > 64) return { value: 0n, problem: "too-large" };
  const value = BigInt(digits);
  if (value > U64_MAX) return { value: BigInt.asUintN(64, value), problem: "too-large" };
  if (decimal !== undefined && decimal.length > 1 && decimal.startsWith("0")) {
    return { value, problem: "looks-octal" };
  }
  return { value };
}

function problemOf(text: string): NumberProblem {
  if (/^\d+(?:us|ms|s)$/.test(text)) return "duration";
  if (/^\d+\.\d*f?$|^\d*\.\d+f?$|^\d+e\d+$/i.test(text)) return "float";
  return "malformed";
}

/** A PDSC attribute holds no longer wait, in microseconds. */
export const MAX_TIMEOUT_US = 0xffff_ffff;

const UNIT_US: Readonly<Record<string, bigint>> = table({ "": 1n, us: 1n, ms: 1000n, s: 1_000_000n });

/**
 * Reads `50ms`, `1s`, or a plain number of microseconds. Returns undefined if it is not a duration, and
 * Infinity if it is too long.
 */
export function readDurationUs(text: string): number | undefined {
  const found = /^(?<number>0[xX][0-9a-fA-F]+|\d+)(?<unit>us|ms|s)?$/.exec(text)?.groups;
  if (found === undefined) {
    const plain = readNumber(text);
    return plain.problem === undefined ? limited(plain.value) : undefined;
  }
  const number = readNumber(found["number"] ?? "");
  if (number.problem === "too-large") return Infinity;
  return limited(number.value * (UNIT_US[found["unit"] ?? ""] ?? 1n));
}

function limited(us: bigint): number {
  return us > BigInt(MAX_TIMEOUT_US) ? Infinity : Number(us);
}

/** Uses the largest unit that is exact: `1s`, `50ms`, `150us`; 0 is `0`. */
export function durationText(us: number): string {
  if (us === 0) return "0";
  if (us % 1_000_000 === 0) return `${us / 1_000_000}s`;
  if (us % 1000 === 0) return `${us / 1000}ms`;
  return `${us}us`;
}

/** Returns the text between quotes without its escapes; an unknown escape stays as it is written. */
export function unquote(raw: string): string {
  const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\" };
  return raw.replace(/\\(.)/g, (written, letter: string) => ESCAPES[letter] ?? written);
}
