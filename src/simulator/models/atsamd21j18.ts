/**
 * Models the SAM D21J18A: data in YAML, with its flash controller (NVMCTRL) and its device service unit. The
 * YAML names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { Dsu } from "../controllers/dsu.ts";
import { Nvmctrl, NVMCTRL_OPTION } from "../controllers/nvmctrl.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./atsamd21j18.yaml";

const SAMD21J18A = 0x1001_0300;

const SECURED_OPTION = {
  type: "choice",
  values: ["no", "yes"],
  default: "no",
  about: "yes: the security bit is set, a debugger reaches the DSU only until it has erased the chip",
} as const;

export function atsamd21j18(): Model {
  return defineModel({
    extends: new Source("atsamd21j18.yaml", yaml),
    options: { flash: NVMCTRL_OPTION, secured: SECURED_OPTION },
    build(soc, context) {
      const { flash, secured } = context.options;
      const nvmctrl = new Nvmctrl(soc, context, {
        ...{ start: 0x4100_4000, flash: "flash", userRow: "user-row" },
        ...{ behaves: flash, secured: secured === "yes" },
      });
      new Dsu(soc, context, { start: 0x4100_2000, deviceId: SAMD21J18A, nvmctrl, rams: ["ram"] });
    },
  });
}
