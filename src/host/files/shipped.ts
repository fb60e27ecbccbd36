/** Sequences that ship with dbgseq, by name from any folder: `shipped:nordic/nrf52` is sequences/vendor/nordic/nrf52.seq. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../../lib/nearest.ts";
import { SessionFailure } from "../../project/faults.ts";
import { isShipped, placeOfShipped, shippedName } from "../../project/script-names.ts";

/** The place of a file on this machine, and the name that messages show. */
export interface FilePlace {
  readonly path: string;
  readonly shown: string;
}

/** Returns where a file lies. Any other name is a path as it is. Throws `unreadable-file` for one that does not ship. */
export function placeOf(name: string): FilePlace {
  if (!isShipped(name)) return { path: name, shown: name };
  const wanted = placeOfShipped(name);
  const known = shippedPlaces();
  if (known.includes(wanted)) return { path: join(folder(), `${wanted}.seq`), shown: shippedName(wanted) };
  const near = nearest(wanted, known);
  const which = near === undefined ? `known: ${known.join(", ")}` : `did you mean ${shippedName(near)}?`;
  throw new SessionFailure(
    { kind: "unreadable-file", path: name, reason: which },
    `${name}: no such sequences ship with dbgseq; ${which}`,
  );
}

/** Refuses to write what ships: another project would get it too. Throws `unwritable-file`. */
export function mustNotShip(name: string): void {
  if (!isShipped(name)) return;
  const reason = "it ships with dbgseq and is not changed";
  throw new SessionFailure({ kind: "unwritable-file", path: name, reason }, `${name}: ${reason}`);
}

/** Lists `shipped:nordic/nrf52` and the like, in alphabetical order. */
export function shippedScripts(): readonly string[] {
  return shippedPlaces().map(shippedName);
}

function shippedPlaces(): readonly string[] {
  const root = folder();
  return readdirSync(root)
    .sort()
    .flatMap((vendor) =>
      readdirSync(join(root, vendor))
        .filter((file) => file.endsWith(".seq"))
        .sort()
        .map((file) => `${vendor}/${file.slice(0, -".seq".length)}`),
    );
}

/** The package's own folder: above this file in the source as in a bundle. */
function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up++) {
    const found = join(at, "sequences", "vendor");
    if (existsSync(found)) return found;
    at = dirname(at);
  }
  throw new SessionFailure(
    { kind: "unreadable-file", path: "sequences/vendor", reason: "it is missing" },
    "the sequences that ship with dbgseq are missing from its package",
  );
}
