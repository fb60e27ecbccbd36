/**
 * Runs discovery on a connected target, bounded by what the pack describes: the ports it names, and the
 * memory it allows to be read.
 */
import { discover, type Found, type FoundAp, type FoundCore } from "../../coresight/adi/discovery.ts";
import type { ApPlace } from "../../coresight/ap-place.ts";
import { nodesIn } from "../../language/walk.ts";
import { hex32 } from "../../lib/hex.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { TargetAccess } from "../access/debug-access.ts";

export interface DiscoveryChoice {
  readonly dp: number;
  /** Looks at every APSEL if nothing is described. */
  readonly all?: boolean;
  /**
   * Includes the access ports that sequences of the pack choose by `__ap`: mailboxes have no element of their
   * own in ADIv5.
   */
  readonly chosen?: boolean;
}

export async function discoverTarget(
  access: TargetAccess,
  context: DeviceContext,
  { dp, all = false, chosen = false }: DiscoveryChoice,
): Promise<Found> {
  await access.choose(dp);
  const described = describedPlaces(context, dp);
  const further = chosen ? chosenPorts(context) : [];
  return discover(access.ports.get(dp), {
    memory: (place) => access.ports.memory(place, dp),
    described: described.length === 0 ? [] : [...new Set([...described, ...further])],
    further,
    all,
    coreAt: (place) => context.coreAt(dp, place),
    forbids: (address) => unreadable(context, address),
  });
}

/**
 * Returns the access ports that the pack's elements name behind this port, or nothing if the pack leaves them
 * to the debugger.
 */
export function describedPlaces(context: DeviceContext, dp: number): readonly ApPlace[] {
  const elements = context.accessPortsOf(dp);
  if (elements.length > 0) return elements;
  const named = (context.description?.debugs ?? []).flatMap((debug) =>
    (debug.dp ?? 0) === dp && debug.ap !== undefined ? [debug.ap] : [],
  );
  return [...new Set(named)];
}

/**
 * Returns the APSELs that sequences of the pack assign to `__ap`, or nothing if the pack describes its access
 * ports by elements.
 */
function chosenPorts({ description }: DeviceContext): readonly number[] {
  if (description === undefined || description.accessPorts.length > 0) return [];
  const assigned = description.sequences.flatMap(({ sequence }) =>
    nodesIn(sequence).flatMap((node) =>
      node.kind === "assignment" && node.target.text === "__ap" && node.value.kind === "number"
        ? [Number(node.value.value & 0xffn)]
        : [],
    ),
  );
  return [...new Set(assigned)];
}

/** Recognises memory that the pack describes without the letter r. */
function unreadable({ description }: DeviceContext, address: number): string | undefined {
  const found = description?.memories.find(
    ({ start, size, access }) =>
      BigInt(address) >= start && BigInt(address) < start + size && !access.includes("r"),
  );
  return found === undefined
    ? undefined
    : `the pack does not let ${found.name ?? found.id ?? hex32(found.start)} be read`;
}

/** Returns ports and those behind them, outer ones first. */
export function allPorts(ports: readonly FoundAp[]): readonly FoundAp[] {
  return ports.flatMap((port) => [port, ...allPorts(port.nested)]);
}

export function allCores({ accessPorts }: Found): readonly FoundCore[] {
  return allPorts(accessPorts).flatMap(({ cores }) => cores);
}
