/** The cause of a failure, as data. */
export type { Certainty, Diagnosis } from "../doctor/causes/seen.ts";
export type { Try } from "../doctor/try.ts";
export { frequency } from "../doctor/frequency.ts";
export { isDiagnosis } from "../doctor/causes/seen.ts";
