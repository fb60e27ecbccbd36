/**
 * Finds out what is behind a debug port: its access ports, by APSEL or by its ROM tables, and what each of them
 * reaches. A description limits it: what it does not name is not touched. Changes nothing but power requests of
 * ROM tables.
 */
import type { Failed } from "../wire/access.ts";
import { apName, offsetIn, placeAround, placeKey, type ApPlace } from "../ap-place.ts";
import { ARCHID, archidOf, isSystemControlSpace } from "./component.ts";
import { coreName } from "../cpuid.ts";
import type { Dp } from "./dp.ts";
import type { CoreSightFailure } from "../wire/faults.ts";
import type { MemAp } from "./mem-ap.ts";
import { isMemAp, isNothing, judge } from "./identity.ts";
import { BASE, CPUID, IDR } from "../registers.ts";
import { walk, type Component, type ComponentSpace } from "./rom-tables.ts";
import { append } from "../../lib/lists.ts";

export interface FoundCore {
  /** The name, such as `Cortex-M33 r1p0`. */
  readonly name: string;
  readonly cpuid: number;
  readonly place: ApPlace;
}

export interface FoundAp {
  readonly place: ApPlace;
  readonly idr: number;
  /** The component that BASE names; undefined if it names nothing, or the port is not a MEM-AP. */
  readonly table?: Component;
  readonly cores: readonly FoundCore[];
  /** The access ports whose registers are in its memory. */
  readonly nested: readonly FoundAp[];
}

export interface Found {
  /** On an ADIv6 debug port, the table that BASEPTR names. */
  readonly root?: Component;
  readonly accessPorts: readonly FoundAp[];
  /** APSELs from this one on were not asked. */
  readonly unaskedFrom?: number;
  /**
   * What a description or a ROM table names and does not answer as that. Without a description it is AP 0, if no
   * access port was found.
   */
  readonly missing: readonly Missing[];
}

export interface Missing {
  readonly place: ApPlace;
  readonly failure: CoreSightFailure;
}

export interface DiscoveryOptions {
  readonly memory: (place: ApPlace) => MemAp;
  /** The access ports that may be touched; empty if nothing is described, so that all may be. */
  readonly described?: readonly ApPlace[];
  /** More APSELs to ask, if access ports are asked one after another. */
  readonly further?: readonly number[];
  /** Asks all 256 APSELs rather than the first in a row. */
  readonly all?: boolean;
  /** Returns what a description calls the core behind an access port. */
  readonly coreAt?: (place: ApPlace) => string | undefined;
  /** Says why an address of an access port's memory must not be read. */
  readonly forbids?: (address: number) => string | undefined;
}

const MOST = 256;
const NO_TABLE = 0xffff_ffff;

/** What a discovery looks for, and what it has found missing so far. */
interface Search extends DiscoveryOptions {
  readonly missing: Missing[];
}

export async function discover(dp: Dp, options: DiscoveryOptions): Promise<Found> {
  const { described = [] } = options;
  const search: Search = { ...options, missing: [] };
  const { missing } = search;
  if (described.length > 0) {
    const accessPorts: FoundAp[] = [];
    for (const place of described)
      if (typeof place === "number" || place.parent === undefined)
        append(accessPorts, await look(place, search, missing));
    return { accessPorts, missing };
  }
  if ((dp.version ?? 0) >= 3) return discoverByTable(dp, search);
  const accessPorts: FoundAp[] = [];
  const absent: Missing[] = [];
  let asked = 0;
  while (asked < MOST) {
    append(accessPorts, await look(asked, search, absent));
    asked += 1;
    // Some devices hang if a missing access port is asked.
    if (absent.length > 0 && options.all !== true) break;
  }
  for (const apsel of options.further ?? [])
    if (apsel >= asked) append(accessPorts, await look(apsel, search, absent));
  if (accessPorts.length === 0) append(missing, absent.slice(0, 1));
  return { accessPorts, missing, ...(asked < MOST ? { unaskedFrom: asked } : {}) };
}

async function discoverByTable(dp: Dp, search: Search): Promise<Found> {
  const { missing } = search;
  const base = await dp.readBasePointer();
  if (base === undefined) return { accessPorts: [], missing };
  const root = await walk(portSpace(dp), base);
  const accessPorts: FoundAp[] = [];
  for (const { address } of accessPortsIn(root))
    append(accessPorts, await look({ address }, search, missing));
  return { root, accessPorts, missing };
}

/** Lists every component of a tree that is a MEM-AP of version 2. */
function accessPortsIn(component: Component): readonly Component[] {
  const { architecture, components = [] } = component;
  const own = architecture !== undefined && archidOf(architecture) === ARCHID.memAp ? [component] : [];
  return [...own, ...components.flatMap(accessPortsIn)];
}

function everything(component: Component): readonly Component[] {
  return [component, ...(component.components ?? []).flatMap(everything)];
}

