/**
 * Models the RP2040. The YAML has two cores behind two debug ports on the same wires. This file adds the
 * rescue port, whose power request resets the chip into its boot ROM, past any firmware. The YAML names the
 * public sources.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import yaml from "./rp2040.yaml";

const VREG_AND_CHIP_RESET = 0x4006_4000;
const CHIP_RESET = 0x08;
const HAD_POR = 1 << 8;
const HAD_RUN = 1 << 16;
const HAD_PSM_RESTART = 1 << 20;
/** It is the third debug port of the YAML, with instance 15. */
const RESCUE_PORT = 2;

export function rp2040(): Model {
  return defineModel({
    extends: new Source("rp2040.yaml", yaml),
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
        about: "dead: the rescue port takes its power request and does nothing",
      },
    },
    build(soc, { log, options }) {
      let cause = HAD_POR;
      let rescued = false;
      for (const dp of [0, 1]) soc.memAp(0, dp).enabled = () => options.firmware === "runs" || rescued;
      soc.keep(
        "rescue",
        keptVariables({
          cause: [() => cause, (value) => (cause = value)],
          rescued: [() => rescued, (value) => (rescued = value === 1)],
        }),
      );
      soc.onReset((kind) => {
        if (kind === "core" || soc.nreset === 1) return;
        cause = HAD_RUN;
        rescued = false;
      });
      soc.onDebugPower = (dp, requested) => {
        if (dp !== RESCUE_PORT || !requested || options.rescue === "dead") return;
        soc.reset("system", "rescue port");
        cause = HAD_PSM_RESTART;
        rescued = true;
        log("the boot ROM keeps both cores from the firmware");
      };
      soc.map(
        { name: "VREG_AND_CHIP_RESET", start: VREG_AND_CHIP_RESET, size: 0x4000, alsoOn: ["core1"] },
        wordDevice({
          still: () => true,
          read: (offset) => (offset === CHIP_RESET ? cause : 0),
          write: () => undefined,
        }),
      );
    },
  });
}
