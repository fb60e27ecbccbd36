/** The public page of `dbgseq/sim`: open a simulated probe, define a simulated device of data, code and the parts that ship. */
export { defineModel, yamlModel } from "./simulator/model/define-model.ts";
export type { Model, ModelContext, ModelDefinition } from "./simulator/model/define-model.ts";
export type { PartContext } from "./simulator/model/define-model.ts";
export { wordDevice } from "./simulator/bus/device.ts";
export { keptVariables } from "./simulator/bus/kept.ts";
export type { Kept, KeptNumbers } from "./simulator/bus/kept.ts";
export type { Device, ResetKind, Size } from "./simulator/bus/device.ts";
export type { AccessPort } from "./simulator/port/access-port.ts";
export { Aap, AAP_ERASE_OPTION, AAP_LOCKED_OPTION, type AapParts } from "./simulator/controllers/aap.ts";
export {
  CTRL_AP_IDR,
  CtrlAp,
  ERASE_OPTION,
  ERASE_PROTECT_OPTION,
  PROTECTED_OPTION,
  type CtrlApParts,
} from "./simulator/controllers/ctrl-ap.ts";
export {
  DEBUG_MAILBOX_OPTION,
  DebugMailbox,
  type DebugMailboxParts,
} from "./simulator/controllers/debug-mailbox.ts";
export { Dsu, type DsuParts } from "./simulator/controllers/dsu.ts";
export { Ftfe, FTFE_OPTION, type FtfeParts } from "./simulator/controllers/ftfe.ts";
export { MdmAp, type MdmApParts } from "./simulator/controllers/mdm-ap.ts";
export { Nvmc, NVMC_OPTION, type NvmcParts } from "./simulator/controllers/nvmc.ts";
export { Nvmctrl, NVMCTRL_OPTION, type NvmctrlParts } from "./simulator/controllers/nvmctrl.ts";
export { registerPort, type PortRegisters } from "./simulator/controllers/register-port.ts";
export {
  Stm32F4Flash,
  STM32F4_FLASH_OPTION,
  STM32F4_RDP_OPTION,
  type Stm32F4FlashParts,
} from "./simulator/controllers/stm32f4-flash.ts";
export {
  Stm32H7Flash,
  STM32H7_FLASH_OPTION,
  type Stm32H7FlashParts,
} from "./simulator/controllers/stm32h7-flash.ts";
export { openSimulator } from "./simulator/open.ts";
export type { Simulator, SimulatorSpec } from "./simulator/open.ts";
export type { OptionSpec, OptionSpecs, OptionValues } from "./simulator/model/options.ts";
export type { Placement, Soc } from "./simulator/soc/soc.ts";
export type { TargetEvent, TargetLog } from "./simulator/bus/log.ts";
export { Source } from "./lib/source.ts";
