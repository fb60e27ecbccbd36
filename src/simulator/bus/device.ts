/**
 * Declares what can stand on a bus: memory, register blocks, the core's own registers, and devices that a
 * model brings in code.
 */

import { known, optional, work } from "../../lib/arguments.ts";
import type { Kept } from "./kept.ts";

export type Size = 1 | 2 | 4;

/** `power` includes `system`, `system` includes `core`. */
export type ResetKind = "power" | "system" | "core";

export interface Device {
  /**
   * `offset` counts from the start of the device's range; the value is in the low bits. "error" is a bus
   * error.
   */
  read(offset: number, size: Size): number | "error";
  /** `value` is in the low bits. Yields "error" for a bus error. */
  write(offset: number, size: Size, value: number): "error" | undefined;
  /** Reads of cores and debuggers are bus errors. */
  readonly unreadable?: boolean;
  /** An access of a debugger never ends: it gets WAIT until it is aborted. A core's access is a bus error. */
  readonly hangs?: true;
  /**
   * Returns true if a read there, now or later, changes nothing and yields the same, until something is
   * written or done on the agenda, or until a time that it asked for with `clock.reached`. A device without
   * this method is read each time that it is polled.
   */
  still?(offset: number): boolean;
  /** Returns what a read would yield, for a device whose reads have side effects. */
  peek?(offset: number, size: Size): number | "error";
  /** True if the `remembered` of its access port tells all that it keeps. */
  readonly isAccessPort?: true;
  /** It is called before an access, if time has moved since the last one. */
  tick?(nowUs: number): void;
  /** It is called when power came, or when a reset of the system or core began. */
  reset?(kind: ResetKind): void;
  /** The state that it keeps between two runs of a simulator. */
  readonly kept?: Kept;
}

/** Stands for what is not clocked, or in reset: no access to it is ever answered. */
export const HANGING: Device = { hangs: true, read: () => "error", write: () => "error" };

interface Words {
  readonly read: (offset: number) => number | "error";
  readonly write: (offset: number, value: number) => "error" | undefined;
  readonly tick?: (nowUs: number) => void;
  readonly reset?: (kind: ResetKind) => void;
  readonly still?: (offset: number) => boolean;
}

const WORDS = known({
  read: work,
  write: work,
  tick: optional(work),
  reset: optional(work),
  still: optional(work),
} satisfies Record<keyof Words, unknown>);

/** Makes a device of 32-bit registers: narrower reads take the lane, narrower writes change it. */
export function wordDevice(device: Words): Device {
  WORDS(device, "device");
  return {
    ...(device.tick === undefined ? {} : { tick: device.tick }),
    ...(device.reset === undefined ? {} : { reset: device.reset }),
    ...(device.still === undefined ? {} : { still: device.still }),
    read(offset, size) {
      const word = device.read(offset & ~3);
      if (word === "error" || size === 4) return word;
      return (word >>> (8 * (offset & 3))) & laneMask(size);
    },
    write(offset, size, value) {
      if (size === 4) return device.write(offset, value >>> 0);
      const word = device.read(offset & ~3);
      if (word === "error") return "error";
      const shift = 8 * (offset & 3);
      const mask = laneMask(size) << shift;
      return device.write(offset & ~3, ((word & ~mask) | ((value << shift) & mask)) >>> 0);
    },
  };
}

function laneMask(size: Size): number {
  return size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
}
