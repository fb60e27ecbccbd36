/** Reads numbers and ranges of addresses as people write them. */
import type { Read } from "./units.ts";

/** The size, in bytes, is absent if only an address was given. */
export interface AddressRange {
  readonly address: number;
  readonly size?: number;
}

/** Reads decimal, 0x and 0b, with `_` between digits; up to 64 bits. */
export function readUnsigned(text: string): Read<bigint> {
  const digits = text.trim().replaceAll("_", "");
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(digits))
    return { ok: false, reason: `"${text}" is not a number; decimal, 0x and 0b are understood` };
  const value = BigInt(digits.toLowerCase());
  if (value > 0xffff_ffff_ffff_ffffn) return { ok: false, reason: `${text} has more than 64 bits` };
  return { ok: true, value };
}

/** Reads `0x1000` or `0x1000:0x200`, inside the 32-bit address space. */
export function readRange(text: string): Read<AddressRange> {
  const [start = "", length, more] = text.split(":");
  if (more !== undefined) return { ok: false, reason: `"${text}": expected ADDRESS or START:SIZE` };
  const [first, size] = [readUnsigned(start), length === undefined ? undefined : readUnsigned(length)];
  if (!first.ok) return first;
  if (size?.ok === false) return size;
  return rangeOf(text, Number(first.value), size === undefined ? undefined : Number(size.value));
}

function rangeOf(text: string, address: number, size: number | undefined): Read<AddressRange> {
  if (size === 0) return { ok: false, reason: `"${text}" is empty` };
  if (address + (size ?? 1) > 0x1_0000_0000)
    return { ok: false, reason: `"${text}" ends beyond the 32-bit address space` };
  return { ok: true, value: size === undefined ? { address } : { address, size } };
}
