/** The names of the public page `dbgseq/sim`, which the code of a model uses as well. */
export { defineModel, yamlModel } from "./model/define-model.ts";
export type { Model, ModelContext, ModelDefinition } from "./model/define-model.ts";
export type { PartContext } from "./model/define-model.ts";
export { wordDevice } from "./bus/device.ts";
export { keptVariables } from "./bus/kept.ts";
export type { Kept, KeptNumbers } from "./bus/kept.ts";
export type { Device, ResetKind, Size } from "./bus/device.ts";
export type { AccessPort } from "./port/access-port.ts";
export { Aap, AAP_ERASE_OPTION, AAP_LOCKED_OPTION, type AapParts } from "./controllers/aap.ts";
export {
  CTRL_AP_IDR,
  CtrlAp,
  ERASE_OPTION,
  ERASE_PROTECT_OPTION,
  PROTECTED_OPTION,
  type CtrlApParts,
} from "./controllers/ctrl-ap.ts";
export { DEBUG_MAILBOX_OPTION, DebugMailbox, type DebugMailboxParts } from "./controllers/debug-mailbox.ts";
export { Dsu, type DsuParts } from "./controllers/dsu.ts";
export { Ftfe, FTFE_OPTION, type FtfeParts } from "./controllers/ftfe.ts";
export { MdmAp, type MdmApParts } from "./controllers/mdm-ap.ts";
export { Nvmc, NVMC_OPTION, type NvmcParts } from "./controllers/nvmc.ts";
export { Nvmctrl, NVMCTRL_OPTION, type NvmctrlParts } from "./controllers/nvmctrl.ts";
export { registerPort, type PortRegisters } from "./controllers/register-port.ts";
export {
  Stm32F4Flash,
  STM32F4_FLASH_OPTION,
  STM32F4_RDP_OPTION,
  type Stm32F4FlashParts,
} from "./controllers/stm32f4-flash.ts";
export { Stm32H7Flash, STM32H7_FLASH_OPTION, type Stm32H7FlashParts } from "./controllers/stm32h7-flash.ts";
export { openSimulator } from "./open.ts";
export type { Simulator, SimulatorSpec } from "./open.ts";
export type { OptionSpec, OptionSpecs, OptionValues } from "./model/options.ts";
export type { Placement, Soc } from "./soc/soc.ts";
export type { TargetEvent, TargetLog } from "./bus/log.ts";
export { Source } from "../lib/source.ts";
