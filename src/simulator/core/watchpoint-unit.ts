/**
 * Models the comparators of the DWT as far as they watch data: Armv6-M C1.8, Armv7-M C1.8, Armv8-M D1.2.70 to
 * D1.2.79. Counters and trace are missing; their registers keep what is written.
 */
import { identification } from "../port/component-id.ts";
import type { CorePart } from "./core-parts.ts";
import { wordDevice, type Device, type ResetKind } from "../bus/device.ts";

const COMP0 = 0x20;
const STRIDE = 0x10;
const [COMP, MASK, FUNCTION] = [0x0, 0x4, 0x8];
const MATCHED = 1 << 24;
/** FUNCTION of v6-M and v7-M, and MATCH of v8-M, say which accesses are watched. */
const V7_WATCHES: ReadonlyMap<number, Accesses> = new Map([
  [5, { reads: true, writes: false }],
  [6, { reads: false, writes: true }],
  [7, { reads: true, writes: true }],
]);
const V8_WATCHES: ReadonlyMap<number, Accesses> = new Map([
  [4, { reads: true, writes: true }],
  [5, { reads: false, writes: true }],
  [6, { reads: true, writes: false }],
]);
/** ACTION 1 of v8-M is a debug event. */
const V8_ACTION = 0x30;
const V8_DEBUG_EVENT = 0x10;
/** Ranges of v7-M go up to 32 KiB on Cortex-M3 and M4, those of v6-M to 2 GiB. */
const V7_MOST = 15;
const V6_MOST = 31;

interface Accesses {
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface WatchedRange extends Accesses {
  readonly start: number;
  readonly size: number;
}

interface Comparator {
  comp: number;
  mask: number;
  fn: number;
  matched: boolean;
}

export class WatchpointUnit {
  readonly #isV8: boolean;
  readonly #mostMask: number;
  readonly #comparators: readonly Comparator[];
  readonly #others = new Map<number, number>();
  #enabled = false;
  /** It is called after every change of what is watched. */
  changed: () => void = () => undefined;
  readonly device: Device;

  constructor(part: CorePart) {
    this.#isV8 = part.architecture.startsWith("v8");
    this.#mostMask = part.architecture === "v6-M" ? V6_MOST : V7_MOST;
    this.#comparators = Array.from({ length: part.watchpoints }, () => ({
      ...{ comp: 0, mask: 0, fn: 0, matched: false },
    }));
    const control = part.watchpoints << 28;
    this.device = {
      ...wordDevice({
        read: (offset) => {
          const own = identification(part.dwt, offset);
          if (own !== undefined) return own;
          if (offset === 0) return (control | (this.#others.get(0) ?? 0)) >>> 0;
          return this.#read(offset);
        },
        write: (offset, value) => {
          if (identification(part.dwt, offset) === undefined) this.#write(offset, value);
          return undefined;
        },
      }),
      reset: (kind: ResetKind) => {
        if (kind === "power") this.#clear();
      },
      kept: {
        save: () =>
          Object.fromEntries(
            this.#comparators.flatMap(({ comp, mask, fn }, at) => [
              [`comp${at}`, comp],
              [`mask${at}`, mask],
              [`function${at}`, fn],
            ]),
          ),
        load: (numbers) => {
          for (const [at, comparator] of this.#comparators.entries()) {
            comparator.comp = numbers[`comp${at}`] ?? 0;
            comparator.mask = numbers[`mask${at}`] ?? 0;
            comparator.fn = numbers[`function${at}`] ?? 0;
          }
          this.changed();
        },
      },
    };
  }

  /** Sets DEMCR.TRCENA, which is DWTENA on v6-M. */
  set enabled(on: boolean) {
    if (on === this.#enabled) return;
    this.#enabled = on;
    this.changed();
  }

  get ranges(): readonly WatchedRange[] {
    return this.#enabled ? this.#comparators.flatMap((one) => this.#rangeOf(one) ?? []) : [];
  }

  /** Returns true if an access of the core is watched; the comparators remember that. */
  meets(address: number, size: number, access: keyof Accesses): boolean {
    if (!this.#enabled) return false;
    let isMet = false;
    for (const one of this.#comparators) {
      const range = this.#rangeOf(one);
      if (range?.[access] !== true) continue;
      if (address + size <= range.start || address >= range.start + range.size) continue;
      one.matched = true;
      isMet = true;
    }
    return isMet;
  }

  #rangeOf({ comp, mask, fn }: Comparator): WatchedRange | undefined {
    if (this.#isV8) {
      const accesses = V8_WATCHES.get(fn & 0xf);
      if (accesses === undefined || (fn & V8_ACTION) !== V8_DEBUG_EVENT) return undefined;
      return { ...accesses, start: comp, size: 1 << ((fn >>> 10) & 3) };
    }
    const accesses = V7_WATCHES.get(fn & 0xf);
    const size = 2 ** mask;
    return accesses === undefined ? undefined : { ...accesses, start: comp - (comp % size), size };
  }

  #at(offset: number): { readonly one: Comparator; readonly field: number } | undefined {
    const one = this.#comparators[Math.floor((offset - COMP0) / STRIDE)];
    return offset < COMP0 || one === undefined ? undefined : { one, field: (offset - COMP0) % STRIDE };
  }

  #read(offset: number): number {
    const { one, field } = this.#at(offset) ?? {};
    if (one === undefined) return this.#others.get(offset) ?? 0;
    if (field === COMP) return one.comp;
    if (field === MASK && !this.#isV8) return one.mask;
    if (field !== FUNCTION) return 0;
    const value = one.fn | (one.matched ? MATCHED : 0);
    // The read clears MATCHED (Armv7-M C1.8.17).
    one.matched = false;
    return value >>> 0;
  }

  #write(offset: number, value: number): void {
    const { one, field } = this.#at(offset) ?? {};
    if (one === undefined) this.#others.set(offset, offset === 0 ? value & 0x0fff_ffff : value);
    else if (field === COMP) one.comp = value >>> 0;
    else if (field === MASK && !this.#isV8) one.mask = Math.min(value & 0x1f, this.#mostMask);
    else if (field === FUNCTION) {
      one.fn = value & 0xfff;
      one.matched = false;
    }
    this.changed();
  }

  #clear(): void {
    for (const one of this.#comparators) Object.assign(one, { comp: 0, mask: 0, fn: 0, matched: false });
    this.#others.clear();
    this.changed();
  }
}
