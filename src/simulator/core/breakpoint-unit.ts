/**
 * Models FPB (v7-M, v8-M) or BPU (v6-M): comparators that stop the core at an address (Armv7-M C1.11, Armv6-M
 * C1.9).
 */
import { identification } from "../port/component-id.ts";
import type { CorePart } from "./core-parts.ts";
import { wordDevice, type Device, type ResetKind } from "../bus/device.ts";

const CTRL = 0x0;
const COMP0 = 0x8;
const ENABLE = 1;
const KEY = 2;
const VERSION = 0xf000_0000;

export class BreakpointUnit {
  readonly #part: CorePart;
  readonly #comparators: Uint32Array;
  #enabled = false;
  /** It is called after every change of what stops the core. */
  changed: () => void = () => undefined;
  readonly device: Device;

  constructor(part: CorePart) {
    this.#part = part;
    this.#comparators = new Uint32Array(part.breakpoints);
    this.device = {
      ...wordDevice({
        still: () => true,
        read: (offset) => this.#read(offset),
        write: (offset, value) => {
          this.#write(offset, value);
          return undefined;
        },
      }),
      reset: (kind) => {
        this.#reset(kind);
      },
      kept: {
        save: () => ({ enabled: Number(this.#enabled), ...Object.fromEntries(this.#comparators.entries()) }),
        load: (numbers) => {
          this.#enabled = numbers["enabled"] === 1;
          for (const at of this.#comparators.keys()) this.#comparators[at] = numbers[at] ?? 0;
          this.changed();
        },
      },
    };
  }

  /** Returns every address that stops the core. */
  get addresses(): readonly number[] {
    if (!this.#enabled) return [];
    return [...this.#comparators].flatMap((comparator) => {
      if ((comparator & ENABLE) === 0) return [];
      if ((this.#part.fpCtrl & VERSION) !== 0) return [(comparator & ~1) >>> 0];
      const word = (comparator & 0x1fff_fffc) >>> 0;
      const halves = comparator >>> 30;
      return [...((halves & 1) !== 0 ? [word] : []), ...((halves & 2) !== 0 ? [word + 2] : [])];
    });
  }

  breaksAt(address: number): boolean {
    return this.#enabled && this.#comparators.some((comparator) => this.#matches(comparator, address));
  }

  #matches(comparator: number, address: number): boolean {
    if ((comparator & ENABLE) === 0) return false;
    // Version 2 has the whole address in bits 31:1. Version 1 has a word of code in 28:2, and 31:30 choose
    // the halfwords.
    if ((this.#part.fpCtrl & VERSION) !== 0) return (comparator & ~1) >>> 0 === address;
    if ((comparator & 0x1fff_fffc) >>> 0 !== (address & ~3) >>> 0) return false;
    const halves = comparator >>> 30;
    return ((halves >> ((address >> 1) & 1)) & 1) === 1;
  }

  #reset(kind: ResetKind): void {
    if (kind !== "power") return;
    this.#enabled = false;
    this.#comparators.fill(0);
    this.changed();
  }

  #read(offset: number): number {
    if (offset === CTRL) return (this.#part.fpCtrl | (this.#enabled ? ENABLE : 0)) >>> 0;
    if (offset >= 0xf00) return identification(this.#part.fpb, offset) ?? 0;
    return this.#comparators[(offset - COMP0) >> 2] ?? 0;
  }

  #write(offset: number, value: number): void {
    if (offset === CTRL) {
      if ((value & KEY) !== 0) this.#enabled = (value & ENABLE) !== 0;
      this.changed();
      return;
    }
    const at = (offset - COMP0) >> 2;
    if (at >= 0 && at < this.#comparators.length) this.#comparators[at] = value;
    this.changed();
  }
}
