/**
 * The nRF52840: data in YAML, and here its flash controller (NVMC) and its CTRL-AP, which opens a protected part by erasing it.
 * The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { keptVariables } from "../bus/kept.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION } from "./ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "./nvmc.ts";
import yaml from "./nrf52840.yaml";

const NVMC = 0x4001_e000;
const ERASE_ALL_US = 169_000;
const TIMES = { writeUs: 41, erasePageUs: 85_000, eraseAllUs: ERASE_ALL_US };
/** UICR.APPROTECT: 0xFF is open. */
const APPROTECT = 0x208;

const CTRL_AP = 1;

export function nrf52840(): Model {
  return defineModel({
    extends: new Source("nrf52840.yaml", yaml),
    options: {
      protected: {
        type: "choice",
        values: ["no", "yes"],
        default: "no",
        about: "yes: UICR.APPROTECT is set, AP 0 stays closed until the CTRL-AP has erased everything",
      },
      glitches: {
        type: "integer",
        min: 0,
        max: 100,
        default: 0,
        about: "so many first reads of APPROTECTSTATUS say protected, whatever is true",
      },
      erase: ERASE_OPTION,
      nvmc: NVMC_OPTION,
    },
    build(soc, { clock, log, options }) {
      const flash = soc.memory("flash");
      const uicr = soc.memory("uicr");
      let glitches = options.glitches;
      if (options.protected === "yes") uicr.put(APPROTECT, 4, 0xffff_ff00);
      /** Takes effect with a reset. */
      let locked = options.protected === "yes";
      const nvmc = new Nvmc({
        ...{ flash, uicr, log, behaves: options.nvmc },
        ...{ nowUs: () => clock.nowUs(), reached: (atUs) => clock.reached(atUs) },
        ...{ pageSize: 0x1000, erasesPagesBy: "register", times: TIMES },
      });
      soc.memAp(0).enabled = () => !locked;
      soc.keep("protection", keptVariables({ locked: [() => locked, (value) => (locked = value === 1)] }));
      soc.onReset((kind) => {
        if (kind === "core") return;
        nvmc.reset();
        locked = (uicr.read(APPROTECT, 4) & 0xff) !== 0xff;
      });

      soc.map({ name: "NVMC", start: NVMC, size: 0x1000 }, nvmc.device);
      const ctrlAp = new CtrlAp({
        index: CTRL_AP,
        idr: CTRL_AP_IDR.nrf52,
        soc,
        context: { clock, log },
        looksProtected: () => {
          const glitch = glitches > 0;
          if (glitch) glitches -= 1;
          return locked || glitch;
        },
        eraseUs: options.erase === "stuck" ? Infinity : ERASE_ALL_US,
        erase: () => {
          nvmc.eraseAll();
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
