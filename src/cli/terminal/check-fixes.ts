/** `check --fix` and `--diff`: the edits that are made, or would be, file by file. */
import { showFixes } from "../../api/calls/fixes.ts";
import { fixFiles } from "../../api/node/jobs/fix-files.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Io } from "./io.ts";

export function printFixes(findings: readonly Diagnostic[], io: Io): void {
  for (const { diff } of showFixes(findings)) io.file(diff);
}

/** Makes the fixes; returns how many findings were fixed. */
export async function makeFixes(findings: readonly Diagnostic[], io: Io): Promise<number> {
  let sum = 0;
  for await (const { path, fixed } of fixFiles(findings)) {
    io.err(`${path}: ${fixed === 0 ? "is left as it is" : `${fixed} fixed`}\n`);
    sum += fixed;
  }
  return sum;
}
