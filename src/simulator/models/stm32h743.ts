/**
 * Models the STM32H743: data in YAML, with its flash and the table at the base of AP 2, whose designer can be
 * changed. The YAML names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { Stm32H7Flash, STM32H7_FLASH_OPTION } from "../controllers/stm32h7-flash.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { romTable, ROM_TABLE_SIZE } from "../port/rom-table.ts";
import yaml from "./stm32h743.yaml";

/** The system ROM table has part 0x450 and designer ST (RM0433 60.5.4). */
const SYSTEM_TABLE = 0xe00e_0000;
const PLACE = {
  name: "system ROM table",
  start: SYSTEM_TABLE,
  size: ROM_TABLE_SIZE,
  bus: "debug",
  debugDomain: true,
};
const PART = 0x450;
const ST = 0x20;
const COMPONENTS = [0xe00e_1000, 0xe00e_3000, 0xe00e_4000, 0xe00f_3000, 0xe00f_4000, 0xe00f_5000];

const DESIGNER_OPTION = {
  type: "integer",
  min: 0,
  max: 0x7f,
  default: ST,
  about: "JEP106 code in the ROM table of AP 2; another than ST's 0x20 makes the part look counterfeit",
} as const;

export function stm32h743(): Model {
  return defineModel({
    extends: new Source("stm32h743.yaml", yaml),
    options: { jep106: DESIGNER_OPTION, flash: STM32H7_FLASH_OPTION },
    build(soc, context) {
      const { jep106, flash } = context.options;
      const id = { part: PART, bank: 0, code: jep106, revision: 0, componentClass: 1 };
      soc.map(PLACE, romTable({ start: SYSTEM_TABLE, id, components: COMPONENTS, systemMemory: false }));
      new Stm32H7Flash(soc, context, {
        ...{ place: { start: 0x5200_2000, alsoOn: ["axi"] }, banks: ["flash1", "flash2"], behaves: flash },
      });
    },
  });
}
