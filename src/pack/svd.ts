/**
 * Reads a CMSIS-SVD file (format 1.3): peripherals, clusters, registers and fields, arrays and derived ones. What it
 * cannot read of one register costs that register only and is listed with its place.
 */
import { where, type Source, type Span } from "../lib/source.ts";
import { parseXml, type XmlElement } from "../lib/xml.ts";
import {
  RegisterMap,
  type PeripheralRegister,
  type RegisterField,
  type RegisterSize,
  type SvdAccess,
} from "../device/peripherals.ts";
import { PackFailure } from "./faults.ts";

export interface SvdProblem {
  readonly message: string;
  readonly span: Span;
}

export interface ReadSvd {
  readonly registers: RegisterMap;
  readonly problems: readonly SvdProblem[];
}

/** The largest that vendors ship has about a million tags and 60,000 registers. */
const MOST_TAGS = 4_000_000;
const MOST_REGISTERS = 500_000;
const MOST_DIM = 65_536n;
/** Derived from derived, and so on; a ring of them ends here. */
const MOST_DERIVED = 16;

/** Throws `malformed-xml` or `not-svd` with a place. */
export function readSvd(source: Source): ReadSvd {
  const root = parseXml(source, MOST_TAGS);
  if (root.name !== "device")
    throw new PackFailure(
      { kind: "not-svd", path: source.path, found: root.name },
      `${where(root.openSpan)}: <device> is expected in a CMSIS-SVD file, not <${root.name}>`,
    );
  return new SvdReader(root).read();
}

/** What registers inherit from what they stand in. */
interface Properties {
  readonly size: bigint;
  readonly access: SvdAccess;
  readonly resetValue: bigint;
}

/** Where a register stands. */
interface Place extends Properties {
  readonly peripheral: string;
  readonly prefix: string;
  readonly base: bigint;
}

class Unreadable extends Error {
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

class SvdReader {
  readonly #root: XmlElement;
  readonly #problems: SvdProblem[] = [];
  readonly #peripherals = new Map<string, XmlElement>();
  #made = 0;

  constructor(root: XmlElement) {
    this.#root = root;
  }

