/** The nRF9160: data in YAML, and here its flash controller and the CTRL-AP, which opens a protected part by erasing everything. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { keptVariables } from "../bus/kept.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, ERASE_PROTECT_OPTION } from "./ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "./nvmc.ts";
import yaml from "./nrf9160.yaml";

const CTRL_AP = 4;
const ERASE_ALL_US = 180_000;
/** As secure code sees it, and non-secure. */
const NVMC = { name: "NVMC", start: 0x5003_9000, aliases: [0x4003_9000], size: 0x1000 };
const TIMES = { writeUs: 43, erasePageUs: 87_500, eraseAllUs: 173_000 };

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
      nvmc: NVMC_OPTION,
    },
    build(soc, { clock, log, options }) {
      const nvmc = new Nvmc({
        ...{ flash: soc.memory("flash"), uicr: soc.memory("uicr"), log },
        ...{ nowUs: () => clock.nowUs(), reached: (atUs) => clock.reached(atUs) },
        ...{ behaves: options.nvmc, pageSize: 0x1000, erasesPagesBy: "store", times: TIMES },
      });
      soc.map(NVMC, nvmc.device);
      soc.onReset((kind) => {
        if (kind !== "core") nvmc.reset();
      });
      let locked = options.protected === "yes";
      soc.memAp(0).enabled = () => !locked;
      soc.keep("protection", keptVariables({ locked: [() => locked, (value) => (locked = value === 1)] }));
      const ctrlAp = new CtrlAp({
        index: CTRL_AP,
        idr: CTRL_AP_IDR.trustZone,
        soc,
        context: { clock, log },
        looksProtected: () => locked,
        eraseProtected: () => options.eraseProtect === "yes",
        eraseUs: options.erase === "stuck" ? Infinity : ERASE_ALL_US,
        erase: () => {
          nvmc.eraseAll();
          const ram = soc.memory("ram");
          ram.fill(0, ram.size, 0);
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
