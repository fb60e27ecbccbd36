/** Sequences that ship with dbgseq, by name from any folder: `shipped:nordic/nrf52` is sequences/vendor/nordic/nrf52.seq. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../../lib/nearest.ts";
import { SessionFailure } from "../../project/faults.ts";

const SCHEME = "shipped:";

export function isShipped(name: string): boolean {
  return name.startsWith(SCHEME);
}

/** Where the file stands. Any other name is a path as it is. Throws `unreadable-file` for one that does not ship. */
export function shippedPath(name: string): string {
  if (!isShipped(name)) return name;
  const wanted = name.slice(SCHEME.length).replace(/\.seq$/, "");
  const known = shippedNames();
  if (known.includes(wanted)) return join(folder(), `${wanted}.seq`);
  const near = nearest(wanted, known);
  const which = near === undefined ? `known: ${known.join(", ")}` : `did you mean ${SCHEME}${near}?`;
  throw new SessionFailure(
    { kind: "unreadable-file", path: name, reason: which },
    `${name}: no such sequences ship with dbgseq; ${which}`,
  );
}

/** `nordic/nrf52` and the like, in their order. */
function shippedNames(): readonly string[] {
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
