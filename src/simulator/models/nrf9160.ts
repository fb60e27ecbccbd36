/**
 * Models the nRF9160: data in YAML, with the flash controller (NVMC) and the CTRL-AP of Nordic. The YAML
 * names the public sources.
 */
import { Source } from "../../lib/source.ts";
import {
  CTRL_AP_IDR,
  CtrlAp,
  ERASE_OPTION,
  ERASE_PROTECT_OPTION,
  PROTECTED_OPTION,
} from "../controllers/ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "../controllers/nvmc.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./nrf9160.yaml";

/** Secure code sees it here, and non-secure code there. */
const NVMC = { name: "NVMC", start: 0x5003_9000, aliases: [0x4003_9000] };
const TIMES = { writeUs: 43, erasePageUs: 87_500, eraseAllUs: 173_000 };

export function nrf9160(): Model {
  return defineModel({
    extends: new Source("nrf9160.yaml", yaml),
    options: {
      protected: PROTECTED_OPTION,
      erase: ERASE_OPTION,
      eraseProtect: ERASE_PROTECT_OPTION,
      nvmc: NVMC_OPTION,
    },
    build(soc, context) {
      const { options } = context;
      const nvmc = new Nvmc(soc, context, {
        ...{ place: NVMC, flash: "flash", uicr: "uicr", behaves: options.nvmc },
        ...{ pageSize: 0x1000, erasesPagesBy: "store", times: TIMES },
      });
      new CtrlAp(soc, context, {
        ...{ index: 4, idr: CTRL_AP_IDR.trustZone, opens: 0, isProtected: options.protected === "yes" },
        ...{ eraseProtected: options.eraseProtect === "yes", behaves: options.erase, eraseUs: 180_000 },
        erase: () => {
          nvmc.eraseAll();
          soc.memory("ram").fill(0, soc.memory("ram").size, 0);
        },
      });
    },
  });
}
