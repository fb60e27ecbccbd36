/** What a process says with its exit code, and the kinds of faults. The table itself stands beside the faults. */
export { EXIT, EXIT_MEANINGS, exitCodeOf, type AnyFault } from "../session/exit-codes.ts";
