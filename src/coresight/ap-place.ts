/** Where an access port is, and how its registers are laid out there. Does not reach it. */
import { hex } from "../lib/hex.ts";
import type { U64 } from "../lib/u64.ts";

/**
 * An APSEL is a number (ADIv5). ADIv6 has a base address, either in the debug port's own space or in the memory
 * behind another access port, its parent.
 */
export type ApPlace = number | ApAt;

export interface ApAt {
  readonly address: number;
  readonly parent?: ApPlace;
}

/** Where an access port of ADIv6 has the registers that one of ADIv5 has from 0x00 on (IHI 0074, C2.6). */
const VERSION_2_REGISTERS = 0xd00;

/** Returns the offset in this access port of the register with an ADIv5 offset. */
export function offsetIn(place: ApPlace, offset: number): number {
  return typeof place === "number" ? offset : VERSION_2_REGISTERS + offset;
}

/** Returns the same text for the same place. */
export function placeKey(place: ApPlace): string {
  if (typeof place === "number") return String(place);
  const own = `@${hex(place.address)}`;
  return place.parent === undefined ? own : `${own} in ${placeKey(place.parent)}`;
}

/** Returns APSEL, or the base address if it has one. */
export function apNumber(place: ApPlace): number {
  return typeof place === "number" ? place : place.address;
}

export function isSamePlace(one: ApPlace, other: ApPlace): boolean {
  return placeKey(one) === placeKey(other);
}

/** Names an access port: `AP 1`, `AP 0x2000`, `AP 0x300000 behind AP 0x2000`. */
export function apName(place: ApPlace): string {
  if (typeof place === "number") return `AP ${place}`;
  const own = `AP ${hex(place.address)}`;
  return place.parent === undefined ? own : `${own} behind ${apName(place.parent)}`;
}

/** Splits an address: bits 31:12 name the 4 KiB of an access port of ADIv6. */
export function placeAround(address: number): { readonly place: ApAt; readonly offset: number } {
  const offset = address % 0x1000;
  return { place: { address: address - offset }, offset };
}

/** True for the registers that move data: DRW, BD0-3 and, on ADIv6, the direct access registers. */
export function isDataRegister(place: ApPlace, offset: number): boolean {
  const [drw, bd0, bd3] = [0x0c, 0x10, 0x1c].map((at) => offsetIn(place, at));
  if (offset === drw || (offset >= (bd0 ?? 0) && offset <= (bd3 ?? 0))) return true;
  // Direct access registers take the first KiB of an access port of ADIv6.
  return typeof place !== "number" && offset < 0x400;
}

export interface AccessPortFinder {
  /** Returns the place of an `__apid` if the description has access port elements; otherwise undefined. */
  apOf(apid: U64): ApPlace | undefined;
  /** Throws `undescribed-access-port` if it names one that the description does not have or cannot place. */
  requireAp?(apid: U64): void;
  /** Returns its debug port in the same way. */
  dpOf?(apid: U64): number | undefined;
}
