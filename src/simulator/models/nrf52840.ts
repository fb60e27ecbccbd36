/**
 * Models the nRF52840: data in YAML, with the flash controller (NVMC) and the CTRL-AP of Nordic. The YAML
 * names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, PROTECTED_OPTION } from "../controllers/ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "../controllers/nvmc.ts";
import { defineModel, type Model, type PartContext } from "../model/define-model.ts";
import type { Soc } from "../soc/soc.ts";
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

/** Longer than any step of a connection, shorter than the erase of three pages. */
const WATCHDOG_US = 200_000;
/** The firmware starts the watchdog soon after it runs. */
const FIRMWARE_US = 1000;

const WATCHDOG_OPTION = {
  type: "choice",
  values: ["off", "runs"],
  default: "off",
  about:
    "runs: the firmware starts the watchdog as soon as it runs, and nothing feeds it: it resets the chip after 200 ms, halted or not",
} as const;

/** The watchdog stands still after a reset until the firmware starts it (nRF52840 product specification v1.7, 6.36). */
function startWatchdog(soc: Soc, { clock }: PartContext): void {
  let cancel = (): void => undefined;
  soc.onReset((kind) => {
    if (kind === "core") return;
    cancel();
    cancel = clock.after(soc.settings.resetUs + FIRMWARE_US, () => {
      if (!soc.core().running) return;
      cancel = clock.after(WATCHDOG_US, () => {
        soc.reset("system", "watchdog");
      });
    });
  });
}

export function nrf52840(): Model {
  return defineModel({
    extends: new Source("nrf52840.yaml", yaml),
    options: {
      protected: PROTECTED_OPTION,
      glitches: GLITCHES_OPTION,
      erase: ERASE_OPTION,
      nvmc: NVMC_OPTION,
      watchdog: WATCHDOG_OPTION,
    },
    build(soc, context) {
      const { options } = context;
      if (options.watchdog === "runs") startWatchdog(soc, context);
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
