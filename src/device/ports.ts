/**
 * Finds how the access ports of a device lead to one another: each may stand in the address space of its
 * parent.
 */
import type { AccessPort } from "./description.ts";

/** Goes from a port to the outermost one around it; ends at the first that it met before. */
function* ancestry(ports: ReadonlyMap<number, AccessPort>, port: AccessPort): Generator<AccessPort> {
  const seen = new Set<AccessPort>();
  let at: AccessPort | undefined = port;
  while (at !== undefined && !seen.has(at)) {
    yield at;
    seen.add(at);
    const { parent }: AccessPort = at;
    at = parent === undefined ? undefined : ports.get(parent);
  }
}

/** The index is kept, because each port of a device asks for it in turn. */
const indexes = new WeakMap<readonly AccessPort[], ReadonlyMap<number, AccessPort>>();

/** If two ports have one number, the first counts. */
function byApid(ports: readonly AccessPort[]): ReadonlyMap<number, AccessPort> {
  const index = indexes.get(ports) ?? new Map(ports.toReversed().map((port) => [port.apid, port]));
  indexes.set(ports, index);
  return index;
}

/**
 * Returns the port around a port, or the port itself, that stands inside itself by way of its parents; such a
 * port has no place.
 */
export function parentLoop(ports: readonly AccessPort[], port: AccessPort): AccessPort | undefined {
  const known = byApid(ports);
  const chain = [...ancestry(known, port)];
  const parent = chain.at(-1)?.parent;
  const next = parent === undefined ? undefined : known.get(parent);
  return next === undefined ? undefined : chain.find((one) => one === next);
}
