/** The breakpoints of one core, by address: comparators while there are any left, else BKPT written into RAM. */
import { CoreSightFailure } from "../wire/faults.ts";
import type { FlashPatch } from "./flash-patch.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { hex32 } from "../../lib/hex.ts";
import { asFailure } from "../../lib/fault.ts";

export type BreakpointKind = "hardware" | "software";

export interface Breakpoint {
  readonly address: number;
  readonly kind: BreakpointKind;
}

/** The instruction BKPT 0 (Armv7-M A7.7.17). */
const BKPT = 0xbe00;
/** ICIALLU invalidates the instruction cache of cores that have one; others ignore it (Armv7-M B3.2). */
const ICIALLU = 0xe000_ef50;

export class Breakpoints {
  readonly #unit: FlashPatch;
  readonly #memory: MemAp;
  readonly #hasCache: () => boolean;
  /** The original content of each address. */
  readonly #written = new Map<number, number>();

  constructor(unit: FlashPatch, memory: MemAp, hasCache: () => boolean) {
    this.#unit = unit;
    this.#memory = memory;
    this.#hasCache = hasCache;
  }

  get all(): readonly Breakpoint[] {
    return [
      ...this.#unit.addresses.map((address): Breakpoint => ({ address, kind: "hardware" })),
      ...[...this.#written.keys()].map((address): Breakpoint => ({ address, kind: "software" })),
    ];
  }

  has(address: number): boolean {
    return this.#unit.has(address) || this.#written.has(address);
  }

  async set(address: number, kind: BreakpointKind | undefined): Promise<BreakpointKind> {
    const known = this.all.find((each) => each.address === address);
    if (known !== undefined) return known.kind;
    if (kind !== "software") {
      try {
        await this.#unit.set(address);
        return "hardware";
      } catch (error) {
        if (kind === "hardware" || !isNoComparator(error)) throw error;
        await this.#write(address, error);
        return "software";
      }
    }
    await this.#write(address);
    return "software";
  }

  async remove(address: number): Promise<void> {
    await this.#unit.clear(address);
    const before = this.#written.get(address);
    if (before === undefined) return;
    await this.#put(address, before);
    this.#written.delete(address);
  }

  async removeAll(): Promise<void> {
    for (const { address } of this.all) await this.remove(address);
  }

  /** Replaces each BKPT of a software breakpoint by the code below it, as the core's program has it. */
  uncover(address: number, bytes: Uint8Array): void {
    this.#each(address, bytes.length, (at, before) => {
      bytes[at] = before();
    });
  }

  /** Returns the bytes as they must be written there: BKPT stays in place, and the new code below it is remembered. */
  cover(address: number, bytes: Uint8Array): Uint8Array {
    const covered = bytes.slice();
    this.#each(address, bytes.length, (at, _before, put, byte) => {
      put(bytes[at] ?? 0);
      covered[at] = (BKPT >>> (8 * byte)) & 0xff;
    });
    return covered;
  }

  /**
   * Visits the bytes of the range that are under a software breakpoint, with a way to read and to change what it
   * covers.
   */
  #each(
    address: number,
    size: number,
    work: (at: number, before: () => number, put: (value: number) => void, byte: 0 | 1) => void,
  ): void {
    for (const start of this.#written.keys())
      for (const byte of [0, 1] as const) {
        const at = start + byte - address;
        if (at < 0 || at >= size) continue;
        const word = (): number => this.#written.get(start) ?? 0;
        const shift = 8 * byte;
        const put = (value: number): void => {
          this.#written.set(start, (word() & ~(0xff << shift)) | (value << shift));
        };
        work(at, () => (word() >>> shift) & 0xff, put, byte);
      }
  }

  /** Sets comparators again that lost their power in a reset. */
  async restore(): Promise<void> {
    await this.#unit.restore();
  }

  /** Does something, a step for example, without a breakpoint at this address. */
  async without(address: number, work: () => Promise<void>): Promise<void> {
    const kind = this.all.find((each) => each.address === address)?.kind;
    if (kind === undefined) return work();
    await this.remove(address);
    try {
      await work();
    } finally {
      await this.set(address, kind);
    }
  }

  async #write(address: number, cause?: unknown): Promise<void> {
    const before = await this.#memory.read(address, 16);
    const none = (why: string, error: unknown): CoreSightFailure =>
      new CoreSightFailure(
        { kind: "no-comparator", unit: "breakpoint", address, count: 0 },
        `${cause instanceof Error ? `${cause.message}; and ` : ""}no software breakpoint at ${hex32(address)}: ${why}`,
        error,
      );
    try {
      await this.#put(address, BKPT);
    } catch (error) {
      if (isTargetFault(error)) throw none("nothing can be written there, as in flash", error);
      throw error;
    }
    if ((await this.#memory.read(address, 16)) !== BKPT)
      throw none("what is written there does not stay", cause);
    this.#written.set(address, before);
  }

  async #put(address: number, code: number): Promise<void> {
    await this.#memory.write(address, 16, code, `write of code at ${hex32(address)}`);
    if (this.#hasCache()) await this.#memory.write(ICIALLU, 32, 0, "invalidation of the instruction cache");
  }
}

function isNoComparator(error: unknown): boolean {
  return asFailure(error)?.fault.kind === "no-comparator";
}

function isTargetFault(error: unknown): boolean {
  return asFailure(error)?.fault.kind === "target-fault";
}
