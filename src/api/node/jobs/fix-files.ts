/** Makes the fixes of findings in their files. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { withFixes } from "../../../diagnostics/fixes.ts";
import { editText } from "../../../host/files/output-files.ts";
import { call, listOf } from "../../arguments.ts";
import { finding } from "../../given.ts";
import { fixable } from "../../calls/fixes.ts";

const FIX = call({ findings: listOf(finding) });

export interface FixedFile {
  readonly path: string;
  /** How many fixes were made; 0 if the file has changed since it was checked. */
  readonly fixed: number;
}

/**
 * Makes the fixes of findings in their files, which keep their encoding and are written whole or not at all; only
 * .seq and .pdsc files are fixed. Yields each file. Rejects with `unreadable-file`, `unwritable-file`.
 *
 * `for await (const { path, fixed } of fixFiles(findings)) console.log(path, fixed);`
 */
export async function* fixFiles(findings: readonly Diagnostic[]): AsyncGenerator<FixedFile, void, undefined> {
  FIX({ findings });
  for (const [source, own] of fixable(findings)) {
    let fixed = 0;
    await editText(source.path, (text) => {
      // In an encoding other than the checker's, the places would differ.
      if (text.length !== source.text.length) return text;
      const made = withFixes(text, own);
      fixed = made.fixed;
      return made.text;
    });
    yield { path: source.path, fixed };
  }
}
