/**
 * Models the Kinetis MK64FN1M0: data in YAML, with its flash controller (FTFE) and the MDM-AP. The YAML names
 * the public sources.
 */
import { Source } from "../../lib/source.ts";
import { Ftfe, FTFE_OPTION } from "../controllers/ftfe.ts";
import { MdmAp } from "../controllers/mdm-ap.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./mk64fn1m0.yaml";

const SECURED_OPTION = {
  type: "choice",
  values: ["no", "yes", "for-ever"],
  default: "no",
  about:
    "yes: FSEC secures the part, AP 0 stays closed until the MDM-AP has erased everything; for-ever: FSEC.MEEN forbids that too",
} as const;

export function mk64fn1m0(): Model {
  return defineModel({
    extends: new Source("mk64fn1m0.yaml", yaml),
    options: { flash: FTFE_OPTION, secured: SECURED_OPTION },
    build(soc, context) {
      const { flash, secured } = context.options;
      const ftfe = new Ftfe(soc, context, { start: 0x4002_0000, flash: "flash", behaves: flash });
      if (secured !== "no") ftfe.secure(secured === "for-ever");
      new MdmAp(soc, context, { index: 1, opens: 0, ftfe });
    },
  });
}
