/**
 * The STM32H743: data in YAML, and here the table at the base of AP 2, whose designer can be changed. The public sources of
 * both are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../define-model.ts";
import { romTable, ROM_TABLE_SIZE } from "../rom-table.ts";
import yaml from "./stm32h743.yaml";

/** RM0433 60.5.4, system ROM table: part 0x450, designer ST. */
const SYSTEM_TABLE = 0xe00e_0000;
const PART = 0x450;
const ST = 0x20;
const COMPONENTS = [0xe00e_1000, 0xe00e_3000, 0xe00e_4000, 0xe00f_3000, 0xe00f_4000, 0xe00f_5000];

export function stm32h743(): Model {
  return defineModel({
    extends: new Source("stm32h743.yaml", yaml),
    options: {
      jep106: {
        type: "integer",
        min: 0,
        max: 0x7f,
        default: ST,
        about: "JEP106 code in the ROM table of AP 2; another than ST's 0x20 makes the part look counterfeit",
      },
    },
    build(soc, { options }) {
      const id = { part: PART, bank: 0, code: options.jep106, revision: 0, componentClass: 1 };
      soc.map(
        {
          name: "system ROM table",
          start: SYSTEM_TABLE,
          size: ROM_TABLE_SIZE,
          bus: "debug",
          debugDomain: true,
        },
        romTable({ start: SYSTEM_TABLE, id, components: COMPONENTS, systemMemory: false }),
      );
    },
  });
}
