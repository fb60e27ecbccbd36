/**
 * Reads what elements of a CMSIS-SVD file say: names, numbers, bits, arrays. Knows how each is spelt, but no
 * register.
 */
import type { RegisterSize, SvdAccess } from "../../device/peripherals.ts";
import type { Span } from "../../lib/source.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";

/** The longest name that vendors ship has about 60 letters. */
const LONGEST_NAME = 1000;
const MOST_DIM = 65_536n;

/** The properties that registers inherit from what they stand in. */
export interface Properties {
  readonly size: bigint;
  readonly access: SvdAccess;
  readonly resetValue: bigint;
}

/** This failure costs the element that has it, and no other. */
export class Unreadable extends Error {
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

/** The index is kept, because derived elements ask for others by name again and again. */
const indexes = new WeakMap<XmlElement, Map<string, ReadonlyMap<string, XmlElement>>>();

/** Finds an element by name; the first of two with one name counts. */
export function named(parent: XmlElement, kind: string, name: string): XmlElement | undefined {
  const kinds = indexes.get(parent) ?? new Map<string, ReadonlyMap<string, XmlElement>>();
  indexes.set(parent, kinds);
  const known =
    kinds.get(kind) ??
    new Map(
      parent
        .elements(kind)
        .toReversed()
        .map((element) => [textOf(element, "name") ?? "", element]),
    );
  kinds.set(kind, known);
  return known.get(name);
}

export interface Item {
  readonly name: string;
  readonly offset: bigint;
}

/** Returns one item, or as many as `dim` says: `%s` in the name is the index, `[%s]` the index in brackets. */
export function itemsOf(element: XmlElement, chain: readonly XmlElement[]): readonly Item[] {
  const name = textOf(element, "name") ?? missing(element, "name");
  if (name.length > LONGEST_NAME) throw new Unreadable("the name is too long", element.openSpan);
  const dim = firstOf(chain, "dim");
  if (dim === undefined) return [{ name, offset: 0n }];
  if (dim < 1n || dim > MOST_DIM)
    throw new Unreadable(`expected 1 to ${MOST_DIM} elements, not ${dim}`, element.openSpan);
  const step = firstOf(chain, "dimIncrement") ?? missing(element, "dimIncrement");
  const index = chain.map((one) => textOf(one, "dimIndex")).find((one) => one !== undefined);
  const names = indicesOf(index, Number(dim));
  return names.map((text, at) => ({ name: name.replace("%s", text), offset: step * BigInt(at) }));
}

/** Reads `A,B,C`, `3-6` or `A-D`; without any, indices count from 0. */
function indicesOf(text: string | undefined, dim: number): readonly string[] {
  const counted = Array.from({ length: dim }, (_, at) => String(at));
  if (text === undefined) return counted;
  const [, first, last] = /^(\d+|[A-Za-z])-(\d+|[A-Za-z])$/.exec(text) ?? [];
  if (first !== undefined && last !== undefined) {
    const isNumber = /^\d+$/.test(first);
    const start = isNumber ? Number(first) : first.charCodeAt(0);
    return counted.map((_, at) => (isNumber ? String(start + at) : String.fromCharCode(start + at)));
  }
  const listed = text.split(",").map((one) => one.trim());
  return counted.map((one, at) => listed[at] ?? one);
}

const ACCESS: readonly SvdAccess[] = ["read-only", "write-only", "read-write", "writeOnce", "read-writeOnce"];

export function accessOf(element: XmlElement): SvdAccess | undefined {
  const text = textOf(element, "access");
  return ACCESS.find((one) => one === text);
}

export function propertiesOf(element: XmlElement, outer: Properties): Properties {
  return {
    size: numberOf(element, "size") ?? outer.size,
    access: accessOf(element) ?? outer.access,
    resetValue: numberOf(element, "resetValue") ?? outer.resetValue,
  };
}

/** Odd sizes exist; an access is as wide as the next size that a bus has. */
export function sizeOf(bits: bigint, element: XmlElement): RegisterSize {
  const size = ([8, 16, 32, 64] as const).find((one) => bits <= one);
  if (bits > 0n && size !== undefined) return size;
  throw new Unreadable(`a register of ${bits} bits cannot be accessed`, element.openSpan);
}

/** Returns the lowest bit and the width, from any of the three spellings. */
export function bitsOf(element: XmlElement): readonly [number, number] | undefined {
  const range = textOf(element, "bitRange");
  const offset = numberOf(element, "bitOffset");
  const [low, high] = [numberOf(element, "lsb"), numberOf(element, "msb")];
  const bits =
    range !== undefined
      ? rangeOf(range)
      : offset !== undefined
        ? ([offset, numberOf(element, "bitWidth") ?? 1n] as const)
        : low !== undefined && high !== undefined
          ? ([low, high - low + 1n] as const)
          : undefined;
  if (bits === undefined) {
    if (range === undefined) return undefined;
    throw new Unreadable(`"${range}" is not a range of bits`, element.openSpan);
  }
  const [lsb, width] = bits;
  if (lsb >= 0n && width >= 1n && lsb + width <= 64n) return [Number(lsb), Number(width)];
  throw new Unreadable(`bits ${lsb} to ${lsb + width - 1n} are not bits of a register`, element.openSpan);
}

function rangeOf(text: string): readonly [bigint, bigint] | undefined {
  const [, high, low] = /^\[(\d{1,9}):(\d{1,9})\]$/.exec(text.replace(/\s/g, "")) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [BigInt(low), BigInt(high) - BigInt(low) + 1n];
}

/** Returns names of values for people; a value that cannot be read (`#1x0` and the like) is left out. */
export function valuesOf(
  element: XmlElement,
  list: readonly XmlElement[],
): readonly (readonly [bigint, string])[] {
  if (textOf(element, "usage") === "write") return [];
  return list.flatMap((one) => {
    const value = parsed(textOf(one, "value") ?? "");
    const name = textOf(one, "name");
    return value === undefined || name === undefined ? [] : [[value, name] as const];
  });
}

export function firstOf(chain: readonly XmlElement[], name: string): bigint | undefined {
  for (const element of chain) {
    const value = numberOf(element, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

export function required(element: XmlElement, name: string): bigint {
  return numberOf(element, name) ?? missing(element, name);
}

export function missing(element: XmlElement, name: string): never {
  throw new Unreadable(`<${element.name}> has no <${name}>`, element.openSpan);
}

function numberOf(element: XmlElement, name: string): bigint | undefined {
  const child = element.element(name);
  if (child === undefined) return undefined;
  const value = parsed(child.text.trim());
  if (value !== undefined) return value;
  throw new Unreadable(`"${child.text.trim()}" is not a number`, child.span);
}

/** Parses the schema's scaledNonNegativeInteger, and its binary form with `#` or `0b`. */
function parsed(text: string): bigint | undefined {
  const [, hex, binary, decimal, scale = ""] =
    /^\+?(?:0[xX]([0-9a-fA-F]+)|(?:#|0[bB])([01]+)|(\d+))([kmgtKMGT]?)$/.exec(text) ?? [];
  const digits = hex === undefined ? (binary === undefined ? decimal : `0b${binary}`) : `0x${hex}`;
  if (digits === undefined || digits.length > MOST_DIGITS) return undefined;
  const power = scale === "" ? 0 : 1 + "kmgt".indexOf(scale.toLowerCase());
  return BigInt(digits) << BigInt(10 * power);
}

/** The longest number has 64 binary digits and the prefix. */
const MOST_DIGITS = 66;

export function textOf(element: XmlElement, name: string): string | undefined {
  return element.element(name)?.text.trim();
}
