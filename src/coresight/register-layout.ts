/** The shape of a register: named fields that are extracted from a value, put together and shown. Knows no register. */
import { hex32 } from "../lib/hex.ts";

export interface Field<Name extends string = string> {
  readonly name: Name;
  readonly low: number;
  readonly width: number;
}

export interface RegisterInfo<Name extends string = string> {
  readonly name: string;
  /** The DP address, AP offset, or memory address. */
  readonly address: number;
  readonly source: string;
  readonly fields: readonly Field<Name>[];
}

/** `"STICKYERR": 5` is a bit, `"APSEL": [24, 8]` a field of eight from bit 24 on. */
export type FieldTable = Readonly<Record<string, number | readonly [low: number, width: number]>>;

export function register<const Table extends FieldTable>(
  name: string,
  address: number,
  source: string,
  table: Table,
): RegisterInfo<keyof Table & string> {
  const fields = Object.entries(table).map(([field, at]): Field<keyof Table & string> =>
    typeof at === "number" ? { name: field, low: at, width: 1 } : { name: field, low: at[0], width: at[1] },
  );
  return { name, address, source, fields };
}

/** Returns the value of one named field. */
export function field<Name extends string>(info: RegisterInfo<Name>, name: Name, value: number): number {
  return valueOf(fieldOf(info, name), value);
}

/** Returns the bits of several fields together. */
export function mask<Name extends string>(info: RegisterInfo<Name>, ...names: readonly Name[]): number {
  return names.reduce((bits, name) => (bits | bitsOf(fieldOf(info, name))) >>> 0, 0);
}

/** Builds a value from fields; the others are as in `base`. */
export function encode<Name extends string>(
  info: RegisterInfo<Name>,
  values: Readonly<Partial<Record<Name, number>>>,
  base = 0,
): number {
  return info.fields.reduce((whole, found) => {
    const value = values[found.name];
    if (value === undefined) return whole;
    return ((whole & ~bitsOf(found)) | ((value << found.low) & bitsOf(found))) >>> 0;
  }, base >>> 0);
}

/**
 * Shows a value: `CTRL/STAT 0xF0000060: STICKYERR, READOK`. Wider fields appear as NAME=value; zero fields are
 * left out.
 */
export function decode(info: RegisterInfo, value: number): string {
  const set = info.fields.flatMap((found) => {
    const part = valueOf(found, value);
    if (part === 0) return [];
    return [found.width === 1 ? found.name : `${found.name}=${part}`];
  });
  return `${info.name} ${hex32(value)}${set.length === 0 ? "" : `: ${set.join(", ")}`}`;
}

function fieldOf<Name extends string>(info: RegisterInfo<Name>, name: Name): Field<Name> {
  const found = info.fields.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`${info.name} has no field ${name}`);
  return found;
}

function valueOf({ low, width }: Field, value: number): number {
  return ((value >>> low) & (2 ** width - 1)) >>> 0;
}

function bitsOf({ low, width }: Field): number {
  return ((2 ** width - 1) << low) >>> 0;
}
