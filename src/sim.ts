/** The public page of `dbgseq/sim`: open a simulated probe, define a simulated device. */
export { defineModel, yamlModel } from "./simulator/model/define-model.ts";
export type { Model, ModelContext, ModelDefinition } from "./simulator/model/define-model.ts";
export { wordDevice } from "./simulator/bus/device.ts";
export { keptVariables } from "./simulator/bus/kept.ts";
export type { Kept, KeptNumbers } from "./simulator/bus/kept.ts";
export type { Device, ResetKind, Size } from "./simulator/bus/device.ts";
export type { AccessPort } from "./simulator/port/access-port.ts";
export { openSimulator } from "./simulator/open.ts";
export type { Simulator, SimulatorSpec } from "./simulator/open.ts";
export type { OptionSpec, OptionSpecs, OptionValues } from "./simulator/model/options.ts";
export type { Placement, Soc } from "./simulator/soc/soc.ts";
export type { TargetEvent, TargetLog } from "./simulator/bus/log.ts";
export { Source } from "./lib/source.ts";
