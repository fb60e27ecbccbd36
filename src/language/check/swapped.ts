/** A write whose address and value stand in each other's place. Judges by what the sequence does elsewhere with both. */
import type { U64 } from "../../lib/u64.ts";
import type { Expression, Sequence } from "../tree.ts";
import { blocksOf, nodesIn, nodesOf } from "../walk.ts";
import { accesses, accessOf, placeKey, variablesIn, type Access } from "./accesses.ts";
import type { Constants } from "./constants.ts";
import type { Report } from "./report.ts";

/** A written place with its address known to be one. */
type Write = Access & { readonly value: Expression };

export function checkSwapped(sequence: Sequence, constants: Constants, report: Report): void {
  const all = accesses(sequence);
  const read = readFrom(sequence, constants);
  for (const access of all) {
    if (access.value === undefined) continue;
    const write = { ...access, value: access.value };
    const others = new Others(write, all, constants);
    const why =
      wasRead(write, read, constants) ?? knownElsewhere(write, others, constants) ?? named(write, constants);
    if (why === undefined) continue;
    report("swapped-arguments", why, access.call.span, { hint: "the address comes first, then the value" });
  }
}

/** The places that each variable was read from, anywhere in the sequence. */
function readFrom(sequence: Sequence, constants: Constants): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const store = (name: string, value: Expression): void => {
    for (const node of nodesOf(value)) {
      const access = node.kind === "call" ? accessOf(node) : undefined;
      if (access === undefined || access.value !== undefined) continue;
      const places = found.get(name) ?? new Set();
      found.set(name, places.add(placeKey(access.address, constants)));
    }
  };
  for (const { entries } of blocksOf(sequence.items)) {
    for (const entry of entries)
      if (entry.kind === "declaration" && entry.value !== undefined) store(entry.name.text, entry.value);
  }
  for (const node of nodesIn(sequence)) if (node.kind === "assignment") store(node.target.text, node.value);
  return found;
}

/** `Write32(Read32(X) | 1, X)`, or with the read one statement earlier. */
function wasRead(
  { address, value }: Write,
  read: ReadonlyMap<string, ReadonlySet<string>>,
  constants: Constants,
): string | undefined {
  const place = placeKey(value, constants);
  for (const node of nodesOf(address)) {
    const inner = node.kind === "call" ? accessOf(node) : undefined;
    const same = inner !== undefined && placeKey(inner.address, constants) === place;
    if (same || (node.kind === "variable" && read.get(node.name)?.has(place) === true))
      return "the address is what was read from the place that is written as a value";
  }
  return undefined;
}

/** What the other accesses of the same space take as their addresses. */
class Others {
  readonly places = new Set<string>();
  readonly pages = new Set<U64>();
  readonly bases = new Set<string>();

  constructor(write: Write, all: readonly Access[], constants: Constants) {
    for (const { call, space, address } of all) {
      if (call === write.call || space !== write.space) continue;
      this.places.add(placeKey(address, constants));
      const value = constants.valueOf(address);
      if (value !== undefined) this.pages.add(value >> PAGE_BITS);
      for (const name of variablesIn(address)) this.bases.add(name);
    }
  }
}

/** Registers of one peripheral lie in the same 4 KiB. */
const PAGE_BITS = 12n;
/** What is smaller is a value more often than an address. */
const LOWEST_ADDRESS = 0x1000n;

function knownElsewhere(
  { space, address, value }: Write,
  others: Others,
  constants: Constants,
): string | undefined {
  const place = constants.valueOf(value);
  if (place === undefined || others.places.has(placeKey(address, constants))) return undefined;
  if (variablesIn(address).some((name) => others.bases.has(name))) return undefined;
  const said = value.kind === "variable" ? `'${value.name}'` : "the value";
  const isPlace = others.places.has(String(place));
  if (isPlace && value.kind === "variable")
    return `${said} is an address elsewhere, and is written here as a value`;
  if (space !== "memory" || place < LOWEST_ADDRESS || place % 4n !== 0n) return undefined;
  const from = constants.valueOf(address);
  if (from !== undefined && (isRegister(from) || isRam(from) || others.pages.has(from >> PAGE_BITS)))
    return undefined;
  if (isPlace) return `${said} is an address elsewhere, and is written here as a value`;
  if (others.pages.has(place >> PAGE_BITS)) return `${said} lies among the addresses of this sequence`;
  const computed = from === undefined && address.kind === "binary" && "|&<<".includes(address.operator);
  const isSystem = place >= 0xe000_0000n && place <= 0xe00f_ffffn;
  if (
    isSystem ||
    (isRegister(place) && (computed || value.kind === "variable" || (from ?? place) < LOWEST_ADDRESS))
  )
    return `${said} is the address of a register, and the address is none`;
  return undefined;
}

/** Peripherals and the private peripheral bus (ARMv7-M B3.1). */
function isRegister(address: U64): boolean {
  return (
    (address >= 0x4000_0000n && address <= 0x5fff_ffffn) ||
    (address >= 0xe000_0000n && address <= 0xe00f_ffffn)
  );
}

function isRam(address: U64): boolean {
  return address >= 0x2000_0000n && address <= 0x3fff_ffffn;
}

/** As packs name constants that hold an address. */
const ADDRESS_NAME = /(?:^(?:DP|AP)_|_addr(?:ess)?$)/i;

/** `WriteDP(0, DP_SELECT)`: the names say what is what. */
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
