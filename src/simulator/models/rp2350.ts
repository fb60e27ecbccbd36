/**
 * Models the RP2350. The YAML has two Cortex-M33 behind access ports of one ADIv6 debug port. This file adds
 * the RP-AP, whose rescue restart keeps the chip in its boot ROM, past any firmware. The YAML names the
 * public sources.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { RP_AP, rpAp } from "../controllers/rp-ap.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./rp2350.yaml";

const POWMAN = 0x4010_0000;
const CHIP_RESET = 0x2c;
const HAD_POR = 1 << 16;
const HAD_RUN_LOW = 1 << 18;
const HAD_RESCUE = 1 << 21;
const RESCUE_FLAG = 1 << 4;
const PASSWORD = 0x5afe_0000;

export function rp2350(): Model {
  return defineModel({
    extends: new Source("rp2350.yaml", yaml),
    options: {
      firmware: {
        type: "choice",
        values: ["runs", "blocks"],
        default: "runs",
        about: "blocks: it keeps the debugger from the buses of both cores until the chip is rescued",
      },
      rescue: {
        type: "choice",
        values: ["works", "dead"],
        default: "works",
        about: "dead: the RP-AP takes the restart and does nothing",
      },
    },
    build(soc, { log, options }) {
      let cause = HAD_POR;
      let rescued = false;
      const closes = options.firmware === "blocks";
      for (const ap of [0x2000, 0x4000]) soc.memAp(ap).enabled = () => !closes || rescued;
      soc.keep(
        "rescue",
        keptVariables({
          cause: [() => cause, (value) => (cause = value)],
          rescued: [() => rescued, (value) => (rescued = value === 1)],
        }),
      );
      soc.onReset((kind) => {
        if (kind === "core" || soc.nreset === 1) return;
        // RUN resets the power manager with all that it remembers.
        cause = HAD_RUN_LOW;
        rescued = false;
      });
      const device = rpAp(() => {
        if (options.rescue === "dead") return;
        soc.reset("system", "rescue restart");
        cause = HAD_RESCUE | RESCUE_FLAG;
        rescued = true;
        log("the boot ROM keeps both cores from the firmware");
      });
      soc.map({ name: "RP-AP", start: RP_AP, size: 0x1000, bus: "dp0", debugDomain: true }, device);
      soc.map(
        { name: "POWMAN", start: POWMAN, size: 0x1000, alsoOn: ["core1"] },
        wordDevice({
          still: () => true,
          read: (offset) => (offset === CHIP_RESET ? cause : 0),
          write: (offset, value) => {
            // Every write needs the password in its upper half.
            if (offset === CHIP_RESET && (value & 0xffff_0000) >>> 0 === PASSWORD)
              cause &= ~(value & RESCUE_FLAG);
            return undefined;
          },
        }),
      );
    },
  });
}
