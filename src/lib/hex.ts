/** Shows a number as 0x and upper case digits, padded to the width of what it is. */

export function hex(value: number | bigint, digits = 0): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}

export function hex32(value: number | bigint): string {
  return hex(typeof value === "number" ? value >>> 0 : value, 8);
}
