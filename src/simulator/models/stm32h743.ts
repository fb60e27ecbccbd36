/**
 * The STM32H743: data in YAML, and here the table at the base of AP 2, whose designer can be changed, and the registers of its
 * flash, of which h7-flash.ts has the banks. The public sources are named in the YAML.
 */
import { Source } from "../../lib/source.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import { wordDevice } from "../bus/device.ts";
import { keptVariables } from "../bus/kept.ts";
import { romTable, ROM_TABLE_SIZE } from "../port/rom-table.ts";
import { H7Bank } from "./h7-flash.ts";
import yaml from "./stm32h743.yaml";

/** RM0433 60.5.4, system ROM table: part 0x450, designer ST. */
const SYSTEM_TABLE = 0xe00e_0000;
const PART = 0x450;
const ST = 0x20;
const COMPONENTS = [0xe00e_1000, 0xe00e_3000, 0xe00e_4000, 0xe00f_3000, 0xe00f_4000, 0xe00f_5000];

/** RM0433 2.3; the registers of the second bank stand 0x100 behind those of the first, ACR and the options are in both. */
const FLASH_REGISTERS = 0x5200_2000;
const SECOND_BANK = 0x100;
const ACR = 0x00;
/** Seven wait states until somebody says otherwise. */
const ACR_RESET = 0x37;

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
      flash: {
        type: "choice",
        values: ["works", "busy", "protected", "locked"],
        default: "works",
        about:
          "busy: QW never comes back after a command; protected: every sector is write-protected (WPSN); locked: the keys are not taken",
      },
    },
    build(soc, { clock, options }) {
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
      const banks = ["flash1", "flash2"].map(
        (name) =>
          new H7Bank({
            memory: soc.memory(name),
            nowUs: () => clock.nowUs(),
            reached: (atUs) => clock.reached(atUs),
            behaves: options.flash,
          }),
      );
      for (const [at, bank] of banks.entries()) soc.keep(`FLASH bank ${at + 1}`, bank.kept);
      let access = ACR_RESET;
      soc.keep("FLASH_ACR", keptVariables({ access: [() => access, (value) => (access = value)] }));
      soc.onReset((kind) => {
        if (kind === "core") return;
        access = ACR_RESET;
        for (const bank of banks) bank.reset();
      });
      const bankOf = (offset: number): H7Bank | undefined => banks[Math.floor(offset / SECOND_BANK)];
      soc.map(
        { name: "FLASH", start: FLASH_REGISTERS, size: 2 * SECOND_BANK, alsoOn: ["axi"] },
        wordDevice({
          still: () => true,
          read: (offset) =>
            offset % SECOND_BANK === ACR ? access : (bankOf(offset)?.read(offset % SECOND_BANK) ?? 0),
          write: (offset, value) => {
            if (offset % SECOND_BANK === ACR) access = value;
            else bankOf(offset)?.write(offset % SECOND_BANK, value);
            return undefined;
          },
        }),
      );
    },
  });
}
