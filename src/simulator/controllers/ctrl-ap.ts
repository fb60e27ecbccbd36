/**
 * Models Nordic's CTRL-AP: it resets a part, says whether it is protected, and opens it by erasing
 * everything. While the part is protected its MEM-AP is closed; the model decides what is erased. Registers:
 * nRF52840 product specification v1.7, 4.8.2; nRF9160 v2.1 and nRF5340 v1.3, debug and trace.
 */
import { count, oneOf, optional, text, unsigned, work, yesOrNo } from "../../lib/arguments.ts";
import { keptVariables } from "../bus/kept.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import { apIndex, controller, timeUs } from "./given.ts";
import { registerPort } from "./register-port.ts";

const RESET = 0x00;
const ERASEALL = 0x04;
const ERASEALLSTATUS = 0x08;
const APPROTECTSTATUS = 0x0c;
const ERASEPROTECTSTATUS = 0x18;
const IDR = 0xfc;
/** It is revision 0 on the nRF52, and 1 on the parts with TrustZone. */
export const CTRL_AP_IDR = { nrf52: 0x0288_0000, trustZone: 0x1288_0000 } as const;

/** Every model with a CTRL-AP has this option. */
export const ERASE_OPTION = {
  type: "choice",
  values: ["works", "stuck"],
  default: "works",
  about: "stuck: ERASEALLSTATUS of the CTRL-AP stays busy, and nothing is erased",
} as const;

/** The parts with TrustZone have this option. */
export const ERASE_PROTECT_OPTION = {
  type: "choice",
  values: ["no", "yes"],
  default: "no",
  about: "yes: UICR.ERASEPROTECT is set, the CTRL-AP erases nothing",
} as const;

/** The parts with one core have this option. */
export const PROTECTED_OPTION = {
  type: "choice",
  values: ["no", "yes"],
  default: "no",
  about: "yes: UICR.APPROTECT is set, AP 0 stays closed until the CTRL-AP has erased everything",
} as const;

export interface CtrlApParts {
  readonly index: number;
  readonly idr: number;
  /** The MEM-AP that it keeps closed while the part is protected. */
  readonly opens: number;
  /** The core that it belongs to, on a part with several. */
  readonly core?: string;
  readonly isProtected: boolean;
  /** True if UICR.ERASEPROTECT is set; absent for the parts without it. */
  readonly eraseProtected?: boolean;
  /** This many first reads of APPROTECTSTATUS say protected, whatever is true. */
  readonly glitches?: number;
  /** `stuck` means that an erase never ends. */
  readonly behaves: "works" | "stuck";
  readonly eraseUs: number;
  readonly erase: () => void;
}

const MADE = controller({
  index: apIndex,
  idr: unsigned(32),
  opens: apIndex,
  core: optional(text),
  isProtected: yesOrNo,
  eraseProtected: optional(yesOrNo),
  glitches: optional(count(0)),
  behaves: oneOf(ERASE_OPTION.values),
  eraseUs: timeUs,
  erase: work,
} satisfies Record<keyof CtrlApParts, unknown>);

/** Resets a part, says whether it is protected, and opens it by erasing everything. */
export class CtrlAp {
  readonly #parts: CtrlApParts;
  readonly #soc: Soc;
  readonly #context: PartContext;
  #locked: boolean;
  #glitches: number;
  #erasingUntilUs = 0;
  #held = false;

  constructor(soc: Soc, context: PartContext, parts: CtrlApParts) {
    MADE({ soc, context, parts });
    const { index, opens, core, isProtected, glitches = 0 } = parts;
    this.#parts = parts;
    this.#soc = soc;
    this.#context = context;
    this.#locked = isProtected;
    this.#glitches = glitches;
    soc.memAp(opens).enabled = () => !this.#locked;
    soc.keep(
      `protection${core === undefined ? "" : ` of the ${core} core`}`,
      keptVariables({ locked: [() => this.#locked, (value) => (this.#locked = value === 1)] }),
    );
    soc.accessPorts.set(
      index,
      registerPort(soc, index, {
        still: () => this.#glitches === 0,
        read: (register) => this.#value(register),
        write: (register, value) => {
          this.#write(register, value);
        },
      }),
    );
  }

  /** Each reset except that of the core alone reads the protection anew. */
  readsProtection(isProtected: () => boolean): void {
    this.#soc.onReset((kind) => {
      if (kind !== "core") this.#locked = isProtected();
    });
  }

  #write(register: number, value: number): void {
    if (register === RESET) {
      const released = this.#held && (value & 1) === 0;
      this.#held = (value & 1) === 1;
      if (released) this.#reset();
    } else if (register === ERASEALL && (value & 1) === 1) this.#erase();
  }

  #reset(): void {
    const { core } = this.#parts;
    this.#soc.reset("system", `CTRL-AP RESET${core === undefined ? "" : ` of the ${core} core`}`);
  }

  #erase(): void {
    const { eraseProtected, eraseUs, behaves, erase } = this.#parts;
    const { clock, log } = this.#context;
    if (eraseProtected === true) {
      log("CTRL-AP: ERASEPROTECT forbids to erase everything");
      return;
    }
    log("CTRL-AP erases everything");
    this.#erasingUntilUs = behaves === "stuck" ? Infinity : clock.nowUs() + eraseUs;
    if (behaves === "stuck") return;
    clock.after(eraseUs, () => {
      erase();
      this.#locked = false;
    });
  }

  #looksProtected(): boolean {
    if (this.#glitches === 0) return this.#locked;
    this.#glitches -= 1;
    return true;
  }

  #value(register: number): number {
    const { idr, eraseProtected } = this.#parts;
    switch (register) {
      case IDR:
        return idr;
      case RESET:
        return this.#held ? 1 : 0;
      case ERASEALLSTATUS:
        return this.#context.clock.reached(this.#erasingUntilUs) ? 0 : 1;
      case APPROTECTSTATUS:
        // With TrustZone bit 1 says the same of secure accesses.
        return this.#looksProtected() ? 0 : eraseProtected === undefined ? 1 : 3;
      case ERASEPROTECTSTATUS:
        return eraseProtected === false ? 1 : 0;
      default:
        return 0;
    }
  }
}
