/**
 * The LPC55S36: data in YAML, and here the debug mailbox, which decides whether AP 0 is open. The public sources of both are
 * named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { hex } from "../../lib/hex.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import type { AccessPort } from "../port/access-port.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./lpc55s36.yaml";

const AP = 2;
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
/** What the boot ROM answers to a request that it does not know. */
const UNKNOWN_REQUEST = 0x0010_0000;

/** How long the boot ROM takes until it looks at the mailbox, and for one request. */
const BOOT_US = 2_000;
const ANSWER_US = 200;

export function lpc55s36(): Model {
  return defineModel({
    extends: new Source("lpc55s36.yaml", yaml),
    options: {
      mailbox: {
        type: "choice",
        values: ["on", "off", "silent", "refuses"],
        default: "on",
        about:
          "off: the debug mailbox reads as zero and does nothing, so AP 0 never opens; silent: the boot ROM never looks at it; refuses: it wants debug authentication",
      },
    },
    build(soc, { clock, log, options }) {
      let open = false;
      /** The boot ROM listens only after it was asked to resynchronise. */
      let listening = false;
      let control = 0;
      let answer = 0;
      soc.memAp(0).enabled = () => open;
      soc.keep(
        "debug mailbox",
        keptVariables({
          open: [() => open, (value) => (open = value === 1)],
          listening: [() => listening, (value) => (listening = value === 1)],
          control: [() => control, (value) => (control = value)],
          answer: [() => answer, (value) => (answer = value)],
        }),
      );
      soc.onReset((kind) => {
        if (kind === "core") return;
        open = false;
        listening = false;
        if (kind === "power") control = 0;
      });

      const boot = (): void => {
        listening = (control & RESYNCH_REQ) !== 0;
        control &= ~RESYNCH_REQ;
        log(listening ? "boot ROM listens to the debug mailbox" : "boot ROM starts the application");
      };
      const serve = (request: number): void => {
        control &= ~REQ_PENDING;
        if (!listening) return;
        const opens = request === START_DEBUG_SESSION && options.mailbox !== "refuses";
        answer = opens ? DONE : UNKNOWN_REQUEST | (request & 0xffff);
        if (!opens) return;
        open = true;
        listening = false;
        log("debug mailbox opened AP 0");
      };
      const writeControl = (value: number): void => {
        control |= value & RESYNCH_REQ;
        if ((value & CHIP_RESET_REQ) === 0) return;
        soc.reset("system", "debug mailbox CHIP_RESET_REQ");
        if (options.mailbox !== "silent") clock.after(BOOT_US, boot);
      };
      const writeRequest = (value: number): void => {
        if ((control & REQ_PENDING) !== 0) control |= DBG_OR_ERR;
        control |= REQ_PENDING;
        clock.after(ANSWER_US, () => {
          serve(value);
        });
      };

      const works = options.mailbox !== "off";
      const mailbox: AccessPort = {
        still: () => true,
        read(register) {
          const values: Readonly<Record<number, number>> = { [CSW]: control, [RETURN]: answer, [ID]: IDR };
          const value = works || register === ID ? (values[register] ?? 0) : 0;
          soc.log.register({ ap: AP, register, access: "read", value });
          return value;
        },
        write(register, value) {
          soc.log.register({ ap: AP, register, access: "write", value });
          if (!works) log(`debug mailbox is off: ${hex(value)} to register ${hex(register)} does nothing`);
          else if (register === CSW) writeControl(value);
          else if (register === REQUEST) writeRequest(value);
          return undefined;
        },
        busy: () => false,
        abort: () => undefined,
      };
      soc.accessPorts.set(AP, mailbox);
    },
  });
}
