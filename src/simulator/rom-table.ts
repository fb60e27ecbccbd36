/** A class 1 ROM table (ADIv5.2 D2), made from the addresses of what stands in it. */
import { identification } from "./component-id.ts";
import type { ComponentId } from "./core-parts.ts";
import { wordDevice, type Device } from "./device.ts";

export const ROM_TABLE_SIZE = 0x1000;

const PRESENT_32_BIT = 0x3;
/** MEMTYPE.SYSMEM: 0, a dedicated debug bus; 1, system memory too. */
const MEMTYPE = 0xfcc;

export function romTable(table: {
  readonly start: number;
  readonly id: ComponentId;
  readonly components: readonly number[];
  readonly systemMemory: boolean;
}): Device {
  return wordDevice({
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
