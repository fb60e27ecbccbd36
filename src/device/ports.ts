/** How the access ports of a device lead to one another: each may stand in the address space of its parent. */
import type { AccessPort } from "./description.ts";

/** From a port to the outermost one around it; ends at the first that stands there already. */
function* ancestry(ports: readonly AccessPort[], port: AccessPort): Generator<AccessPort> {
  const seen = new Set<AccessPort>();
  let at: AccessPort | undefined = port;
  while (at !== undefined && !seen.has(at)) {
    yield at;
    seen.add(at);
    const { parent }: AccessPort = at;
    at = parent === undefined ? undefined : ports.find(({ apid }) => apid === parent);
  }
}

/** The port of its own that a port is inside of, by way of its parents; such a port has no place. */
export function parentLoop(ports: readonly AccessPort[], port: AccessPort): AccessPort | undefined {
  const chain = [...ancestry(ports, port)];
  const last = chain.at(-1);
  const next = ports.find(({ apid }) => apid === last?.parent);
  return next === undefined ? undefined : chain.find((one) => one === next);
}
