/**
 * Models the nRF52840: data in YAML, with the flash controller (NVMC) and the CTRL-AP of Nordic. The YAML
 * names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, PROTECTED_OPTION } from "../controllers/ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "../controllers/nvmc.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./nrf52840.yaml";

const TIMES = { writeUs: 41, erasePageUs: 85_000, eraseAllUs: 169_000 };
/** The value 0xFF of UICR.APPROTECT leaves the part open. */
const APPROTECT = 0x208;

const GLITCHES_OPTION = {
  type: "integer",
  min: 0,
  max: 100,
  default: 0,
  about: "number of first reads of APPROTECTSTATUS that say protected, whatever is true",
} as const;

export function nrf52840(): Model {
  return defineModel({
    extends: new Source("nrf52840.yaml", yaml),
    options: {
      protected: PROTECTED_OPTION,
      glitches: GLITCHES_OPTION,
      erase: ERASE_OPTION,
      nvmc: NVMC_OPTION,
    },
    build(soc, context) {
      const { options } = context;
      const uicr = soc.memory("uicr");
      if (options.protected === "yes") uicr.put(APPROTECT, 4, 0xffff_ff00);
      const nvmc = new Nvmc(soc, context, {
        ...{
          place: { name: "NVMC", start: 0x4001_e000 },
          flash: "flash",
          uicr: "uicr",
          behaves: options.nvmc,
        },
        ...{ pageSize: 0x1000, erasesPagesBy: "register", times: TIMES },
      });
      const ctrlAp = new CtrlAp(soc, context, {
        ...{ index: 1, idr: CTRL_AP_IDR.nrf52, opens: 0, isProtected: options.protected === "yes" },
        ...{ glitches: options.glitches, behaves: options.erase, eraseUs: TIMES.eraseAllUs },
        erase: () => {
          nvmc.eraseAll();
        },
      });
      ctrlAp.readsProtection(() => (uicr.read(APPROTECT, 4) & 0xff) !== 0xff);
    },
  });
}
