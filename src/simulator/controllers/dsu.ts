/**
 * Models the device service unit of the SAM D21 (DS40001882 chapter 13), which is all that a debugger reaches
 * of a secured part: it identifies the part, keeps the core in reset after cold plugging, and opens the part
 * by erasing it.
 */
import { listOf, memoryAddress, text, thing, unsigned } from "../../lib/arguments.ts";
import { wordDevice, type Device, type Size } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import type { Nvmctrl } from "./nvmctrl.ts";
import { controller } from "./given.ts";

/**
 * From this offset on the DSU answers the debugger of a secured part too: the same registers appear once more
 * (13.9.1).
 */
const EXTERNAL = 0x100;
const SIZE = 0x1000;
/** CTRL, STATUSA and STATUSB are the first three bytes. */
const CONTROL = 0x00;
const DID = 0x18;
const CHIP_ERASE = 1 << 4;
const DONE = 1 << 8;
const CRSTEXT = 1 << 9;
const PROTECTED = 1 << 16;
const DEBUGGER = 1 << 17;
/** In STATUSA, DONE, CRSTEXT, BERR, FAIL and PERR are cleared by writing ones. */
const STATUS_A = 0x1f << 8;
const CHIP_ERASE_US = 240_000;

export interface DsuParts {
  readonly start: number;
  /** The value of DID. */
  readonly deviceId: number;
  readonly nvmctrl: Nvmctrl;
  /** The names of memories that a chip erase clears. */
  readonly rams: readonly string[];
}

const MADE = controller({
  start: memoryAddress,
  deviceId: unsigned(32),
  nvmctrl: thing("an Nvmctrl", { eraseAll: "function" }),
  rams: listOf(text),
} satisfies Record<keyof DsuParts, unknown>);

/** Provides the identity, cold plugging and chip erase of a SAM D21. */
export class Dsu {
  readonly #parts: DsuParts;
  readonly #soc: Soc;
  readonly #context: PartContext;
  readonly #registers = new Map<number, number>();
  readonly #words: Device;
  #status = 0;

  constructor(soc: Soc, context: PartContext, parts: DsuParts) {
    MADE({ soc, context, parts });
    const { start, nvmctrl } = parts;
    this.#parts = parts;
    this.#soc = soc;
    this.#context = context;
    this.#words = wordDevice({
      read: (offset) => this.#read(offset % EXTERNAL),
      write: (offset, value) => {
        this.#registers.set(offset % EXTERNAL, value);
        return undefined;
      },
    });
    soc.memAp(0).reaches = (address) =>
      !nvmctrl.secured || (address >= start + EXTERNAL && address < start + SIZE);
    soc.keep("DSU", keptVariables({ status: [() => this.#status, (value) => (this.#status = value)] }));
    soc.onReset((kind) => {
      if (kind === "core") return;
      this.#status = 0;
      this.#registers.clear();
    });
    soc.extendsReset = () => this.#isColdPlugged();
    soc.map(
      { name: "DSU", start, size: SIZE, debugDomain: true },
      {
        still: () => true,
        read: (offset, size) => this.#words.read(offset, size),
        write: (offset, size, value) => this.#write(offset, size, value),
      },
    );
  }

  /**
   * If SWCLK is low when nRESET rises, the core stays in reset until the debugger releases it (13, debugger
   * probe detection).
   */
  #isColdPlugged(): boolean {
    if (this.#soc.swclk === 1) return false;
    this.#context.log("cold plugging: the core stays in reset");
    this.#status |= CRSTEXT;
    return true;
  }

  #read(register: number): number {
    const { nvmctrl, deviceId } = this.#parts;
    if (register === CONTROL) return this.#status | DEBUGGER | (nvmctrl.secured ? PROTECTED : 0);
    return register === DID ? deviceId : (this.#registers.get(register) ?? 0);
  }

  #write(offset: number, size: Size, value: number): "error" | undefined {
    const register = offset % EXTERNAL;
    if (register >= 4) return this.#words.write(offset, size, value);
    // CTRL and STATUSA are bytes: a write to one does not touch the other.
    const written = (value << (8 * register)) >>> 0;
    if ((this.#status & written & CRSTEXT) !== 0) this.#soc.releaseCores();
    this.#status &= ~(written & STATUS_A);
    if ((written & CHIP_ERASE) !== 0) this.#erase();
    return undefined;
  }

  #erase(): void {
    const { nvmctrl, rams } = this.#parts;
    this.#context.log("DSU erases the chip");
    if (nvmctrl.busyForEver) return;
    for (const ram of rams.map((name) => this.#soc.memory(name))) ram.fill(0, ram.size, 0);
    this.#context.clock.after(CHIP_ERASE_US, () => {
      nvmctrl.eraseAll();
      this.#status |= DONE;
    });
  }
}
