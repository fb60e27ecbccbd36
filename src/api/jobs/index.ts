/** The jobs: whole runs over a session that is not open, each from connecting to leaving. */
export { runSequence, type RunOptions } from "./run-sequence.ts";
export { resetTarget, type ResetJobOptions, type ResetJobType } from "./reset-target.ts";
export {
  haltCore,
  readRegisters,
  resumeCore,
  stepCore,
  type CoreJobOptions,
  type RegisterValues,
} from "./move-core.ts";
export {
  readPlaces,
  type AccessBits,
  type ApPlace,
  type FieldValue,
  type MemoryJobOptions,
  type Place,
  type ReadPlacesOptions,
  type ReadValue,
} from "./target-memory.ts";
export {
  fillMemory,
  writeRegister,
  writeBytes,
  writeValues,
  type WriteOptions,
  type WrittenRegister,
} from "./write-memory.ts";
export {
  divideImage,
  findAlgorithms,
  onlyRam,
  rangesOf,
  readImage,
  type AlgorithmChoice,
  type FlashImage,
  type FlashInputs,
  type FlashPlan,
  type ImageChoice,
  type ImageFormat,
  type RamChoice,
  type Range,
} from "./flash-inputs.ts";
export { programFlash, type LostPages, type ProgramOptions, type RamReport } from "./program-flash.ts";
export { eraseFlash, type ErasedSector, type EraseJobOptions, type ErasePlan } from "./erase-flash.ts";
export {
  dumpFormatOf,
  dumpMemory,
  encodeDump,
  verifyImage,
  type Comparison,
  type DumpedRange,
  type DumpFormat,
  type ReadJobOptions,
  type VerifyOptions,
} from "./compare-memory.ts";
export { loadImage, vectorsOf, type LoadImageOptions } from "./load-image.ts";
export {
  inspectTarget,
  type AccessPortInfo,
  type ComponentInfo,
  type InspectOptions,
  type TargetOverview,
} from "./inspect-target.ts";
