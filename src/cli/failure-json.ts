/** The document of a command that failed before it had one of its own: `--json` never leaves stdout empty. */
import { errorJson, JSON_VERSION } from "../report/json.ts";
import { findingOf } from "../doctor/finding.ts";
import { EXIT } from "../session/exit-codes.ts";
import { thisHost } from "../host/host-facts.ts";
import type { Io } from "./io.ts";

export function failureJson(io: Io, command: string, error: unknown, exitCode: number): object {
  const finding = exitCode === EXIT.noProbe ? findingOf(error, io.host ?? thisHost) : undefined;
  return {
    version: JSON_VERSION,
    command,
    exitCode,
    error: errorJson(error),
    ...(finding === undefined ? {} : { finding }),
  };
}
