/**
 * Access ports whose registers are in the memory behind another one: each access to such a register is an access
 * to that memory. Knows no SELECT, and not what the registers mean.
 */
import type { Step } from "../wire/access.ts";
import { apName, placeKey, type ApPlace } from "../ap-place.ts";
import type { ReadPatch } from "../wire/data-patches.ts";
import type { Dp } from "./dp.ts";
import type { ApRegisters, MemAp } from "./mem-ap.ts";
import { hex } from "../../lib/hex.ts";
import type { Wire } from "../wire/wire.ts";

export class NestedAps implements ApRegisters {
  readonly #dp: Dp;
  readonly #parent: MemAp;

  constructor(dp: Dp, parent: MemAp) {
    this.#dp = dp;
    this.#parent = parent;
  }

  get wire(): Wire {
    return this.#dp.wire;
  }

  apReadSteps(ap: ApPlace, offset: number, words = 1): readonly Step[] {
    return this.#of(ap, offset, this.#parent.registerReadSteps(addressOf(ap, offset), words));
  }

  apWriteSteps(ap: ApPlace, offset: number, value: number | Uint32Array): readonly Step[] {
    return this.#of(ap, offset, this.#parent.registerWriteSteps(addressOf(ap, offset), value));
  }

  memoryPatch(ap: ApPlace, address: number, words: number): ReadPatch | undefined {
    return this.#dp.memoryPatch(ap, address, words);
  }

  /** Attributes an access to the inner register to the inner port; its preparation stays the parent's. */
  #of(ap: ApPlace, offset: number, steps: readonly Step[]): readonly Step[] {
    const patch = this.#dp.patchOfAp(ap, offset);
    return steps.map(({ address, ...step }) => {
      if (step.dataOf === undefined) return address === undefined ? step : { ...step, address };
      const register = `register ${hex(offset)}`;
      return { ...step, ap, offset, register, ...(patch === undefined ? {} : { patch }) };
    });
  }
}

function addressOf(ap: ApPlace, offset: number): number {
  if (typeof ap === "number") throw new RangeError(`${apName(ap)} (${placeKey(ap)}) stands in no memory`);
  return ap.address + offset;
}
