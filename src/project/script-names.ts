/** Tells the name of a script: a .seq file, or one that ships with dbgseq. Knows names only. */

const SCHEME = "shipped:";

/** True for `shipped:nordic/nrf52`, which is the same from any folder. */
export function isShipped(name: string): boolean {
  return name.startsWith(SCHEME);
}

/** True for a .seq file, and for a name of one that ships. */
export function isScriptName(name: string): boolean {
  return isShipped(name) || name.toLowerCase().endsWith(".seq");
}

/** Returns `shipped:nordic/nrf52` for `nordic/nrf52`. */
export function shippedName(place: string): string {
  return `${SCHEME}${place}`;
}

/** Returns `nordic/nrf52` for `shipped:nordic/nrf52` and `shipped:nordic/nrf52.seq`. */
export function placeOfShipped(name: string): string {
  return name.slice(SCHEME.length).replace(/\.seq$/, "");
}
