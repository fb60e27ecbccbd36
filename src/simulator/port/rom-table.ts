/** Makes ROM tables of class 1 (ADIv5.2 D2) and class 9 (ADIv6.0 D4) from the addresses of their components. */
import { identification } from "./component-id.ts";
import type { ComponentId } from "./component-id.ts";
import { wordDevice, type Device } from "../bus/device.ts";

export const ROM_TABLE_SIZE = 0x1000;

const PRESENT_32_BIT = 0x3;
/** MEMTYPE.SYSMEM is 0 for a dedicated debug bus, and 1 if system memory is on it too. */
const MEMTYPE = 0xfcc;

export function romTable(table: {
  readonly start: number;
  readonly id: ComponentId;
  readonly components: readonly number[];
  readonly systemMemory: boolean;
}): Device {
  return wordDevice({
    still: () => true,
    read: (offset) => {
      if (offset === MEMTYPE) return table.systemMemory ? 1 : 0;
      if (offset > MEMTYPE) return identification(table.id, offset) ?? 0;
      const address = table.components[offset >> 2];
      return address === undefined ? 0 : ((address - table.start) | PRESENT_32_BIT) >>> 0;
    },
    // Read-only registers ignore writes.
    write: () => undefined,
  });
}

const DEVARCH_ROM = 0x4770_0af7;
/**
 * A table of class 9 has power control and status, one word for each domain; PRIDR0; and DEVID with FORMAT 0,
 * 32-bit entries.
 */
const DBGPCR = 0xa00;
const DBGPSR = 0xa80;
const PRIDR0 = 0xc00;
const DEVID = 0xfc8;
const DOMAINS = 32;
const DEVID_POWER_REQUESTS = 1 << 5;
const PRESENT_9 = 0x3;
const POWER_ID_VALID = 1 << 2;

export interface Component9 {
  readonly at: number;
  /** The domain that must be on before the component answers. */
  readonly power?: number | undefined;
}

/** The domains whose power a table requests. */
export interface PowerDomains {
  isOn(domain: number): boolean;
  request(domain: number, on: boolean): void;
}

export function romTable9(table: {
  readonly start: number;
  readonly id: ComponentId;
  readonly components: readonly Component9[];
  readonly domains: PowerDomains;
}): Device {
  const id = { ...table.id, componentClass: 9, devarch: DEVARCH_ROM, devtype: 0 };
  const known = new Set(table.components.flatMap(({ power }) => power ?? []));
  const requested = new Set<number>();
  const domainAt = (offset: number, from: number): number | undefined => {
    const domain = (offset - from) >> 2;
    return offset >= from && domain < DOMAINS && known.has(domain) ? domain : undefined;
  };
  return wordDevice({
    still: () => true,
    read: (offset) => {
      const control = domainAt(offset, DBGPCR);
      if (control !== undefined) return requested.has(control) ? 3 : 1;
      const status = domainAt(offset, DBGPSR);
      if (status !== undefined) return table.domains.isOn(status) ? 1 : 0;
      if (offset === PRIDR0) return known.size > 0 ? 1 : 0;
      if (offset === DEVID) return known.size > 0 ? DEVID_POWER_REQUESTS : 0;
      if (offset >= DBGPCR) return identification(id, offset) ?? 0;
      const component = table.components[offset >> 2];
      if (component === undefined) return 0;
      const { at, power } = component;
      const domain = power === undefined ? 0 : POWER_ID_VALID | (power << 4);
      return ((at - table.start) | PRESENT_9 | domain) >>> 0;
    },
    write: (offset, value) => {
      const domain = domainAt(offset, DBGPCR);
      if (domain === undefined) return undefined;
      const on = (value & 2) !== 0;
      if (on) requested.add(domain);
      else requested.delete(domain);
      table.domains.request(domain, on);
      return undefined;
    },
    reset: (kind) => {
      if (kind === "power") requested.clear();
    },
  });
}
