/** The jobs: whole runs over a session that is not open, each from connecting to leaving. */
export { runSequence, type RunOptions } from "./run-sequence.ts";
