/** The nRF5340: data in YAML, and here the two CTRL-APs, each of which opens its protected core by erasing it. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../define-model.ts";
import { CTRL_AP_IDR, CtrlAp, ERASE_OPTION, ERASE_PROTECT_OPTION } from "./ctrl-ap.ts";
import yaml from "./nrf5340.yaml";

const ERASE_ALL_US = 180_000;
/** Access port and CTRL-AP of each core, and what is erased with it. */
const CORES = [
  { core: "application", ap: 0, ctrlAp: 2, memories: ["flash", "uicr", "ram"] },
  { core: "network", ap: 1, ctrlAp: 3, memories: ["network-flash", "network-uicr", "network-ram"] },
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
    },
    build(soc, { clock, log, options }) {
      for (const { core, ap, ctrlAp, memories } of CORES) {
        let locked = options.protected === core || options.protected === "both";
        soc.memAp(ap).enabled = () => !locked;
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
              for (const name of memories) {
                const memory = soc.memory(name);
                memory.fill(0, memory.size, name.endsWith("ram") ? 0 : 0xff);
              }
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
