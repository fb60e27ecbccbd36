/** The nRF5340: data in YAML, and here the flash controllers and the two CTRL-APs, each of which opens its protected core by erasing it. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { keptVariables } from "../bus/kept.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, ERASE_PROTECT_OPTION } from "./ctrl-ap.ts";
import { Nvmc, NVMC_OPTION } from "./nvmc.ts";
import yaml from "./nrf5340.yaml";

const ERASE_ALL_US = 180_000;
const TIMES = { writeUs: 43, erasePageUs: 87_500, eraseAllUs: 173_000 };
/** Access port, CTRL-AP and flash controller of each core, and what is erased with it. */
const CORES = [
  {
    ...{ core: "application", ap: 0, ctrlAp: 2, prefix: "" },
    nvmc: { name: "application NVMC", start: 0x5003_9000, aliases: [0x4003_9000], pageSize: 0x1000 },
  },
  {
    ...{ core: "network", ap: 1, ctrlAp: 3, prefix: "network-" },
    nvmc: { name: "network NVMC", start: 0x4108_0000, bus: "network", pageSize: 0x800 },
  },
] as const;

export function nrf5340(): Model {
  return defineModel({
    extends: new Source("nrf5340.yaml", yaml),
    options: {
      protected: {
        type: "choice",
        values: ["no", "application", "network", "both"],
        default: "no",
        about:
          "the cores whose APPROTECT is set: their access ports stay closed until their CTRL-AP has erased everything",
      },
      erase: ERASE_OPTION,
      eraseProtect: ERASE_PROTECT_OPTION,
      nvmc: NVMC_OPTION,
    },
    build(soc, { clock, log, options }) {
      for (const { core, ap, ctrlAp, prefix, nvmc: placed } of CORES) {
        const { pageSize, ...place } = placed;
        const nvmc = new Nvmc({
          ...{
            flash: soc.memory(`${prefix}flash`),
            uicr: soc.memory(`${prefix}uicr`),
            log,
            nowUs: () => clock.nowUs(),
            reached: (atUs) => clock.reached(atUs),
          },
          ...{ behaves: options.nvmc, pageSize, erasesPagesBy: "store", times: TIMES },
        });
        soc.map({ ...place, size: 0x1000 }, nvmc.device);
        soc.onReset((kind) => {
          if (kind !== "core") nvmc.reset();
        });
        let locked = options.protected === core || options.protected === "both";
        soc.memAp(ap).enabled = () => !locked;
        soc.keep(
          `protection of the ${core} core`,
          keptVariables({ locked: [() => locked, (value) => (locked = value === 1)] }),
        );
        soc.accessPorts.set(
          ctrlAp,
          new CtrlAp({
            index: ctrlAp,
            idr: CTRL_AP_IDR.trustZone,
            soc,
            context: { clock, log },
            looksProtected: () => locked,
            eraseProtected: () => options.eraseProtect === "yes",
            eraseUs: options.erase === "stuck" ? Infinity : ERASE_ALL_US,
            erase: () => {
              nvmc.eraseAll();
              const ram = soc.memory(`${prefix}ram`);
              ram.fill(0, ram.size, 0);
              locked = false;
            },
            reset: () => {
              soc.reset("system", `CTRL-AP RESET of the ${core} core`);
            },
          }),
        );
      }
    },
  });
}
