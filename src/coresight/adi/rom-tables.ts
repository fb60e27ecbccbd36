/**
 * Walks ROM tables of class 1 and class 9, nested ones too, and identifies what they name (ADIv5.2 D2, ADIv6.0 D3
 * and D4). Knows words at addresses, but not how they are reached.
 */
import {
  ARCHID,
  archidOf,
  CLASS,
  componentName,
  DEVARCH,
  DEVID,
  DEVTYPE,
  IDENTIFICATION,
  identityOf,
  type Architecture,
  type ComponentIdentity,
} from "./component.ts";
import { hex32 } from "../../lib/hex.ts";

/** An address space with components: the memory of an access port, or that of an ADIv6 debug port. */
export interface ComponentSpace {
  /** Reads one word at each address; undefined if they do not answer. */
  words(addresses: readonly number[]): Promise<readonly number[] | undefined>;
  /** Writes a word; false if it was refused. */
  write(address: number, value: number): Promise<boolean>;
  /** Says why not even a read of an address is allowed. */
  forbids(address: number): string | undefined;
  sleep(us: number): Promise<void>;
}

export interface Component {
  /** The address of its first word; its last 4 KiB hold the identification registers. */
  readonly address: number;
  readonly name: string;
  readonly identity?: ComponentIdentity;
  readonly architecture?: Architecture;
  /** The power domain that its table says it is in. */
  readonly powerDomain?: number;
  /** The entries of a ROM table. */
  readonly components?: readonly Component[];
  /** Why no more is known of it. */
  readonly problem?: string;
}

const MOST_DEPTH = 8;
const POWER_LIMIT_US = 100_000;
const POWER_POLL_US = 1_000;

/** The offset of the power request registers of class 9. */
const DBGPCR = 0xa00;
const DBGPSR = 0xa80;
const PRIDR0 = 0xc00;
const DEVID_64_BIT = 1;
const DEVID_POWER_REQUESTS = 1 << 5;

export async function walk(
  space: ComponentSpace,
  address: number,
  above: ReadonlySet<number> = new Set(),
): Promise<Component> {
  const forbidden = space.forbids(address);
  if (forbidden !== undefined) return { address, name: "not read", problem: forbidden };
  if (above.has(address)) return { address, name: "ROM table", problem: "a table that names itself" };
  if (above.size > MOST_DEPTH) return { address, name: "not read", problem: "tables are nested too deep" };
  const words = await space.words(IDENTIFICATION.map((offset) => address + offset));
  if (words === undefined) return { address, name: "no answer", problem: "it does not answer" };
  const identity = identityOf(words);
  if (identity === undefined)
    return { address, name: "unknown", problem: "it has no component identification" };
  const architecture = identity.class === CLASS.coreSight ? await architectureAt(space, address) : undefined;
  const found = {
    address,
    name: componentName(identity, architecture),
    identity,
    ...(architecture === undefined ? {} : { architecture }),
  };
  const entries =
    identity.class === CLASS.romTable
      ? await entriesOf1(space, address)
      : architecture !== undefined && archidOf(architecture) === ARCHID.romTable
        ? await entriesOf9(space, address)
        : undefined;
  if (entries === undefined) return found;
  const inside = new Set([...above, address]);
  const components: Component[] = [];
  for (const entry of entries) {
    const { powerDomain } = entry;
    const power = powerDomain === undefined ? {} : { powerDomain };
    const off =
      entry.requests && powerDomain !== undefined ? await turnOn(space, address, powerDomain) : undefined;
    components.push(
      off === undefined
        ? { ...(await walk(space, entry.address, inside)), ...power }
        : { address: entry.address, name: "not powered", ...power, problem: off },
    );
  }
  return { ...found, components };
}

async function architectureAt(space: ComponentSpace, address: number): Promise<Architecture | undefined> {
  const words = await space.words([address + DEVARCH, address + DEVTYPE]);
  return words === undefined ? undefined : { devarch: words[0] ?? 0, devtype: (words[1] ?? 0) & 0xff };
}

interface Entry {
  readonly address: number;
  readonly powerDomain?: number;
  /** True if the table can request the domain's power. */
  readonly requests: boolean;
}

/**
 * Reads entries up to the first that is 0 (ADIv5.2 D2.3.1). Offsets are signed, so a table may name what comes
 * before it.
 */
async function entriesOf1(space: ComponentSpace, base: number): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (let offset = 0; offset < 0xf00; offset += 4) {
    const [entry = 0] = (await space.words([base + offset])) ?? [];
    if (entry === 0) break;
    if ((entry & 1) !== 0) found.push({ ...placed(base, entry, 0), requests: false });
  }
  return found;
}

/** Reads entries up to the one that ends the table (ADIv6.0 D4.4): PRESENT 0 ends, 2 is a gap, 3 a component. */
async function entriesOf9(space: ComponentSpace, base: number): Promise<readonly Entry[]> {
  const [devid = 0] = (await space.words([base + DEVID])) ?? [];
  const [version = 0] = (await space.words([base + PRIDR0])) ?? [];
  const isWide = (devid & 0xf) === DEVID_64_BIT;
  const requests = (devid & DEVID_POWER_REQUESTS) !== 0 && (version & 0xf) === 1;
  const found: Entry[] = [];
  const step = isWide ? 8 : 4;
  for (let offset = 0; offset < 0x800; offset += step) {
    const addresses = isWide ? [base + offset, base + offset + 4] : [base + offset];
    const [entry = 0, high = 0] = (await space.words(addresses)) ?? [];
    if ((entry & 3) === 0) break;
    if ((entry & 3) === 3) found.push({ ...placed(base, entry, high), requests });
  }
  return found;
}

function placed(base: number, entry: number, high: number): Omit<Entry, "requests"> {
  const offset = high * 2 ** 32 + ((entry & 0xffff_f000) >>> 0);
  // A sum of 32 bits wraps, so an offset can be negative.
  const address = base + offset > 0xffff_ffff && high === 0 ? (base + offset) % 2 ** 32 : base + offset;
  return { address, ...((entry & 4) === 0 ? {} : { powerDomain: (entry >> 4) & 0x1f }) };
}

/** Requests the power of a domain and waits for it; undefined if it is on, else why it is not. */
async function turnOn(space: ComponentSpace, table: number, domain: number): Promise<string | undefined> {
  const control = table + DBGPCR + 4 * domain;
  const [value = 0] = (await space.words([control])) ?? [];
  // Without PRESENT no request is needed.
  if ((value & 1) === 0) return undefined;
  if ((value & 2) === 0 && !(await space.write(control, value | 2)))
    return `the request for power domain ${domain} at ${hex32(control)} was refused`;
  for (let waited = 0; ; waited += POWER_POLL_US) {
    const [status = 0] = (await space.words([table + DBGPSR + 4 * domain])) ?? [];
    if ((status & 1) !== 0) return undefined;
    if (waited >= POWER_LIMIT_US)
      return `power domain ${domain} did not come on within ${POWER_LIMIT_US / 1000} ms`;
    await space.sleep(POWER_POLL_US);
  }
}