  read(): ReadSvd {
    const elements = [...(this.#root.element("peripherals")?.elements("peripheral") ?? [])];
    for (const element of elements) {
      const name = textOf(element, "name");
      if (name !== undefined && !this.#peripherals.has(name)) this.#peripherals.set(name, element);
    }
    const given: Properties = { size: 32n, access: "read-write", resetValue: 0n };
    const device = this.#attempt(() => propertiesOf(this.#root, given)) ?? given;
    const read: (readonly [string, readonly PeripheralRegister[]])[] = [];
    for (const element of elements) this.#attempt(() => read.push(...this.#peripheral(element, device)));
    return { registers: new RegisterMap(read), problems: this.#problems };
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#problems.push({ message: error.message, span: error.span });
      return undefined;
    }
  }

  #peripheral(
    element: XmlElement,
    device: Properties,
  ): readonly (readonly [string, readonly PeripheralRegister[]])[] {
    const chain = this.#chain(element, (name) => this.#peripherals.get(name));
    const properties = [...chain].reverse().reduce((outer, one) => propertiesOf(one, outer), device);
    const base = required(element, "baseAddress");
    const registers = chain.map((one) => one.element("registers")).find((one) => one !== undefined);
    return itemsOf(element, chain).map(({ name, offset }) => {
      const place = { ...properties, peripheral: name, prefix: "", base: base + offset };
      return [name, registers === undefined ? [] : [...this.#members(registers, place)]] as const;
    });
  }

  *#members(parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    for (const element of parent.elements()) {
      if (element.name === "register")
        yield* this.#attempt(() => [...this.#register(element, parent, place)]) ?? [];
      else if (element.name === "cluster")
        yield* this.#attempt(() => [...this.#cluster(element, parent, place)]) ?? [];
    }
  }

  *#cluster(element: XmlElement, parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    const chain = this.#chain(element, (name) => named(parent, "cluster", name));
    const properties = [...chain]
      .reverse()
      .reduce<Properties>((outer, one) => propertiesOf(one, outer), place);
    const start = firstOf(chain, "addressOffset") ?? missing(element, "addressOffset");
    for (const { name, offset } of itemsOf(element, chain)) {
      const inner = {
        ...place,
        ...properties,
        prefix: `${place.prefix}${name}.`,
        base: place.base + start + offset,
      };
      for (const one of chain) yield* this.#members(one, inner);
    }
  }

  *#register(element: XmlElement, parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    const chain = this.#chain(element, (name) => this.#registerNamed(parent, name));
    const { size, access, resetValue } = [...chain]
      .reverse()
      .reduce<Properties>((outer, one) => propertiesOf(one, outer), place);
    const start = firstOf(chain, "addressOffset") ?? missing(element, "addressOffset");
    const fields = this.#fields(chain, access);
    const readAction = chain.some((one) => one.element("readAction") !== undefined);
    for (const { name, offset } of itemsOf(element, chain)) {
      this.#made += 1;
      if (this.#made > MOST_REGISTERS)
        throw new PackFailure(
          { kind: "not-svd", path: element.source.path, found: "too many registers" },
          `${where(element.openSpan)}: more than ${MOST_REGISTERS} registers`,
        );
      yield {
        peripheral: place.peripheral,
        name: `${place.prefix}${name}`,
        address: Number(BigInt.asUintN(32, place.base + start + offset)),
        size: sizeOf(size, element),
        access,
        resetValue,
        readAction,
        fields,
      };
    }
  }

  #fields(chain: readonly XmlElement[], access: SvdAccess): readonly RegisterField[] {
    const parent = chain.map((one) => one.element("fields")).find((one) => one !== undefined);
    if (parent === undefined) return [];
    return [...parent.elements("field")]
      .flatMap((element) => this.#attempt(() => this.#field(element, parent, access)) ?? [])
      .sort((a, b) => a.lsb - b.lsb);
  }

  #field(element: XmlElement, parent: XmlElement, access: SvdAccess): readonly RegisterField[] {
    const chain = this.#chain(element, (name) => named(parent, "field", name.split(".").at(-1) ?? name));
    const [lsb, width] = chain.map(bitsOf).find((bits) => bits !== undefined) ?? missing(element, "bitRange");
    const values = new Map(chain.flatMap((one) => [...one.elements("enumeratedValues")]).flatMap(valuesOf));
    const own = chain.map((one) => accessOf(one)).find((one) => one !== undefined) ?? access;
    return itemsOf(element, chain).map(({ name, offset }) => ({
      name,
      lsb: lsb + Number(offset),
      width,
      access: own,
      values,
    }));
  }

  /** The element and what it is derived from, nearest first. */
  #chain(element: XmlElement, find: (name: string) => XmlElement | undefined): readonly XmlElement[] {
    const chain = [element];
    for (let at = element; chain.length <= MOST_DERIVED;) {
      const from = at.value("derivedFrom");
      if (from === undefined) return chain;
      const base = find(from);
      if (base === undefined) throw new Unreadable(`there is no "${from}" to derive from`, at.openSpan);
      chain.push(base);
      at = base;
    }
    throw new Unreadable("what this is derived from is derived from it", element.openSpan);
  }

  /** In the same scope, or `PERIPHERAL.REGISTER`. */
  #registerNamed(parent: XmlElement, name: string): XmlElement | undefined {
    const local = named(parent, "register", name);
    if (local !== undefined) return local;
    const [first = "", ...path] = name.split(".");
    let at = this.#peripherals.get(first)?.element("registers");
    for (const cluster of path.slice(0, -1)) at = at && named(at, "cluster", cluster);
    return at && named(at, "register", path.at(-1) ?? "");
  }
}

/** What is derived asks for its like by name, again and again. */
const indexes = new WeakMap<XmlElement, Map<string, ReadonlyMap<string, XmlElement>>>();

