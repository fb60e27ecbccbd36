/**
 * Finds the device that a person means among the names that packs have. Knows only names, and how chips are
 * marked.
 */
import { nearest } from "../lib/nearest.ts";

export interface DeviceName {
  readonly vendor: string;
  readonly name: string;
  readonly variantOf?: string;
}

export interface DeviceRequest {
  readonly vendor?: string;
  readonly device: string;
  readonly pname?: string;
}

/** Parses `Device`, `Vendor::Device` or `Vendor::Device:Pname`; the number of a vendor (`NXP:11`) is left out. */
export function parseDevice(text: string): DeviceRequest {
  const separator = text.indexOf("::");
  const vendor = separator < 0 ? "" : text.slice(0, separator).trim().replace(/:\d+$/, "");
  const rest = (separator < 0 ? text : text.slice(separator + 2)).trim();
  const colon = rest.lastIndexOf(":");
  const pname = colon < 0 ? "" : rest.slice(colon + 1);
  return {
    device: colon < 0 ? rest : rest.slice(0, colon),
    ...(vendor === "" ? {} : { vendor }),
    ...(pname === "" ? {} : { pname }),
  };
}

export type Match<T> =
  | { readonly kind: "found"; readonly device: T }
  | { readonly kind: "ambiguous"; readonly candidates: readonly T[] }
  /** `near` are the names that come closest, best first; it may be empty. */
  | { readonly kind: "unknown"; readonly near: readonly string[] };

/**
 * Matches without regard to case, by the first of these that fits anything: the exact name; a wildcard on
 * either side; the beginning of a name; a name that the request, a marking with more letters, begins with. A
 * device and its own variants count as one: the device.
 */
export function matchDevice<T extends DeviceName>(request: DeviceRequest, devices: readonly T[]): Match<T> {
  const wanted = request.device;
  const vendor = request.vendor?.toLowerCase();
  const pool = devices.filter((device) => vendor === undefined || sameVendor(device.vendor, vendor));
  if (wanted === "") return { kind: "unknown", near: [] };
  const lower = wanted.toLowerCase();
  const rules: readonly ((name: string) => boolean)[] = [
    (name) => name.toLowerCase() === lower,
    (name) => wildcard(name).test(wanted) || wildcard(trailingX(wanted)).test(name),
    (name) => name.toLowerCase().startsWith(lower),
  ];
  for (const rule of rules) {
    const candidates = withoutVariants(pool.filter(({ name }) => rule(name)));
    const [only] = candidates;
    if (candidates.length === 1 && only !== undefined) return { kind: "found", device: only };
    if (candidates.length > 1) return { kind: "ambiguous", candidates };
  }
  const marked = longest(pool.filter(({ name }) => isMarkingOf(wanted, name)));
  if (marked !== undefined) return { kind: "found", device: marked };
  return { kind: "unknown", near: nearNames(lower, pool) };
}

function sameVendor(name: string, wanted: string): boolean {
  return name.toLowerCase().startsWith(wanted);
}

/**
 * In a pack's name a small `x` after capitals stands for what the vendor left open. At the end it stands for
 * all that follows (`STM32G070CBTx`: ...BT6, ...BT6TR), inside for one letter each (`MK20DN128xxx5`).
 */
function wildcard(name: string): RegExp {
  const stem = name.replace(/x+$/, "");
  const open = stem === name ? "" : ".*";
  const pattern = stem.replace(/[^a-zA-Z0-9]/g, "\\$&").replaceAll("x", "[a-z0-9]");
  return new RegExp(`^${pattern}${open}$`, "i");
}

/** In a request only an `x` at the end is a wildcard, in either case; inside it may be a letter of the name. */
function trailingX(wanted: string): string {
  const stem = wanted.replace(/x+$/i, "");
  return stem === "" || stem === wanted ? wanted.replaceAll("x", "X") : `${stem.replaceAll("x", "X")}x`;
}

/** `LPC55S36JBD100` is an LPC55S36, but `LPC55S369` is another part, because a number continues there. */
function isMarkingOf(marking: string, name: string): boolean {
  if (name === "" || !marking.toLowerCase().startsWith(name.toLowerCase())) return false;
  return !(/\d$/.test(name) && /^\d/.test(marking.slice(name.length)));
}

function longest<T extends DeviceName>(devices: readonly T[]): T | undefined {
  return devices.toSorted((a, b) => b.name.length - a.name.length)[0];
}

function withoutVariants<T extends DeviceName>(candidates: readonly T[]): readonly T[] {
  return candidates.filter(({ variantOf }) => !candidates.some(({ name }) => name === variantOf));
}

const MOST_NEAR = 3;

/**
 * Returns misspellings first, then the names that share the longest beginning, if it is at least half of what
 * was asked for.
 */
function nearNames(wanted: string, devices: readonly DeviceName[]): readonly string[] {
  const names = new Set(devices.map(({ name }) => name));
  const near: string[] = [];
  for (let found = nearest(wanted, names, Infinity); found !== undefined && near.length < MOST_NEAR;) {
    near.push(found);
    names.delete(found);
    found = nearest(wanted, names, Infinity);
  }
  const shared = [...names]
    .map((name) => ({ name, length: sharedLength(name.toLowerCase(), wanted) }))
    .filter(({ length }) => length * 2 >= wanted.length)
    .toSorted((a, b) => b.length - a.length);
  return [...near, ...shared.map(({ name }) => name)].slice(0, MOST_NEAR);
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
