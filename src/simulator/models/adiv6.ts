/** A device of ADIv6 with nested access ports: data in YAML, and here the vendor's own access port that restarts the chip. */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../define-model.ts";
import { wordDevice } from "../device.ts";
import yaml from "./adiv6.yaml";

const CONTROL_AP = 0x80000;
/** RP2350 datasheet, RP-AP: CTRL.RESCUE_RESTART. */
const CTRL = 0x000;
const RESCUE_RESTART = (1 << 31) >>> 0;
const IDR = 0xdfc;
/** Class 0: neither COM-AP nor MEM-AP; designer Raspberry Pi. */
const CONTROL_AP_IDR = 0x0926_0001;

export function adiv6(): Model {
  return defineModel({
    extends: new Source("adiv6.yaml", yaml),
    build(soc, { log }) {
      let control = 0;
      const device = wordDevice({
        read: (offset) => (offset === CTRL ? control : offset === IDR ? CONTROL_AP_IDR : 0),
        write: (offset, value) => {
          if (offset !== CTRL) return undefined;
          const rising = value & ~control;
          control = value;
          if ((rising & RESCUE_RESTART) !== 0) {
            log("the control AP restarts the chip");
            soc.reset("system", "rescue restart");
          }
          return undefined;
        },
      });
      soc.map({ name: "control AP", start: CONTROL_AP, size: 0x1000, bus: "dp0", debugDomain: true }, device);
    },
  });
}
