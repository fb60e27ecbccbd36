/** How a command ends. */
import { EXIT, exitCodeOf } from "../api/exit-codes.ts";
import type { Io } from "./terminal/io.ts";

/** Ends a command with a code after it has reported everything itself, as `check` does with its findings. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Returns the exit code. An end from outside counts more than the errors that it led to. */
export function exitCodeFor(error: unknown, { signal }: Pick<Io, "signal">): number {
  return exitCodeOf(signal?.aborted === true ? signal.reason : error) ?? EXIT.failed;
}