/** Examines one access port and what is behind it. Returns nothing if it does not exist, and notes that in `absent`. */
async function look(place: ApPlace, options: Search, absent: Missing[]): Promise<readonly FoundAp[]> {
  const memory = options.memory(place);
  const idr = await read(memory, IDR.address);
  if (typeof idr !== "number" || isNothing(idr)) {
    append(
      absent,
      missingAt(
        place,
        typeof idr === "number" ? judge("IDR", { value: idr, place: apName(place) }) : idr.failed,
      ),
    );
    return [];
  }
  const plain: FoundAp = { place, idr, cores: [], nested: [] };
  if (!isMemAp(idr)) return [plain];
  const said = await read(memory, BASE.address);
  const base = typeof said === "number" ? said : NO_TABLE;
  const address = tableAddress(base);
  const nestedPlaces = (options.described ?? []).filter(
    (other) =>
      typeof other !== "number" && other.parent !== undefined && placeKey(other.parent) === placeKey(place),
  );
  const space = memorySpace(memory, options);
  const table = address === undefined ? undefined : await walk(space, address);
  const parts = table === undefined ? [] : everything(table);
  const found =
    (options.described ?? []).length > 0
      ? nestedPlaces
      : (table === undefined ? [] : accessPortsIn(table)).map(({ address: at }): ApPlace => ({
          address: at,
          parent: place,
        }));
  const nested: FoundAp[] = [];
  for (const inner of found) append(nested, await look(inner, options, options.missing));
  const cores: FoundCore[] = [];
  for (const part of parts) {
    if (part.identity === undefined || !isSystemControlSpace(part.identity, part.architecture)) continue;
    const [cpuid] = (await space.words([part.address + (CPUID.address & 0xfff)])) ?? [];
    if (cpuid === undefined) continue;
    const found = { value: cpuid, place: `the core behind ${apName(place)}` };
    const wrong = judge("CPUID", { ...found, expected: options.coreAt?.(place) });
    append(options.missing, missingAt(place, wrong));
    // A core other than the described one exists all the same.
    if (judge("CPUID", found) === undefined) cores.push({ name: coreName(cpuid), cpuid, place });
  }
  return [{ ...plain, cores, nested, ...(table === undefined ? {} : { table }) }];
}

function missingAt(place: ApPlace, failure: CoreSightFailure | undefined): readonly Missing[] {
  return failure === undefined ? [] : [{ place, failure }];
}

/**
 * Decodes BASE. Bit 0 says whether there is a table, if bit 1 is set; the older format has neither bit (ADIv5.2
 * C2.6.1).
 */
function tableAddress(base: number): number | undefined {
  if (base === NO_TABLE || base === 0 || (base & 3) === 2) return undefined;
  return (base & 0xffff_f000) >>> 0;
}

async function read(memory: MemAp, offset: number): Promise<number | Failed> {
  const by = { label: `look for ${apName(memory.ap)}`, tolerate: true };
  const failed = await memory.reach(by);
  if (failed !== undefined) return failed;
  const answer = await memory.wire.ask(
    () => memory.rawReadSteps(offsetIn(memory.ap, offset)),
    by,
    "discovery",
  );
  return "failed" in answer ? answer : (answer[0] ?? 0);
}

function memorySpace(memory: MemAp, { forbids }: DiscoveryOptions): ComponentSpace {
  const by = { label: `discovery behind ${apName(memory.ap)}`, tolerate: true };
  return {
    words: async (addresses) => {
      if ((await memory.ready(by)) !== undefined) return undefined;
      const plan = () => addresses.flatMap((address) => memory.readSteps(address, 32));
      const answer = await memory.wire.ask(plan, by, "discovery");
      return "failed" in answer ? undefined : [...answer];
    },
    write: async (address, value) => {
      const answer = await memory.wire.ask(() => memory.writeSteps(address, 32, value), by, "discovery");
      return !("failed" in answer);
    },
    forbids: (address) => forbids?.(address),
    sleep: (us) => memory.wire.clock.sleep(us),
  };
}

/** The address space of an ADIv6 debug port. */
function portSpace(dp: Dp): ComponentSpace {
  const by = { label: "discovery of access ports", tolerate: true };
  return {
    words: async (addresses) => {
      const plan = () =>
        addresses.flatMap((address) => {
          const { place, offset } = placeAround(address);
          return dp.apReadSteps(place, offset);
        });
      const answer = await dp.wire.ask(plan, by, "discovery");
      return "failed" in answer ? undefined : [...answer];
    },
    write: async (address, value) => {
      const { place, offset } = placeAround(address);
      const answer = await dp.wire.ask(() => dp.apWriteSteps(place, offset, value), by, "discovery");
      return !("failed" in answer);
    },
    forbids: () => undefined,
    sleep: (us) => dp.wire.clock.sleep(us),
  };
}
