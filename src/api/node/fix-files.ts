/** Fixes of findings, put into their files. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { withFixes } from "../../diagnostics/fixes.ts";
import { editText } from "../../host/output-files.ts";
import { fixable } from "../calls/fixes.ts";

export interface FixedFile {
  readonly path: string;
  /** How many fixes were made; 0 if the file is no longer as it was when it was checked. */
  readonly fixed: number;
}

/**
 * Makes the fixes of findings in their files, which stay in their encoding and are written whole or not at all; only .seq and .pdsc files
 * are mended. Yields each file. Rejects with `unreadable-file`, `unwritable-file`.
 *
 * `for await (const { path, fixed } of fixFiles(findings)) console.log(path, fixed);`
 */
export async function* fixFiles(findings: readonly Diagnostic[]): AsyncGenerator<FixedFile, void, undefined> {
  for (const [source, own] of fixable(findings)) {
    let fixed = 0;
    await editText(source.path, (text) => {
      // In another encoding than the checker read, the places would be others.
      if (text.length !== source.text.length) return text;
      const made = withFixes(text, own);
      fixed = made.fixed;
      return made.text;
    });
    yield { path: source.path, fixed };
  }
}
