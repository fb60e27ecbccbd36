/** The public page of `dbgseq/sim`: open a simulated probe, define a simulated device. */
export { defineModel, yamlModel } from "./simulator/define-model.ts";
export type { Model, ModelContext, ModelDefinition } from "./simulator/define-model.ts";
export { wordDevice } from "./simulator/device.ts";
export type { Device, ResetKind, Size } from "./simulator/device.ts";
export type { AccessPort } from "./simulator/access-port.ts";
export { openSimulator } from "./simulator/open.ts";
export type { Simulator, SimulatorSpec } from "./simulator/open.ts";
export type { OptionSpec, OptionSpecs, OptionValues } from "./simulator/options.ts";
export type { Placement, Soc } from "./simulator/soc.ts";
export type { TargetEvent, TargetLog } from "./simulator/log.ts";
export { Source } from "./lib/source.ts";
