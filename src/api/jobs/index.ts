/** The jobs: whole runs over a session that is not open, each from connecting to leaving. */
export { runSequence, type RunOptions } from "./run-sequence.ts";
export { resetTarget, type ResetJobOptions, type ResetJobType } from "./reset-target.ts";
export { haltCore, readRegisters, resumeCore, stepCore, type RegisterValues } from "./move-core.ts";
export {
  readPlaces,
  type AccessBits,
  type ApPlace,
  type FieldValue,
  type MemoryJobOptions,
  type Place,
  type ReadValue,
} from "./target-memory.ts";
export {
  fillMemory,
  writeRegister,
  writeValues,
  type WriteOptions,
  type WrittenRegister,
} from "./write-memory.ts";
