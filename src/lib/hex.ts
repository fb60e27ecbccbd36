/** How numbers are shown: 0x, upper case, padded to the width of what they are. */

export function hex(value: number | bigint, digits = 0): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}

export function hex32(value: number | bigint): string {
  return hex(typeof value === "number" ? value >>> 0 : value, 8);
}
