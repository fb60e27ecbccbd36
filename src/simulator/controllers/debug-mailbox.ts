/**
 * Models NXP's debug mailbox and the boot ROM behind it (LPC55S3x; the sources are named in the model's
 * YAML): a debugger asks for a debug session, and the ROM opens the MEM-AP. Until then the MEM-AP is closed.
 */
import { oneOf } from "../../lib/arguments.ts";
import { hex } from "../../lib/hex.ts";
import { keptVariables } from "../bus/kept.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
import { apIndex, controller } from "./given.ts";
import { registerPort } from "./register-port.ts";

const CSW = 0x00;
const REQUEST = 0x04;
const RETURN = 0x08;
const ID = 0xfc;
const IDR = 0x002a_0000;

const RESYNCH_REQ = 1 << 0;
const REQ_PENDING = 1 << 1;
const DBG_OR_ERR = 1 << 2;
const CHIP_RESET_REQ = 1 << 5;
const START_DEBUG_SESSION = 0x07;
const DONE = 0;
/** The boot ROM answers this to an unknown request. */
const UNKNOWN_REQUEST = 0x0010_0000;

/** The boot ROM takes this long until it looks at the mailbox, and for one request. */
const BOOT_US = 2_000;
const ANSWER_US = 200;

/** Every model with a debug mailbox has this option. */
export const DEBUG_MAILBOX_OPTION = {
  type: "choice",
  values: ["on", "off", "silent", "refuses"],
  default: "on",
  about:
    "off: the debug mailbox reads as zero and does nothing, so AP 0 never opens; silent: the boot ROM never looks at it; refuses: it wants debug authentication",
} as const;

export interface DebugMailboxParts {
  readonly index: number;
  /** The MEM-AP that it opens. */
  readonly opens: number;
  readonly behaves: (typeof DEBUG_MAILBOX_OPTION)["values"][number];
}

const MADE = controller({
  index: apIndex,
  opens: apIndex,
  behaves: oneOf(DEBUG_MAILBOX_OPTION.values),
} satisfies Record<keyof DebugMailboxParts, unknown>);

/** Opens a MEM-AP if it is asked, after the boot ROM has started. */
export class DebugMailbox {
  readonly #soc: Soc;
  readonly #context: PartContext;
  readonly #behaves: DebugMailboxParts["behaves"];
  #open = false;
  /** The boot ROM listens only after it was asked to resynchronise. */
  #listening = false;
  #control = 0;
  #answer = 0;

  constructor(soc: Soc, context: PartContext, parts: DebugMailboxParts) {
    MADE({ soc, context, parts });
    const { index, opens, behaves } = parts;
    this.#soc = soc;
    this.#context = context;
    this.#behaves = behaves;
    soc.memAp(opens).enabled = () => this.#open;
    soc.keep(
      "debug mailbox",
      keptVariables({
        open: [() => this.#open, (value) => (this.#open = value === 1)],
        listening: [() => this.#listening, (value) => (this.#listening = value === 1)],
        control: [() => this.#control, (value) => (this.#control = value)],
        answer: [() => this.#answer, (value) => (this.#answer = value)],
      }),
    );
    soc.onReset((kind) => {
      if (kind === "core") return;
      this.#open = false;
      this.#listening = false;
      if (kind === "power") this.#control = 0;
    });
    soc.accessPorts.set(
      index,
      registerPort(soc, index, {
        read: (register) => this.#read(register),
        write: (register, value) => {
          this.#write(register, value);
        },
      }),
    );
  }

  #read(register: number): number {
    if (register === ID) return IDR;
    if (this.#behaves === "off") return 0;
    return register === CSW ? this.#control : register === RETURN ? this.#answer : 0;
  }

  #write(register: number, value: number): void {
    const { log } = this.#context;
    if (this.#behaves === "off")
      log(`debug mailbox is off: ${hex(value)} to register ${hex(register)} does nothing`);
    else if (register === CSW) this.#writeControl(value);
    else if (register === REQUEST) this.#request(value);
  }

  #writeControl(value: number): void {
    this.#control |= value & RESYNCH_REQ;
    if ((value & CHIP_RESET_REQ) === 0) return;
    this.#soc.reset("system", "debug mailbox CHIP_RESET_REQ");
    if (this.#behaves === "silent") return;
    this.#context.clock.after(BOOT_US, () => {
      this.#boot();
    });
  }

  #request(value: number): void {
    if ((this.#control & REQ_PENDING) !== 0) this.#control |= DBG_OR_ERR;
    this.#control |= REQ_PENDING;
    this.#context.clock.after(ANSWER_US, () => {
      this.#serve(value);
    });
  }

  #boot(): void {
    this.#listening = (this.#control & RESYNCH_REQ) !== 0;
    this.#control &= ~RESYNCH_REQ;
    this.#context.log(
      this.#listening ? "boot ROM listens to the debug mailbox" : "boot ROM starts the application",
    );
  }

  #serve(request: number): void {
    this.#control &= ~REQ_PENDING;
    if (!this.#listening) return;
    const opens = request === START_DEBUG_SESSION && this.#behaves !== "refuses";
    this.#answer = opens ? DONE : UNKNOWN_REQUEST | (request & 0xffff);
    if (!opens) return;
    this.#open = true;
    this.#listening = false;
    this.#context.log("debug mailbox opened AP 0");
  }
}
