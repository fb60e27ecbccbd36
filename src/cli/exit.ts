/** How a command ends. */
import { EXIT, exitCodeOf } from "../api/exit-codes.ts";
import type { Io } from "./io.ts";

/** Ends a command with a code after it has said everything itself, as `check` does with its findings. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** An end from outside goes before what it led to. */
export function exitCodeFor(error: unknown, { signal }: Pick<Io, "signal">): number {
  return exitCodeOf(signal?.aborted === true ? signal.reason : error) ?? EXIT.failed;
}
