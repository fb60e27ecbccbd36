/**
 * The Kinetis MK64FN1M0: data in YAML, and here what joins its flash controller (ftfe.ts) with the MDM-AP, which is all that a
 * debugger reaches of a secured part. The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import type { AccessPort } from "../port/access-port.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { Ftfe } from "./ftfe.ts";
import yaml from "./mk64fn1m0.yaml";

const FTFE = 0x4002_0000;
const FPROT = 0x408;
const FSEC = 0x40c;

/** MDM-AP (K64P144M120SF5RM 9.5). */
const MDM_AP = 1;
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
/** The flash needs this long after a reset until the controller is ready. */
const START_US = 100;

export function mk64fn1m0(): Model {
  return defineModel({
    extends: new Source("mk64fn1m0.yaml", yaml),
    options: {
      flash: {
        type: "choice",
        values: ["works", "busy", "protected"],
        default: "works",
        about:
          "busy: CCIF never comes back after a command, nor does a mass erase end; protected: FPROT protects every region",
      },
      secured: {
        type: "choice",
        values: ["no", "yes", "for-ever"],
        default: "no",
        about:
          "yes: FSEC secures the part, AP 0 stays closed until the MDM-AP has erased everything; for-ever: FSEC.MEEN forbids that too",
      },
    },
    build(soc, { clock, log, options }) {
      const flash = soc.memory("flash");
      if (options.flash === "protected") flash.put(FPROT, 4, 0);
      if (options.secured !== "no") flash.put(FSEC, 1, options.secured === "yes" ? 0xff : 0xef);
      // Programming is the controller's business: a write to the flash itself is a bus error.
      flash.handleWrites(() => "error");
      const ftfe = new Ftfe({
        flash,
        nowUs: () => clock.nowUs(),
        reached: (atUs) => clock.reached(atUs),
        log,
        busyForEver: options.flash === "busy",
      });
      soc.map({ name: "FTFE", start: FTFE, size: 0x1000 }, ftfe);
      soc.memAp(0).enabled = () => !ftfe.secured;

      let control = 0;
      let acknowledged = false;
      let readyAtUs = 0;
      soc.onReset((kind) => {
        if (kind === "core") return;
        ftfe.loadConfiguration();
        acknowledged = false;
        readyAtUs = clock.nowUs() + START_US;
        if (kind === "power") control = 0;
      });
      const erase = (): void => {
        if (!ftfe.massEraseAllowed) {
          log("MDM-AP: FSEC.MEEN forbids the mass erase");
          return;
        }
        log("MDM-AP erases everything");
        acknowledged = true;
        if (options.flash === "busy") return;
        clock.after(ftfe.eraseAll(), () => {
          control &= ~MASS_ERASE;
          // 29.4.13: the security byte is programmed to the open state.
          flash.put(FSEC, 1, 0xfe);
        });
      };
      const status = (): number =>
        (acknowledged ? ERASE_ACKNOWLEDGED : 0) |
        (clock.reached(readyAtUs) ? FLASH_READY : 0) |
        (ftfe.secured ? SECURED : 0) |
        ((control & SYSTEM_RESET) === 0 && soc.nreset === 1 ? NOT_IN_RESET : 0) |
        (ftfe.massEraseAllowed ? ERASE_ENABLED : 0);
      const mdmAp: AccessPort = {
        still: () => true,
        read(register) {
          const value =
            register === STATUS
              ? status()
              : register === CONTROL
                ? control
                : register === IDR
                  ? MDM_AP_IDR
                  : 0;
          soc.log.register({ ap: MDM_AP, register, access: "read", value });
          return value;
        },
        write(register, value) {
          soc.log.register({ ap: MDM_AP, register, access: "write", value });
          if (register !== CONTROL) return undefined;
          const before = control;
          // A mass erase under way cannot be called off.
          control = (value & 0xff) | (before & MASS_ERASE);
          const changed = before ^ control;
          if ((changed & SYSTEM_RESET) !== 0) soc.reset("system", "MDM-AP system reset");
          if ((changed & control & MASS_ERASE) !== 0) erase();
          return undefined;
        },
        busy: () => false,
        abort: () => undefined,
      };
      soc.accessPorts.set(MDM_AP, mdmAp);
    },
  });
}
