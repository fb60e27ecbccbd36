/** The cause of a failure, as data. */
export type { Certainty, Diagnosis } from "../doctor/causes/seen.ts";
export type { Try } from "../doctor/try.ts";
export { isDiagnosis } from "../doctor/causes/seen.ts";
/** For failures of sequences: their places, and their sentences without these. */
export { withoutPlace, type InterpreterFault, type NamedValue } from "../interpreter/faults.ts";
export type { Site } from "../interpreter/ports.ts";
