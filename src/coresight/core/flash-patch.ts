/**
 * Hardware breakpoints: the comparators of FPB (v7-M, v8-M) and BPU (v6-M). Knows both versions of the unit
 * (Armv7-M C1.11, Armv8-M D1.2.91), and which comparator stands for which address.
 */
import { hex32 } from "../../lib/hex.ts";
import { CoreSightFailure } from "../wire/faults.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { encode, field } from "../registers.ts";
import { register } from "../register-layout.ts";

const FP_CTRL = register("FP_CTRL", 0xe000_2000, "Armv7-M ARM C1.11.3", {
  ENABLE: 0,
  KEY: 1,
  NUM_CODE_LOW: [4, 4],
  NUM_CODE_HIGH: [12, 3],
  REV: [28, 4],
});
const FP_COMP0 = 0xe000_2008;
/** A comparator of version 1 is for a word of the code region, and says which of its halfwords stop the core (C1.11.5). */
const CODE_END = 0x2000_0000;
const LOWER = 0x4000_0000;
const UPPER = 0x8000_0000;

export class FlashPatch {
  readonly #memory: MemAp;
  #unit: { readonly version: 1 | 2; readonly count: number } | undefined;
  /** The addresses by comparator; version 1 may have two halfwords in one. */
  readonly #used = new Map<number, readonly number[]>();

  constructor(memory: MemAp) {
    this.#memory = memory;
  }

  /** Reads how many comparators there are, and of which version. */
  async unit(): Promise<{ readonly version: 1 | 2; readonly count: number }> {
    if (this.#unit !== undefined) return this.#unit;
    const control = await this.#memory.read(FP_CTRL.address, 32, "read of FP_CTRL");
    const count = (field(FP_CTRL, "NUM_CODE_HIGH", control) << 4) | field(FP_CTRL, "NUM_CODE_LOW", control);
    this.#unit = { version: field(FP_CTRL, "REV", control) === 0 ? 1 : 2, count };
    return this.#unit;
  }

  get addresses(): readonly number[] {
    return [...this.#used.values()].flat();
  }

  has(address: number): boolean {
    return this.addresses.includes(address);
  }

  /** Tells whether a comparator can stand for this address at all: those of version 1 only reach the code region. */
  async reaches(address: number): Promise<boolean> {
    return (await this.unit()).version === 2 || address < CODE_END;
  }

  /** Sets a breakpoint. Throws `no-comparator` if all are in use, or none can stand for this address. */
  async set(address: number): Promise<void> {
    if (this.has(address)) return;
    const { version, count } = await this.unit();
    if (version === 1 && address >= CODE_END) throw this.#none(address, count, "reaches above 0x1FFFFFFF");
    const word = (address & ~3) >>> 0;
    const shared =
      version === 1 ? [...this.#used].find(([, [first = 0]]) => (first & ~3) >>> 0 === word)?.[0] : undefined;
    const index = shared ?? Array.from({ length: count }, (_, at) => at).find((at) => !this.#used.has(at));
    if (index === undefined) throw this.#none(address, count, "is free");
    await this.#write(index, [...(this.#used.get(index) ?? []), address]);
    await this.#memory.write(FP_CTRL.address, 32, encode(FP_CTRL, { ENABLE: 1, KEY: 1 }), "write of FP_CTRL");
  }

  async clear(address: number): Promise<void> {
    for (const [index, addresses] of this.#used)
      if (addresses.includes(address))
        await this.#write(
          index,
          addresses.filter((other) => other !== address),
        );
  }

  async clearAll(): Promise<void> {
    for (const index of [...this.#used.keys()]) await this.#write(index, []);
  }

  /** Writes all of them again: a reset that takes the debug power away clears them. */
  async restore(): Promise<void> {
    if (this.#used.size === 0) return;
    for (const [index, addresses] of [...this.#used]) await this.#write(index, addresses);
    await this.#memory.write(FP_CTRL.address, 32, encode(FP_CTRL, { ENABLE: 1, KEY: 1 }), "write of FP_CTRL");
  }

  async #write(index: number, addresses: readonly number[]): Promise<void> {
    const { version } = await this.unit();
    const value = version === 2 ? wholeAddress(addresses) : halfwords(addresses);
    await this.#memory.write(FP_COMP0 + 4 * index, 32, value, `write of FP_COMP${index}`);
    if (addresses.length === 0) this.#used.delete(index);
    else this.#used.set(index, addresses);
  }

  #none(address: number, count: number, why: string): CoreSightFailure {
    return new CoreSightFailure(
      { kind: "no-comparator", unit: "breakpoint", address, count },
      `no hardware breakpoint for ${hex32(address)}: none of the core's ${count} comparators ${why}`,
    );
  }
}

function wholeAddress([address]: readonly number[]): number {
  return address === undefined ? 0 : (address | 1) >>> 0;
}

function halfwords(addresses: readonly number[]): number {
  const [first] = addresses;
  if (first === undefined) return 0;
  const which = addresses.reduce((bits, address) => bits | ((address & 2) === 0 ? LOWER : UPPER), 0);
  return ((first & 0x1fff_fffc) | which | 1) >>> 0;
}
