/** The nRF9160: data in YAML, and here the CTRL-AP, which opens a protected part by erasing everything. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../define-model.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, ERASE_PROTECT_OPTION } from "./ctrl-ap.ts";
import yaml from "./nrf9160.yaml";

const CTRL_AP = 4;
const ERASE_ALL_US = 180_000;

export function nrf9160(): Model {
  return defineModel({
    extends: new Source("nrf9160.yaml", yaml),
    options: {
      protected: {
        type: "choice",
        values: ["no", "yes"],
        default: "no",
        about: "yes: UICR.APPROTECT is set, AP 0 stays closed until the CTRL-AP has erased everything",
      },
      erase: ERASE_OPTION,
      eraseProtect: ERASE_PROTECT_OPTION,
    },
    build(soc, { clock, log, options }) {
      let locked = options.protected === "yes";
      soc.memAp(0).enabled = () => !locked;
      const ctrlAp = new CtrlAp({
        index: CTRL_AP,
        idr: CTRL_AP_IDR.trustZone,
        soc,
        context: { clock, log },
        looksProtected: () => locked,
        eraseProtected: () => options.eraseProtect === "yes",
        eraseUs: options.erase === "stuck" ? Infinity : ERASE_ALL_US,
        erase: () => {
          for (const name of ["flash", "uicr", "ram"]) {
            const memory = soc.memory(name);
            memory.fill(0, memory.size, name === "ram" ? 0 : 0xff);
          }
          locked = false;
        },
        reset: () => {
          soc.reset("system", "CTRL-AP RESET");
        },
      });
      soc.accessPorts.set(CTRL_AP, ctrlAp);
    },
  });
}