/** Of two with one name the first counts. */
function named(parent: XmlElement, kind: string, name: string): XmlElement | undefined {
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

interface Item {
  readonly name: string;
  readonly offset: bigint;
}

/** One, or as many as `dim` says: `%s` in the name is the index, `[%s]` the index in brackets. */
function itemsOf(element: XmlElement, chain: readonly XmlElement[]): readonly Item[] {
  const name = textOf(element, "name") ?? missing(element, "name");
  const dim = firstOf(chain, "dim");
  if (dim === undefined) return [{ name, offset: 0n }];
  if (dim < 1n || dim > MOST_DIM)
    throw new Unreadable(`1 to ${MOST_DIM} elements are possible, not ${dim}`, element.openSpan);
  const step = firstOf(chain, "dimIncrement") ?? missing(element, "dimIncrement");
  const index = chain.map((one) => textOf(one, "dimIndex")).find((one) => one !== undefined);
  const names = indicesOf(index, Number(dim));
  return names.map((text, at) => ({ name: name.replace("%s", text), offset: step * BigInt(at) }));
}

/** `A,B,C`, `3-6` or `A-D`; without any, from 0. */
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

function accessOf(element: XmlElement): SvdAccess | undefined {
  const text = textOf(element, "access");
  return ACCESS.find((one) => one === text);
}

function propertiesOf(element: XmlElement, outer: Properties): Properties {
  return {
    size: numberOf(element, "size") ?? outer.size,
    access: accessOf(element) ?? outer.access,
    resetValue: numberOf(element, "resetValue") ?? outer.resetValue,
  };
}

/** Odd sizes exist; an access is as wide as the next that a bus has. */
function sizeOf(bits: bigint, element: XmlElement): RegisterSize {
  const size = ([8, 16, 32, 64] as const).find((one) => bits <= one);
  if (bits > 0n && size !== undefined) return size;
  throw new Unreadable(`a register of ${bits} bits cannot be accessed`, element.openSpan);
}

/** Lowest bit and width, in each of the three spellings. */
function bitsOf(element: XmlElement): readonly [number, number] | undefined {
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
    throw new Unreadable(`"${range}" is no range of bits`, element.openSpan);
  }
  const [lsb, width] = bits;
  if (lsb >= 0n && width >= 1n && lsb + width <= 64n) return [Number(lsb), Number(width)];
  throw new Unreadable(`bits ${lsb} to ${lsb + width - 1n} are none of a register`, element.openSpan);
}

function rangeOf(text: string): readonly [bigint, bigint] | undefined {
  const [, high, low] = /^\[(\d{1,9}):(\d{1,9})\]$/.exec(text.replace(/\s/g, "")) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [BigInt(low), BigInt(high) - BigInt(low) + 1n];
}

/** Names of values for people: one that cannot be read (`#1x0` and the like) is left out. */
function valuesOf(element: XmlElement): readonly (readonly [bigint, string])[] {
  if (textOf(element, "usage") === "write") return [];
  return [...element.elements("enumeratedValue")].flatMap((one) => {
    const value = parsed(textOf(one, "value") ?? "");
    const name = textOf(one, "name");
    return value === undefined || name === undefined ? [] : [[value, name] as const];
  });
}

function firstOf(chain: readonly XmlElement[], name: string): bigint | undefined {
  for (const element of chain) {
    const value = numberOf(element, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function required(element: XmlElement, name: string): bigint {
  return numberOf(element, name) ?? missing(element, name);
}

function missing(element: XmlElement, name: string): never {
  throw new Unreadable(`<${element.name}> has no <${name}>`, element.openSpan);
}

function numberOf(element: XmlElement, name: string): bigint | undefined {
  const child = element.element(name);
  if (child === undefined) return undefined;
  const value = parsed(child.text.trim());
  if (value !== undefined) return value;
  throw new Unreadable(`"${child.text.trim()}" is no number`, child.span);
}

/** The schema's scaledNonNegativeInteger, and its binary form with `#` or `0b`. */
function parsed(text: string): bigint | undefined {
  const [, hex, binary, decimal, scale = ""] =
    /^\+?(?:0[xX]([0-9a-fA-F]+)|(?:#|0[bB])([01]+)|(\d+))([kmgtKMGT]?)$/.exec(text) ?? [];
  const digits = hex === undefined ? (binary === undefined ? decimal : `0b${binary}`) : `0x${hex}`;
  if (digits === undefined || digits.length > MOST_DIGITS) return undefined;
  const power = scale === "" ? 0 : 1 + "kmgt".indexOf(scale.toLowerCase());
  return BigInt(digits) << BigInt(10 * power);
}

/** 64 bits in binary, and the prefix. */
const MOST_DIGITS = 66;

function textOf(element: XmlElement, name: string): string | undefined {
  return element.element(name)?.text.trim();
}
