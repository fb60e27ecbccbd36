/** Finds writes whose address and value are swapped. Judges by what the sequence does elsewhere with both. */
import type { U64 } from "../../lib/u64.ts";
import type { Expression, Sequence } from "../tree.ts";
import { blocksOf, nodesIn, nodesOf } from "../walk.ts";
import { accesses, accessOf, placeKey, variablesIn, type Access, type Space } from "./accesses.ts";
import type { Constants } from "./constants.ts";
import type { Report } from "./report.ts";

/** A write whose address is known to be one. */
type Write = Access & { readonly value: Expression };

export function checkSwapped(sequence: Sequence, constants: Constants, report: Report): void {
  const all = accesses(sequence);
  if (all.every(({ value }) => value === undefined)) return;
  const read = readFrom(sequence);
  const places = new Map<Space, Places>();
  const placesOf = (space: Space): Places => {
    const known = places.get(space);
    if (known !== undefined) return known;
    const made = new Places(
      all.filter((access) => access.space === space),
      constants,
    );
    places.set(space, made);
    return made;
  };
  for (const access of all) {
    if (access.value === undefined) continue;
    const write = { ...access, value: access.value };
    const why =
      wasRead(write, read, constants) ??
      knownElsewhere(write, placesOf(write.space), constants) ??
      named(write, constants);
    if (why === undefined) continue;
    report("swapped-arguments", why, access.call.span, { hint: "the address comes first, then the value" });
  }
}

/** The addresses from which each variable was read, anywhere in the sequence. */
type ReadFrom = ReadonlyMap<string, readonly Expression[]>;

function readFrom(sequence: Sequence): ReadFrom {
  const found = new Map<string, Expression[]>();
  const store = (name: string, value: Expression): void => {
    for (const node of nodesOf(value)) {
      const access = node.kind === "call" ? accessOf(node) : undefined;
      if (access === undefined || access.value !== undefined) continue;
      const addresses = found.get(name);
      if (addresses === undefined) found.set(name, [access.address]);
      else addresses.push(access.address);
    }
  };
  for (const { entries } of blocksOf(sequence.items)) {
    for (const entry of entries)
      if (entry.kind === "declaration" && entry.value !== undefined) store(entry.name.text, entry.value);
  }
  for (const node of nodesIn(sequence)) if (node.kind === "assignment") store(node.target.text, node.value);
  return found;
}

/** Recognises `Write32(Read32(X) | 1, X)`, or the same with the read one statement earlier. */
function wasRead({ address, value }: Write, read: ReadFrom, constants: Constants): string | undefined {
  let key: string | undefined;
  const isValue = (place: Expression): boolean =>
    placeKey(place, constants) === (key ??= placeKey(value, constants));
  for (const node of nodesOf(address)) {
    const inner = node.kind === "call" ? accessOf(node) : undefined;
    const same = inner !== undefined && isValue(inner.address);
    if (same || (node.kind === "variable" && read.get(node.name)?.some(isValue) === true))
      return "the address is what was read from the place that is written as a value";
  }
  return undefined;
}

/** Counts what the accesses of one space take as their addresses, each with the number of accesses. */
class Places {
  readonly #keys = new Map<string, number>();
  readonly #pages = new Map<U64, number>();
  readonly #bases = new Map<string, number>();
  readonly #constants: Constants;

  constructor(all: readonly Access[], constants: Constants) {
    this.#constants = constants;
    for (const { address } of all) {
      count(this.#keys, placeKey(address, constants), 1);
      const value = constants.valueOf(address);
      if (value !== undefined) count(this.#pages, value >> PAGE_BITS, 1);
      for (const name of variablesIn(address)) count(this.#bases, name, 1);
    }
  }

  /** Returns true if an access other than that of `own` has this address. */
  has(key: string, own: Expression): boolean {
    const mine = placeKey(own, this.#constants) === key ? 1 : 0;
    return (this.#keys.get(key) ?? 0) > mine;
  }

  /** Returns true if an access other than that of `own` lies in the page of this address. */
  hasPageOf(place: U64, own: Expression): boolean {
    const value = this.#constants.valueOf(own);
    const mine = value !== undefined && value >> PAGE_BITS === place >> PAGE_BITS ? 1 : 0;
    return (this.#pages.get(place >> PAGE_BITS) ?? 0) > mine;
  }

  /** Returns true if an access other than that of `own` is made with one of its variables. */
  sharesBase(own: Expression): boolean {
    const names = variablesIn(own);
    return names.some((name) => (this.#bases.get(name) ?? 0) > names.filter((one) => one === name).length);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Registers of one peripheral lie in the same 4 KiB. */
const PAGE_BITS = 12n;
/** A smaller number is a value more often than an address. */
const LOWEST_ADDRESS = 0x1000n;

function knownElsewhere(
  { space, address, value }: Write,
  places: Places,
  constants: Constants,
): string | undefined {
  const place = constants.valueOf(value);
  if (place === undefined || places.has(placeKey(address, constants), address)) return undefined;
  if (places.sharesBase(address)) return undefined;
  const said = value.kind === "variable" ? `'${value.name}'` : "the value";
  const isPlace = places.has(String(place), address);
  if (isPlace && value.kind === "variable")
    return `${said} is an address elsewhere, and is written here as a value`;
  if (space !== "memory" || place < LOWEST_ADDRESS || place % 4n !== 0n) return undefined;
  const from = constants.valueOf(address);
  if (from !== undefined && (isRegister(from) || isRam(from) || places.hasPageOf(from, address)))
    return undefined;
  if (isPlace) return `${said} is an address elsewhere, and is written here as a value`;
  if (places.hasPageOf(place, address)) return `${said} lies among the addresses of this sequence`;
  const computed = from === undefined && address.kind === "binary" && "|&<<".includes(address.operator);
  const isSystem = place >= 0xe000_0000n && place <= 0xe00f_ffffn;
  if (
    isSystem ||
    (isRegister(place) && (computed || value.kind === "variable" || (from ?? place) < LOWEST_ADDRESS))
  )
    return `${said} is the address of a register, and the value given as the address is not`;
  return undefined;
}

/** Recognises peripherals and the private peripheral bus (ARMv7-M B3.1). */
function isRegister(address: U64): boolean {
  return (
    (address >= 0x4000_0000n && address <= 0x5fff_ffffn) ||
    (address >= 0xe000_0000n && address <= 0xe00f_ffffn)
  );
}

function isRam(address: U64): boolean {
  return address >= 0x2000_0000n && address <= 0x3fff_ffffn;
}

/** Packs name constants that hold an address in these ways. */
const ADDRESS_NAME = /(?:^(?:DP|AP)_|_addr(?:ess)?$)/i;

/** Judges `WriteDP(0, DP_SELECT)` by its names, which tell address and value apart. */
function named({ space, address, value }: Write, constants: Constants): string | undefined {
  if (value.kind !== "variable" || !ADDRESS_NAME.test(value.name)) return undefined;
  const place = constants.valueOf(value);
  if (place === undefined || address.kind !== "number") return undefined;
  const plausible =
    space === "memory"
      ? isRegister(address.value) || isRam(address.value)
      : place % 4n !== 0n || place > 0xfcn;
  return plausible
    ? undefined
    : `'${value.name}' is written here as a value, and its name says that it is an address`;
}
