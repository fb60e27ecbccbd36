/**
 * Nordic's CTRL-AP: resets a part, says whether it is protected, and opens it by erasing everything. Knows its registers;
 * what is protected and erased is the model's. Registers: nRF52840 product specification v1.7, 4.8.2; nRF9160 v2.1
 * and nRF5340 v1.3, debug and trace.
 */
import type { AccessPort } from "../port/access-port.ts";
import type { ModelContext } from "../model/define-model.ts";
import type { OptionSpecs } from "../model/options.ts";
import type { Soc } from "../soc/soc.ts";

const RESET = 0x00;
const ERASEALL = 0x04;
const ERASEALLSTATUS = 0x08;
const APPROTECTSTATUS = 0x0c;
const ERASEPROTECTSTATUS = 0x18;
const IDR = 0xfc;
/** Revision 0 on the nRF52, 1 on the parts with TrustZone. */
export const CTRL_AP_IDR = { nrf52: 0x0288_0000, trustZone: 0x1288_0000 } as const;

/** What every model with a CTRL-AP can be asked for. */
export const ERASE_OPTION = {
  type: "choice",
  values: ["works", "stuck"],
  default: "works",
  about: "stuck: ERASEALLSTATUS of the CTRL-AP stays busy, and nothing is erased",
} as const;

/** Of the parts with TrustZone. */
export const ERASE_PROTECT_OPTION = {
  type: "choice",
  values: ["no", "yes"],
  default: "no",
  about: "yes: UICR.ERASEPROTECT is set, the CTRL-AP erases nothing",
} as const;

export interface CtrlApParts {
  readonly index: number;
  readonly idr: number;
  readonly soc: Soc;
  readonly context: Pick<ModelContext<OptionSpecs>, "clock" | "log">;
  /** What APPROTECTSTATUS says of the protection. */
  readonly looksProtected: () => boolean;
  /** The parts without ERASEPROTECT leave it away. */
  readonly eraseProtected?: () => boolean;
  /** Infinity where an erase never ends. */
  readonly eraseUs: number;
  readonly erase: () => void;
  /** RESET was 1 and goes to 0. */
  readonly reset: () => void;
}

export class CtrlAp implements AccessPort {
  readonly #parts: CtrlApParts;
  #erasingUntilUs = 0;
  #held = false;

  constructor(parts: CtrlApParts) {
    this.#parts = parts;
  }

  still(): boolean {
    return true;
  }

  read(register: number): number {
    const value = this.#value(register);
    const { soc, index } = this.#parts;
    soc.log.register({ ap: index, register, access: "read", value });
    return value;
  }

  write(register: number, value: number): undefined {
    const { soc, index, reset } = this.#parts;
    soc.log.register({ ap: index, register, access: "write", value });
    if (register === RESET) {
      const released = this.#held && (value & 1) === 0;
      this.#held = (value & 1) === 1;
      if (released) reset();
    } else if (register === ERASEALL && (value & 1) === 1) this.#erase();
  }

  busy(): boolean {
    return false;
  }

  abort(): void {
    // No access to it takes time.
  }

  #erase(): void {
    const { eraseProtected, eraseUs, erase, context } = this.#parts;
    const { clock, log } = context;
    if (eraseProtected?.() === true) {
      log("CTRL-AP: ERASEPROTECT forbids to erase everything");
      return;
    }
    log("CTRL-AP erases everything");
    this.#erasingUntilUs = clock.nowUs() + eraseUs;
    if (eraseUs !== Infinity) clock.after(eraseUs, erase);
  }

  #value(register: number): number {
    const { context, idr, looksProtected, eraseProtected } = this.#parts;
    switch (register) {
      case IDR:
        return idr;
      case RESET:
        return this.#held ? 1 : 0;
      case ERASEALLSTATUS:
        return context.clock.reached(this.#erasingUntilUs) ? 0 : 1;
      case APPROTECTSTATUS:
        // With TrustZone bit 1 says the same of secure accesses.
        return looksProtected() ? 0 : eraseProtected === undefined ? 1 : 3;
      case ERASEPROTECTSTATUS:
        return eraseProtected === undefined || eraseProtected() ? 0 : 1;
      default:
        return 0;
    }
  }
}
