/**
 * Models the authentication access port of the EFM32 (reference manual, debug interface). A locked part shows
 * it in place of its MEM-AP; it opens the part by erasing it.
 */
import { oneOf, text, yesOrNo } from "../../lib/arguments.ts";
import { keptVariables } from "../bus/kept.ts";
import type { Memory } from "../bus/memory.ts";
import type { PartContext } from "../model/define-model.ts";
import type { AccessPort } from "../port/access-port.ts";
import type { Soc } from "../soc/soc.ts";
import { controller } from "./given.ts";
import { registerPort } from "./register-port.ts";

const CMD = 0x00;
const CMDKEY = 0x04;
const STATUS = 0x08;
const IDR = 0xfc;
const AAP_IDR = 0x16e6_0001;
const KEY = 0xcfac_c118;
const DEVICEERASE = 1 << 0;
const SYSRESETREQ = 1 << 1;
const ERASEBUSY = 1 << 0;
/** In the debug lock word, the lowest four bits set leave the part open. */
const DLW = 4 * 127;
const OPEN = 0xf;
const ERASE_US = 40_000;

/** Every model with an AAP has this option. */
export const AAP_LOCKED_OPTION = {
  type: "choice",
  values: ["no", "yes"],
  default: "no",
  about: "yes: the debug lock word is cleared, only the AAP answers until it has erased everything",
} as const;

export const AAP_ERASE_OPTION = {
  type: "choice",
  values: ["works", "stuck", "ignored"],
  default: "works",
  about: "stuck: ERASEBUSY stays set; ignored: the AAP takes the command and erases nothing (AAP lock word)",
} as const;

export interface AapParts {
  /** The names of the memories that an erase fills: flash and lock bits with ones, RAM with zeros. */
  readonly flash: string;
  readonly lockBits: string;
  readonly ram: string;
  readonly isLocked: boolean;
  readonly erase: (typeof AAP_ERASE_OPTION)["values"][number];
}

const MADE = controller({
  flash: text,
  lockBits: text,
  ram: text,
  isLocked: yesOrNo,
  erase: oneOf(AAP_ERASE_OPTION.values),
} satisfies Record<keyof AapParts, unknown>);

/** Opens a locked EFM32 by erasing it. */
export class Aap {
  readonly #soc: Soc;
  readonly #context: PartContext;
  readonly #parts: AapParts;
  readonly #lockBits: Memory;
  #locked: boolean;
  #key = 0;
  #busy = false;

  constructor(soc: Soc, context: PartContext, parts: AapParts) {
    MADE({ soc, context, parts });
    this.#soc = soc;
    this.#context = context;
    this.#parts = parts;
    this.#lockBits = soc.memory(parts.lockBits);
    if (parts.isLocked) this.#lockBits.put(DLW, 4, 0);
    this.#locked = this.#isLocked;
    const memAp = soc.memAp(0);
    soc.onReset((kind) => {
      if (kind === "core") return;
      if (kind === "power") memAp.reset();
      this.#locked = this.#isLocked;
      this.#key = 0;
    });
    soc.keep(
      "AAP",
      keptVariables({
        locked: [() => this.#locked, (value) => (this.#locked = value === 1)],
        key: [() => this.#key, (value) => (this.#key = value)],
        busy: [() => this.#busy, (value) => (this.#busy = value === 1)],
      }),
    );
    soc.accessPorts.set(0, this.#inPlaceOf(memAp));
  }

  get #isLocked(): boolean {
    return (this.#lockBits.read(DLW, 4) & OPEN) !== OPEN;
  }

  #inPlaceOf(memAp: AccessPort): AccessPort {
    const own = registerPort(this.#soc, 0, {
      read: (register) => (register === IDR ? AAP_IDR : register === STATUS && this.#busy ? ERASEBUSY : 0),
      write: (register, value) => {
        this.#write(register, value);
      },
    });
    const shown = (): AccessPort => (this.#locked ? own : memAp);
    return {
      read: (register) => shown().read(register),
      write: (register, value) => shown().write(register, value),
      busy: (nowUs) => shown().busy(nowUs),
      abort: () => {
        shown().abort();
      },
    };
  }

  #write(register: number, value: number): void {
    if (register === CMDKEY) this.#key = value >>> 0;
    else if (register === CMD && this.#key === KEY) {
      if ((value & DEVICEERASE) !== 0) this.#erase();
      if ((value & SYSRESETREQ) !== 0) this.#soc.reset("system", "AAP SYSRESETREQ");
    }
  }

  #erase(): void {
    const { flash, ram, erase } = this.#parts;
    this.#context.log(`AAP: device erase${erase === "ignored" ? " is locked" : ""}`);
    if (erase === "ignored") return;
    this.#busy = true;
    if (erase === "stuck") return;
    this.#context.clock.after(ERASE_US, () => {
      this.#busy = false;
      for (const memory of [this.#soc.memory(flash), this.#lockBits]) memory.fill(0, memory.size, 0xff);
      const cleared = this.#soc.memory(ram);
      cleared.fill(0, cleared.size, 0);
    });
  }
}
