/** The document of a command that failed before it had its own: `--json` never leaves stdout empty. */
import { errorJson, JSON_VERSION } from "../../report/json.ts";
import { adviceFor } from "../../api/node/advice.ts";
import { hintOfFailure, withFlags } from "./hints.ts";
import type { Io } from "./io.ts";

export function failureJson(io: Io, command: string, error: unknown, exitCode: number): object {
  const finding = adviceFor(error, io.host);
  const hint = hintOfFailure(error, io.argv ?? []);
  return {
    version: JSON_VERSION,
    command,
    exitCode,
    error: errorJson(error),
    ...(hint === undefined ? {} : { hint }),
    ...(finding === undefined ? {} : { finding: withFlags(finding) }),
  };
}
