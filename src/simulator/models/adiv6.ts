/**
 * Models a device of ADIv6 with nested access ports: data in YAML, and here the vendor's own access port that
 * restarts the chip.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { RP_AP, rpAp } from "../controllers/rp-ap.ts";
import yaml from "./adiv6.yaml";

export function adiv6(): Model {
  return defineModel({
    extends: new Source("adiv6.yaml", yaml),
    build(soc, { log }) {
      const device = rpAp(() => {
        log("the control AP restarts the chip");
        soc.reset("system", "rescue restart");
      });
      soc.map({ name: "control AP", start: RP_AP, size: 0x1000, bus: "dp0", debugDomain: true }, device);
    },
  });
}
