/** The meanings of a process's exit codes, by kinds of faults. The table itself is beside the faults. */
export type { RequestSubject } from "../project/faults.ts";
export { EXIT, EXIT_MEANINGS, exitCodeOf, type AnyFault } from "../session/exit-codes.ts";
