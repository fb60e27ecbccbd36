/** The magnitude of an IEEE 754 number as `%f` of C shows it: from its exact value, halves to the even digit. */

const MANTISSA_BITS = 52n;
const HIDDEN = 1n << MANTISSA_BITS;
/** The bias of the exponent field, less the places of the mantissa. */
const BIAS = 1075n;

/** Writes the number without its sign. Infinities and NaN become `inf` and `nan`. */
export function fixedText(real: number, precision: number): string {
  if (Number.isNaN(real)) return "nan";
  if (!Number.isFinite(real)) return "inf";
  const { mantissa, exponent } = partsOf(real);
  const scaled = mantissa * 10n ** BigInt(precision);
  const digits = (exponent >= 0n ? scaled << exponent : halvesToEven(scaled, -exponent)).toString();
  if (precision === 0) return digits;
  const padded = digits.padStart(precision + 1, "0");
  return `${padded.slice(0, -precision)}.${padded.slice(-precision)}`;
}

/** Takes a number apart: |real| = mantissa * 2 ** exponent. */
function partsOf(real: number): { readonly mantissa: bigint; readonly exponent: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, real);
  const bits = view.getBigUint64(0);
  const field = (bits >> MANTISSA_BITS) & 0x7ffn;
  const fraction = bits & (HIDDEN - 1n);
  return field === 0n
    ? { mantissa: fraction, exponent: 1n - BIAS }
    : { mantissa: fraction | HIDDEN, exponent: field - BIAS };
}

/** Returns value / 2 ** places, rounded to the nearest; a tie goes to the even one. */
function halvesToEven(value: bigint, places: bigint): bigint {
  const quotient = value >> places;
  const rest = value - (quotient << places);
  const half = 1n << (places - 1n);
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}
