/**
 * Models Nordic's non-volatile memory controller: write and erase enable, page erase, erase all. Knows its
 * registers; the model decides which memories there are and how a protection changes them. Registers:
 * nRF52840 product specification v1.7, 4.3; nRF5340 v1.3 and nRF9160 v2.1, NVMC.
 */
import { count, oneOf, record, text } from "../../lib/arguments.ts";
import { hex32 } from "../../lib/hex.ts";
import { wordDevice, type Device } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Placement, Soc } from "../soc/soc.ts";
import { controller, placed, timeUs } from "./given.ts";

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

/** Every model with an NVMC has this option. */
export const NVMC_OPTION = {
  type: "choice",
  values: ["works", "busy", "locked"],
  default: "works",
  about: "busy: READY never comes back after a command; locked: writes and erases do nothing",
} as const;

export interface NvmcParts {
  readonly place: Omit<Placement, "size">;
  /** The names of the memories that it programs. */
  readonly flash: string;
  readonly uicr: string;
  readonly behaves: "works" | "busy" | "locked";
  readonly pageSize: number;
  /**
   * A page is erased by its address in ERASEPAGE, or on the parts with TrustZone by a store of all ones to a
   * word of it.
   */
  readonly erasesPagesBy: "register" | "store";
  readonly times: { readonly writeUs: number; readonly erasePageUs: number; readonly eraseAllUs: number };
}

const MADE = controller({
  place: record({ name: text, ...placed }),
  flash: text,
  uicr: text,
  behaves: oneOf(NVMC_OPTION.values),
  pageSize: count(1),
  erasesPagesBy: oneOf(["register", "store"]),
  times: record({ writeUs: timeUs, erasePageUs: timeUs, eraseAllUs: timeUs }),
} satisfies Record<keyof NvmcParts, unknown>);

/** Nordic's flash controller. It maps itself, takes the writes to its memories, and reacts to resets. */
export class Nvmc {
  readonly #parts: NvmcParts;
  readonly #context: PartContext;
  readonly #flash: Memory;
  readonly #uicr: Memory;
  readonly #registers = new Map<number, number>();
  #config = 0;
  #busyUntilUs = 0;

  constructor(soc: Soc, context: PartContext, parts: NvmcParts) {
    MADE({ soc, context, parts });
    this.#parts = parts;
    this.#context = context;
    this.#flash = soc.memory(parts.flash);
    this.#uicr = soc.memory(parts.uicr);
    for (const memory of [this.#flash, this.#uicr])
      memory.handleWrites((offset, size, value) => this.#store(memory, { offset, size, value }));
    soc.map({ ...parts.place, size: 0x1000 }, this.#device());
    soc.onReset((kind) => {
      if (kind === "core") return;
      this.#config = 0;
      this.#busyUntilUs = 0;
    });
  }

  eraseAll(): void {
    for (const memory of [this.#flash, this.#uicr]) memory.fill(0, memory.size, ERASED);
  }

  #device(): Device {
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
    return this.#context.clock.reached(this.#busyUntilUs);
  }

  #busyFor(us: number): void {
    this.#busyUntilUs = this.#parts.behaves === "busy" ? Infinity : this.#context.clock.nowUs() + us;
  }

  /**
   * Accepts words only, and only while writing is enabled, or erasing if a store erases. Everything else is a
   * bus error.
   */
  #store(
    memory: Memory,
    { offset, size, value }: { readonly offset: number; readonly size: number; readonly value: number },
  ): "error" | undefined {
    const { behaves, erasesPagesBy, times } = this.#parts;
    if (size !== 4) return "error";
    if (this.#config === ERASE_ENABLE && erasesPagesBy === "store" && memory === this.#flash) {
      if (value === 0xffff_ffff) this.#erasePage(offset);
      return undefined;
    }
    if (this.#config !== WRITE_ENABLE) return "error";
    // A write while another one is under way waits for it.
    this.#busyFor(Math.max(0, this.#busyUntilUs - this.#context.clock.nowUs()) + times.writeUs);
    if (behaves !== "locked") memory.put(offset, 4, (memory.read(offset, 4) & value) >>> 0);
    return undefined;
  }

  #erasePage(address: number): void {
    const { behaves, pageSize, times } = this.#parts;
    if (behaves !== "locked") this.#flash.fill(address - (address % pageSize), pageSize, ERASED);
    this.#busyFor(times.erasePageUs);
  }

  #command(offset: number, value: number): void {
    const { behaves, erasesPagesBy, times } = this.#parts;
    const { log } = this.#context;
    if (this.#config !== ERASE_ENABLE || !this.#ready) {
      log(`NVMC ignores a command: ${this.#ready ? "erasing is not enabled" : "it is busy"}`);
      return;
    }
    if (offset === ERASEPAGE) {
      if (erasesPagesBy === "register" && value < this.#flash.size) this.#erasePage(value);
      else log(`NVMC ignores a page erase at ${hex32(value)}`);
      return;
    }
    const isThere = offset === ERASEALL || erasesPagesBy === "register";
    if ((value & 1) === 0 || !isThere) return;
    if (behaves !== "locked") {
      if (offset === ERASEUICR) this.#uicr.fill(0, this.#uicr.size, ERASED);
      else this.eraseAll();
    }
    this.#busyFor(times.eraseAllUs);
  }
}
