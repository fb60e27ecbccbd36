/**
 * Models the STM32F407: data in YAML, with its flash interface. This file adds the Stop mode of a firmware.
 * The YAML names the public sources.
 */
import { Source } from "../../lib/source.ts";
import { Stm32F4Flash, STM32F4_FLASH_OPTION, STM32F4_RDP_OPTION } from "../controllers/stm32f4-flash.ts";
import { defineModel, type Model } from "../model/define-model.ts";
import yaml from "./stm32f407.yaml";

const DBGMCU_CR = 0xe004_2004;
const DBG_STOP = 1 << 1;
/** The code at the reset vector sets SCR.SLEEPDEEP and then executes WFI for ever. */
const RESET_CODE = 0x200;
const STOPPING = [0x2104_4802, 0xbf30_6001, 0xbf00_e7fd, 0xe000_ed10] as const;

const FIRMWARE_OPTION = {
  type: "choice",
  values: ["runs", "stops"],
  default: "runs",
  about:
    "stops: it enters Stop mode at once, so that AP 0 answers only under reset, or if DBGMCU_CR keeps its clock running",
} as const;

export function stm32f407(): Model {
  return defineModel({
    extends: new Source("stm32f407.yaml", yaml),
    options: { flash: STM32F4_FLASH_OPTION, rdp: STM32F4_RDP_OPTION, firmware: FIRMWARE_OPTION },
    build(soc, context) {
      const { flash: behaves, rdp: protection, firmware } = context.options;
      const start = 0x4002_3c00;
      const flash = new Stm32F4Flash(soc, context, {
        ...{ start, flash: "flash", backup: "backup-sram", behaves, protection },
      });
      const stops = firmware === "stops";
      if (stops)
        for (const [at, word] of STOPPING.entries()) soc.memory("flash").put(RESET_CODE + 4 * at, 4, word);
      const keepsClock = (): boolean => (Number(soc.bus().read(DBGMCU_CR, 4)) & DBG_STOP) !== 0;
      soc.memAp(0).enabled = () => !flash.isSealed && !(stops && soc.core().sleeping && !keepsClock());
    },
  });
}
