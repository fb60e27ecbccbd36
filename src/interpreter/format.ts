/**
 * The texts of Message and Query: escapes, and the specification's subset of C formats. Numbers are unsigned 64-bit;
 * a 32-bit specifier prints the lower 32 bits of them.
 */
import { assertNever } from "../lib/assert-never.ts";
import type { U64 } from "../lib/u64.ts";
import { fixedText } from "./float-text.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\" };

/** Decodes escapes; strings keep their raw text everywhere else. Unknown escapes are shown as written. */
export function decodeEscapes(raw: string): string {
  return raw.replace(/\\(.)/gs, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

type Conversion = "d" | "i" | "u" | "x" | "X" | "o" | "b" | "c" | "s" | "f";

const SPECIFIER = /%(?:%|([-0+ #]*)(\d*)(?:\.(\d*))?(hh|h|ll|l|L)?([diuxXobcsf]))/g;

/** The widest padding; messages do not need more. */
const PADDING_LIMIT = 100;

interface Specifier {
  readonly flags: string;
  readonly width: number;
  readonly precision?: number;
  readonly size: string;
  readonly conversion: Conversion;
}

/** A specifier without an argument, and text that is not a specifier, is shown as written. */
export function formatMessage(format: string, args: readonly (U64 | string)[]): string {
  let next = 0;
  return format.replace(
    SPECIFIER,
    (
      written: string,
      flags: string | undefined,
      width: string | undefined,
      precision: string | undefined,
      size: string | undefined,
      conversion: Conversion | undefined,
    ) => {
      if (conversion === undefined) return "%";
      const argument = args[next++];
      if (argument === undefined) return written;
      return show(argument, {
        flags: flags ?? "",
        width: Math.min(Number(width), PADDING_LIMIT),
        ...(precision === undefined ? {} : { precision: Math.min(Number(precision), PADDING_LIMIT) }),
        size: size ?? "",
        conversion,
      });
    },
  );
}

function show(argument: U64 | string, specifier: Specifier): string {
  const { flags, width, precision, conversion } = specifier;
  const text = typeof argument === "string" ? argument.slice(0, precision) : number(argument, specifier);
  if (flags.includes("-")) return text.padEnd(width);
  const zeros = flags.includes("0") && typeof argument !== "string" && !"sc".includes(conversion);
  // Infinity, NaN and text without digits are not filled up with zeros.
  const plain = (precision !== undefined && conversion !== "f") || /^[-+ ]?[in]/.test(text);
  if (!zeros || plain) return text.padStart(width);
  const sign = /^[-+ ]?(?:0[xXbB])?/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function number(value: U64, specifier: Specifier): string {
  const { flags, precision, size, conversion } = specifier;
  const bits = BITS[size] ?? 32;
  const unsigned = BigInt.asUintN(bits, value);
  const digits = (radix: number, prefix = ""): string => {
    const plain = unsigned.toString(radix).padStart(precision ?? 0, "0");
    return flags.includes("#") && unsigned !== 0n ? prefix + plain : plain;
  };
  switch (conversion) {
    case "d":
    case "i": {
      const signed = BigInt.asIntN(bits, value);
      const magnitude = (signed < 0n ? -signed : signed).toString().padStart(precision ?? 0, "0");
      return sign(signed < 0n, flags) + magnitude;
    }
    case "u":
    case "s":
      return digits(10);
    case "x":
      return digits(16, "0x");
    case "X":
      return digits(16, "0x").toUpperCase();
    case "o":
      return digits(8, "0");
    case "b":
      return digits(2, "0b");
    case "c":
      return String.fromCharCode(Number(BigInt.asUintN(8, value)));
    case "f": {
      const real = float(value, size === "L");
      const negative = real < 0 || Object.is(real, -0);
      const point = flags.includes("#") && precision === 0 && Number.isFinite(real) ? "." : "";
      return sign(negative, flags) + fixedText(real, precision ?? 6) + point;
    }
    default:
      return assertNever(conversion);
  }
}

/**
 * Bits by length modifier. The specification has no `ll` and `L`; `l` is 32 bits, as in the tools that packs are
 * written for.
 */
const BITS: Readonly<Record<string, number>> = { hh: 8, h: 16, "": 32, l: 32, ll: 64, L: 64 };

function sign(negative: boolean, flags: string): string {
  if (negative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

/** Reads the bits as an IEEE 754 number: single precision, or double for `%Lf`. */
function float(value: U64, double: boolean): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return double ? view.getFloat64(0) : view.getFloat32(4);
}
