/**
 * Models the nRF5340: data in YAML, with a flash controller (NVMC) and a CTRL-AP of Nordic for each core. The
 * YAML names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, ERASE_PROTECT_OPTION } from "../controllers/ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "../controllers/nvmc.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./nrf5340.yaml";

const TIMES = { writeUs: 43, erasePageUs: 87_500, eraseAllUs: 173_000 };
/** Each core has an access port, a CTRL-AP, a flash controller, and memories that are erased with it. */
const CORES = [
  {
    ...{ core: "application", opens: 0, index: 2, prefix: "", pageSize: 0x1000 },
    place: { name: "application NVMC", start: 0x5003_9000, aliases: [0x4003_9000] },
  },
  {
    ...{ core: "network", opens: 1, index: 3, prefix: "network-", pageSize: 0x800 },
    place: { name: "network NVMC", start: 0x4108_0000, bus: "network" },
  },
] as const;

const PROTECTED_CORES_OPTION = {
  type: "choice",
  values: ["no", "application", "network", "both"],
  default: "no",
  about:
    "the cores whose APPROTECT is set: their access ports stay closed until their CTRL-AP has erased everything",
} as const;

export function nrf5340(): Model {
  return defineModel({
    extends: new Source("nrf5340.yaml", yaml),
    options: {
      protected: PROTECTED_CORES_OPTION,
      erase: ERASE_OPTION,
      eraseProtect: ERASE_PROTECT_OPTION,
      nvmc: NVMC_OPTION,
    },
    build(soc, context) {
      const { options } = context;
      for (const { core, opens, index, prefix, pageSize, place } of CORES) {
        const nvmc = new Nvmc(soc, context, {
          ...{ place, flash: `${prefix}flash`, uicr: `${prefix}uicr`, behaves: options.nvmc },
          ...{ pageSize, erasesPagesBy: "store", times: TIMES },
        });
        new CtrlAp(soc, context, {
          ...{ index, idr: CTRL_AP_IDR.trustZone, opens, core, behaves: options.erase, eraseUs: 180_000 },
          isProtected: options.protected === core || options.protected === "both",
          eraseProtected: options.eraseProtect === "yes",
          erase: () => {
            nvmc.eraseAll();
            const ram = soc.memory(`${prefix}ram`);
            ram.fill(0, ram.size, 0);
          },
        });
      }
    },
  });
}
