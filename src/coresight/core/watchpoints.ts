/**
 * Watchpoints: the comparators of the DWT. Knows both forms of their function register (Armv7-M C1.8.17, Armv8-M
 * D1.2.76). They stop the core only with DEMCR.TRCENA, which is set here.
 */
import { plural } from "../../lib/plural.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Architecture } from "../cpuid.ts";
import { CoreSightFailure } from "../wire/faults.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { DEMCR, field, mask } from "../registers.ts";
import { register } from "../register-layout.ts";

export type Watch = "read" | "write" | "access";

export interface Watchpoint {
  readonly address: number;
  /** The size in bytes: a power of two, of which the address is a multiple. */
  readonly size: number;
  readonly on: Watch;
}

const DWT_CTRL = register("DWT_CTRL", 0xe000_1000, "Armv7-M ARM C1.8.7", { NUMCOMP: [28, 4] });
const COMP0 = 0xe000_1020;
const MASK0 = 0xe000_1024;
const FUNCTION0 = 0xe000_1028;
const STRIDE = 0x10;
const V7_FUNCTIONS: Readonly<Record<Watch, number>> = { read: 5, write: 6, access: 7 };
/** MATCH of data addresses, and ACTION 1: a debug event (Armv8-M D1.2.76). */
const V8_MATCHES: Readonly<Record<Watch, number>> = { access: 4, write: 5, read: 6 };
const V8_DEBUG_EVENT = 1 << 4;
const V8_SIZE_BIT = 10;
const MATCHED = 1 << 24;

export class Watchpoints {
  readonly #memory: MemAp;
  readonly #isV8: boolean;
  #count: number | undefined;
  readonly #used = new Map<number, Watchpoint>();

  constructor(memory: MemAp, architecture: Architecture) {
    this.#memory = memory;
    this.#isV8 = architecture === "v8-M";
  }

  get all(): readonly Watchpoint[] {
    return [...this.#used.values()];
  }

  async count(): Promise<number> {
    this.#count ??= field(
      DWT_CTRL,
      "NUMCOMP",
      await this.#memory.read(DWT_CTRL.address, 32, "read of DWT_CTRL"),
    );
    return this.#count;
  }

  /** Sets a watchpoint. Throws `no-comparator` if all are in use, or none can watch a range of this size. */
  async set(point: Watchpoint): Promise<void> {
    if (this.all.some((other) => isSame(other, point))) return;
    await this.#enableTrace();
    const count = await this.count();
    const index = Array.from({ length: count }, (_, at) => at).find((at) => !this.#used.has(at));
    if (index === undefined) throw none(point, count, "is free");
    if (!(await (this.#isV8 ? this.#writeV8(index, point) : this.#writeV7(index, point))))
      throw none(point, count, `can watch ${point.size} bytes at once`);
    this.#used.set(index, point);
  }

  async clear(point: Watchpoint): Promise<void> {
    for (const [index, other] of this.#used) if (isSame(other, point)) await this.#off(index);
  }

  async clearAll(): Promise<void> {
    for (const index of [...this.#used.keys()]) await this.#off(index);
  }

  /** Returns those that have matched since the last call; reading the function register clears its flag. */
  async matched(): Promise<readonly Watchpoint[]> {
    const hit: Watchpoint[] = [];
    for (const [index, point] of this.#used) {
      const value = await this.#memory.read(FUNCTION0 + STRIDE * index, 32, `read of DWT_FUNCTION${index}`);
      if ((value & MATCHED) !== 0) hit.push(point);
    }
    return hit;
  }

  async #enableTrace(): Promise<void> {
    const demcr = await this.#memory.read(DEMCR.address, 32, "read of DEMCR");
    const wanted = (demcr | mask(DEMCR, "TRCENA")) >>> 0;
    if (wanted !== demcr) await this.#memory.write(DEMCR.address, 32, wanted, "write of DEMCR");
  }

  /** Writes a comparator of v7-M. MASK ignores that many low bits of the address; it holds only what the unit can do. */
  async #writeV7(index: number, { address, size, on }: Watchpoint): Promise<boolean> {
    const ignored = Math.log2(size);
    const at = STRIDE * index;
    await this.#memory.write(COMP0 + at, 32, address, `write of DWT_COMP${index}`);
    await this.#memory.write(MASK0 + at, 32, ignored, `write of DWT_MASK${index}`);
    if ((await this.#memory.read(MASK0 + at, 32, `read of DWT_MASK${index}`)) !== ignored) return false;
    await this.#memory.write(FUNCTION0 + at, 32, V7_FUNCTIONS[on], `write of DWT_FUNCTION${index}`);
    return true;
  }

  async #writeV8(index: number, { address, size, on }: Watchpoint): Promise<boolean> {
    if (size > 4) return false;
    const at = STRIDE * index;
    const value = V8_MATCHES[on] | V8_DEBUG_EVENT | (Math.log2(size) << V8_SIZE_BIT);
    await this.#memory.write(COMP0 + at, 32, address, `write of DWT_COMP${index}`);
    await this.#memory.write(FUNCTION0 + at, 32, value, `write of DWT_FUNCTION${index}`);
    return true;
  }

  async #off(index: number): Promise<void> {
    await this.#memory.write(FUNCTION0 + STRIDE * index, 32, 0, `write of DWT_FUNCTION${index}`);
    this.#used.delete(index);
  }
}

function isSame(one: Watchpoint, other: Watchpoint): boolean {
  return one.address === other.address && one.size === other.size && one.on === other.on;
}

function none({ address, size }: Watchpoint, count: number, why: string): CoreSightFailure {
  return new CoreSightFailure(
    { kind: "no-comparator", unit: "watchpoint", address, count },
    `no watchpoint for ${plural(size, "byte")} at ${hex32(address)}: none of the core's ${count} comparators ${why}`,
  );
}
