/** A plain M4 with a status and control port as NXP's Kinetis has it behind AP 1 (K64 reference manual, 9.3). */
import yaml from "../../src/simulator/models/generic-m4.yaml";
import { defineModel, Source, type Model } from "../../src/sim.ts";

export const MDM_IDR = 0x001c_0000;
const STATUS = 0x00;
const CONTROL = 0x04;
const IDR = 0xfc;
/** Mass erase acknowledged, flash ready. */
const ERASED = 0x3;

export function mdmModel(): Model {
  return defineModel({
    name: "kinetis-like",
    extends: new Source("generic-m4.yaml", yaml),
    build(soc, { log }) {
      let control = 0;
      soc.accessPorts.set(1, {
        read(register) {
          const value =
            register === IDR ? MDM_IDR : register === STATUS ? (control & 1 ? ERASED : 0x2) : control;
          soc.log.register({ ap: 1, register, access: "read", value });
          return value;
        },
        write(register, value) {
          soc.log.register({ ap: 1, register, access: "write", value });
          if (register === CONTROL) control = value;
          if ((control & 1) === 1) log("mass erase");
          return undefined;
        },
        busy: () => false,
        abort: () => undefined,
      });
    },
  });
}
