/**
 * Nordic's non-volatile memory controller: write and erase enable, page erase, erase all. Knows its registers; which memories there
 * are, and what a protection makes of them, is the model's. Registers: nRF52840 product specification v1.7, 4.3; nRF5340 v1.3 and
 * nRF9160 v2.1, NVMC.
 */
import { hex32 } from "../../lib/hex.ts";
import { wordDevice, type Device } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import type { Memory } from "../bus/memory.ts";

const READY = 0x400;
const READYNEXT = 0x408;
const CONFIG = 0x504;
const ERASEPAGE = 0x508;
const ERASEALL = 0x50c;
const ERASEUICR = 0x514;
const COMMANDS: readonly number[] = [ERASEPAGE, ERASEALL, ERASEUICR];
const WRITE_ENABLE = 1;
const ERASE_ENABLE = 2;
const ERASED = 0xff;

/** What every model with an NVMC can be asked for. */
export const NVMC_OPTION = {
  type: "choice",
  values: ["works", "busy", "locked"],
  default: "works",
  about: "busy: READY never comes back after a command; locked: writes and erases do nothing",
} as const;

export interface NvmcParts {
  readonly flash: Memory;
  readonly uicr: Memory;
  readonly behaves: "works" | "busy" | "locked";
  readonly nowUs: () => number;
  /** Whether a time has come. */
  readonly reached: (atUs: number) => boolean;
  readonly log: (text: string) => void;
  readonly pageSize: number;
  /** A page by its address in ERASEPAGE, or on the parts with TrustZone by a store of all ones to a word of it. */
  readonly erasesPagesBy: "register" | "store";
  readonly times: { readonly writeUs: number; readonly erasePageUs: number; readonly eraseAllUs: number };
}

export class Nvmc {
  readonly #parts: NvmcParts;
  readonly #registers = new Map<number, number>();
  #config = 0;
  #busyUntilUs = 0;

  constructor(parts: NvmcParts) {
    this.#parts = parts;
    for (const memory of [parts.flash, parts.uicr])
      memory.handleWrites((offset, size, value) => this.#store(memory, { offset, size, value }));
  }

  reset(): void {
    this.#config = 0;
    this.#busyUntilUs = 0;
  }

  eraseAll(): void {
    const { flash, uicr } = this.#parts;
    for (const memory of [flash, uicr]) memory.fill(0, memory.size, ERASED);
  }

  get device(): Device {
    const kept = keptVariables({
      config: [() => this.#config, (value) => (this.#config = value)],
      busyUntilUs: [() => this.#busyUntilUs, (value) => (this.#busyUntilUs = value)],
    });
    const registers = wordDevice({
      still: () => true,
      read: (offset) => {
        if (offset === READY || offset === READYNEXT) return this.#ready ? 1 : 0;
        return offset === CONFIG ? this.#config : (this.#registers.get(offset) ?? 0);
      },
      write: (offset, value) => {
        if (offset === CONFIG) this.#config = value & 3;
        else if (COMMANDS.includes(offset)) this.#command(offset, value);
        else if (offset !== READY && offset !== READYNEXT) this.#registers.set(offset, value);
        return undefined;
      },
    });
    return { ...registers, kept };
  }

  get #ready(): boolean {
    return this.#parts.reached(this.#busyUntilUs);
  }

  #busyFor(us: number): void {
    this.#busyUntilUs = this.#parts.behaves === "busy" ? Infinity : this.#parts.nowUs() + us;
  }

  /** Words only, and only while writing is enabled, or erasing where a store erases: everything else is a bus error. */
  #store(
    memory: Memory,
    { offset, size, value }: { readonly offset: number; readonly size: number; readonly value: number },
  ): "error" | undefined {
    const { flash, behaves, erasesPagesBy, nowUs, times } = this.#parts;
    if (size !== 4) return "error";
    if (this.#config === ERASE_ENABLE && erasesPagesBy === "store" && memory === flash) {
      if (value === 0xffff_ffff) this.#erasePage(offset);
      return undefined;
    }
    if (this.#config !== WRITE_ENABLE) return "error";
    // A write while another one is under way waits for it.
    this.#busyFor(Math.max(0, this.#busyUntilUs - nowUs()) + times.writeUs);
    if (behaves !== "locked") memory.put(offset, 4, (memory.read(offset, 4) & value) >>> 0);
    return undefined;
  }

  #erasePage(address: number): void {
    const { flash, behaves, pageSize, times } = this.#parts;
    if (behaves !== "locked") flash.fill(address - (address % pageSize), pageSize, ERASED);
    this.#busyFor(times.erasePageUs);
  }

  #command(offset: number, value: number): void {
    const { flash, uicr, behaves, erasesPagesBy, log, times } = this.#parts;
    if (this.#config !== ERASE_ENABLE || !this.#ready) {
      log(`NVMC ignores a command: ${this.#ready ? "erasing is not enabled" : "it is busy"}`);
      return;
    }
    if (offset === ERASEPAGE) {
      if (erasesPagesBy === "register" && value < flash.size) this.#erasePage(value);
      else log(`NVMC ignores a page erase at ${hex32(value)}`);
      return;
    }
    const isThere = offset === ERASEALL || erasesPagesBy === "register";
    if ((value & 1) === 0 || !isThere) return;
    if (behaves !== "locked") {
      if (offset === ERASEUICR) uicr.fill(0, uicr.size, ERASED);
      else this.eraseAll();
    }
    this.#busyFor(times.eraseAllUs);
  }
}
