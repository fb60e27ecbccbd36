/**
 * Models the EFM32GG990: data in YAML, with the authentication access port of a locked part. The YAML names
 * the public sources.
 */
import { Source } from "../../lib/source.ts";
import { Aap, AAP_ERASE_OPTION, AAP_LOCKED_OPTION } from "../controllers/aap.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./efm32gg990.yaml";

export function efm32gg990(): Model {
  return defineModel({
    extends: new Source("efm32gg990.yaml", yaml),
    options: { locked: AAP_LOCKED_OPTION, erase: AAP_ERASE_OPTION },
    build(soc, context) {
      const { locked, erase } = context.options;
      const memories = { flash: "flash", lockBits: "lock-bits", ram: "ram" };
      new Aap(soc, context, { ...memories, isLocked: locked === "yes", erase });
    },
  });
}
