/** A small machine for Thumb tests: code and data in one RAM, registers in, registers out. */
import { ThumbCore } from "../../src/simulator/thumb/core.ts";
import type { StopReason, ThumbBus, ThumbProfile } from "../../src/simulator/thumb/port.ts";
import { PROFILES } from "../../src/simulator/thumb/profile.ts";
import { SilentBus } from "./thumb-bus.ts";

export const CODE = 0x2000_0000;
export const DATA = 0x2000_1000;
export const STACK = 0x2000_2000;
const VECTORS = CODE + 0x800;
/** Where exception n lands: a BKPT of its own. */
export const handler = (number: number): number => CODE + 0x900 + 4 * number;

/** Wide instructions are two numbers, or one above 0xFFFF with the first halfword on top. */
export class Program {
  readonly core: ThumbCore;
  readonly bytes = new Uint8Array(0x3000);
  readonly view = new DataView(this.bytes.buffer);

  constructor(
    code: readonly number[],
    profile: ThumbProfile = PROFILES["Cortex-M4"],
    bus: ThumbBus = new SilentBus(),
  ) {
    this.core = new ThumbCore(profile, bus, [{ base: CODE, bytes: this.bytes, writable: true }]);
    let at = 0;
    for (const word of code.flatMap((half) =>
      half > 0xffff ? [Math.floor(half / 0x1_0000), half % 0x1_0000] : [half],
    )) {
      this.view.setUint16(at, word, true);
      at += 2;
    }
    this.view.setUint16(at, 0xbe00, true);
    this.vectors();
    this.core.reset(VECTORS);
    this.core.setRegister(13, STACK);
    this.core.setRegister(15, CODE);
  }

  /** Every exception has a handler of one BKPT. */
  private vectors(): void {
    for (let number = 0; number < 48; number++) {
      this.view.setUint32(VECTORS - CODE + 4 * number, handler(number) | 1, true);
      this.view.setUint16(handler(number) - CODE, 0xbe00, true);
    }
    this.view.setUint32(VECTORS - CODE, STACK, true);
  }

  set(registers: Readonly<Record<number, number>>): this {
    for (const [number, value] of Object.entries(registers)) this.core.setRegister(Number(number), value);
    return this;
  }

  /** Runs to the BKPT behind the code, or to whatever else stops it. */
  run(budget = 1000): StopReason {
    return this.core.step(budget);
  }

  /** The flags as letters, upper case where set. */
  get flags(): string {
    const { xpsr } = this.core;
    return Array.from("nzcvq", (letter, index) =>
      ((xpsr >>> (31 - index)) & 1) !== 0 ? letter.toUpperCase() : letter,
    ).join("");
  }
}
