/** Where an access port is, and how its registers are laid out there. Knows no way to reach it. */
import { hex } from "../lib/hex.ts";
import type { U64 } from "../lib/u64.ts";

/**
 * By APSEL, a number (ADIv5); at a base address of the debug port's own space (ADIv6); or at one in the memory behind
 * another access port, its parent.
 */
export type ApPlace = number | ApAt;

export interface ApAt {
  readonly address: number;
  readonly parent?: ApPlace;
}

/** The registers that an access port of ADIv5 has from 0x00 on stand here in one of ADIv6 (IHI 0074, C2.6). */
const VERSION_2_REGISTERS = 0xd00;

/** Where the register at an ADIv5 offset stands in this access port. */
export function offsetIn(place: ApPlace, offset: number): number {
  return typeof place === "number" ? offset : VERSION_2_REGISTERS + offset;
}

/** The same text for the same place. */
export function placeKey(place: ApPlace): string {
  if (typeof place === "number") return String(place);
  const own = `@${hex(place.address)}`;
  return place.parent === undefined ? own : `${own} in ${placeKey(place.parent)}`;
}

/** APSEL, or the base address of one that has an address. */
export function apNumber(place: ApPlace): number {
  return typeof place === "number" ? place : place.address;
}

export function isSamePlace(one: ApPlace, other: ApPlace): boolean {
  return placeKey(one) === placeKey(other);
}

/** `AP 1`, `AP 0x2000`, `AP 0x300000 behind AP 0x2000`. */
export function apName(place: ApPlace): string {
  if (typeof place === "number") return `AP ${place}`;
  const own = `AP ${hex(place.address)}`;
  return place.parent === undefined ? own : `${own} behind ${apName(place.parent)}`;
}

/** Bits 31:12 of an address name the 4 KiB that an access port of ADIv6 takes. */
export function placeAround(address: number): { readonly place: ApAt; readonly offset: number } {
  const offset = address % 0x1000;
  return { place: { address: address - offset }, offset };
}

/** CSW, TAR and the like; of others it cannot be known what their registers mean. */
export function isDataRegister(place: ApPlace, offset: number): boolean {
  const [drw, bd0, bd3] = [0x0c, 0x10, 0x1c].map((at) => offsetIn(place, at));
  if (offset === drw || (offset >= (bd0 ?? 0) && offset <= (bd3 ?? 0))) return true;
  // Direct access registers take the first KiB of an access port of ADIv6.
  return typeof place !== "number" && offset < 0x400;
}

export interface AccessPortFinder {
  /** Place of an `__apid`, where the description has access port elements; else undefined. */
  apOf(apid: U64): ApPlace | undefined;
  /** Throws `undescribed-access-port` if it names one that the description does not have, or cannot place. */
  requireAp?(apid: U64): void;
  /** Its debug port, likewise. */
  dpOf?(apid: U64): number | undefined;
}
