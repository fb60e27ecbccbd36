/**
 * Models the MDM-AP of Kinetis parts (K64P144M120SF5RM 9.5), which is all that a debugger reaches of a
 * secured part: it resets the part and opens it by erasing everything.
 */
import { thing } from "../../lib/arguments.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import type { Ftfe } from "./ftfe.ts";
import { apIndex, controller } from "./given.ts";
import { registerPort } from "./register-port.ts";

const STATUS = 0x00;
const CONTROL = 0x04;
const IDR = 0xfc;
const MDM_AP_IDR = 0x001c_0000;
const MASS_ERASE = 1 << 0;
const SYSTEM_RESET = 1 << 3;
const ERASE_ACKNOWLEDGED = 1 << 0;
const FLASH_READY = 1 << 1;
const SECURED = 1 << 2;
const NOT_IN_RESET = 1 << 3;
const ERASE_ENABLED = 1 << 5;
/** After a reset the flash needs this long until the controller is ready. */
const START_US = 100;

export interface MdmApParts {
  readonly index: number;
  /** The MEM-AP that stays closed while the part is secured. */
  readonly opens: number;
  readonly ftfe: Ftfe;
}

const MADE = controller({
  index: apIndex,
  opens: apIndex,
  ftfe: thing("an Ftfe", { unsecure: "function" }),
} satisfies Record<keyof MdmApParts, unknown>);

/** Provides status, reset and the mass erase of a secured part. */
export class MdmAp {
  readonly #soc: Soc;
  readonly #context: PartContext;
  readonly #ftfe: Ftfe;
  #control = 0;
  #acknowledged = false;
  #readyAtUs = 0;

  constructor(soc: Soc, context: PartContext, parts: MdmApParts) {
    MADE({ soc, context, parts });
    const { index, opens, ftfe } = parts;
    this.#soc = soc;
    this.#context = context;
    this.#ftfe = ftfe;
    soc.memAp(opens).enabled = () => !ftfe.secured;
    soc.onReset((kind) => {
      if (kind === "core") return;
      this.#acknowledged = false;
      this.#readyAtUs = context.clock.nowUs() + START_US;
      if (kind === "power") this.#control = 0;
    });
    soc.accessPorts.set(
      index,
      registerPort(soc, index, {
        read: (register) => this.#value(register),
        write: (register, value) => {
          if (register === CONTROL) this.#write(value);
        },
      }),
    );
  }

  #value(register: number): number {
    switch (register) {
      case STATUS:
        return this.#status;
      case CONTROL:
        return this.#control;
      case IDR:
        return MDM_AP_IDR;
      default:
        return 0;
    }
  }

  get #status(): number {
    const { secured, massEraseAllowed } = this.#ftfe;
    return (
      (this.#acknowledged ? ERASE_ACKNOWLEDGED : 0) |
      (this.#context.clock.reached(this.#readyAtUs) ? FLASH_READY : 0) |
      (secured ? SECURED : 0) |
      ((this.#control & SYSTEM_RESET) === 0 && this.#soc.nreset === 1 ? NOT_IN_RESET : 0) |
      (massEraseAllowed ? ERASE_ENABLED : 0)
    );
  }

  #write(value: number): void {
    const before = this.#control;
    // A mass erase under way cannot be cancelled.
    this.#control = (value & 0xff) | (before & MASS_ERASE);
    const changed = before ^ this.#control;
    if ((changed & SYSTEM_RESET) !== 0) this.#soc.reset("system", "MDM-AP system reset");
    if ((changed & this.#control & MASS_ERASE) !== 0) this.#erase();
  }

  #erase(): void {
    const { clock, log } = this.#context;
    if (!this.#ftfe.massEraseAllowed) {
      log("MDM-AP: FSEC.MEEN forbids the mass erase");
      return;
    }
    log("MDM-AP erases everything");
    this.#acknowledged = true;
    if (this.#ftfe.busyForEver) return;
    clock.after(this.#ftfe.eraseAll(), () => {
      this.#control &= ~MASS_ERASE;
      this.#ftfe.unsecure();
    });
  }
}
