/** Models a plain Cortex-M33 with TrustZone, to learn and to test with. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./generic-m33.yaml";

export function genericM33(): Model {
  return defineModel({
    extends: new Source("generic-m33.yaml", yaml),
    options: {
      secure: {
        type: "choice",
        values: ["open", "denied"],
        default: "open",
        about: "denied: the debugger may not reach what is secure (CSW.SPIDEN and DAUTHSTATUS say so)",
      },
    },
    build(soc, { options }) {
      const isOpen = options.secure === "open";
      soc.memAp(0).allowsSecure = isOpen;
      soc.core().allowsSecureDebug = isOpen;
    },
  });
}
