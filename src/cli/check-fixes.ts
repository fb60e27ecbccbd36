/** `check --fix` and `--diff`: mends of findings, put into their files or shown. Knows files; edits are made elsewhere. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { unifiedDiff, withFixes } from "../diagnostics/fixes.ts";
import type { Source } from "../lib/source.ts";
import { editText } from "../host/output-files.ts";
import type { Io } from "./io.ts";

/** Of each file that stands in a folder by itself; what lies in an archive is never changed. */
function fixable(findings: readonly Diagnostic[]): ReadonlyMap<Source, readonly Diagnostic[]> {
  const files = new Map<Source, Diagnostic[]>();
  for (const finding of findings) {
    if (finding.fix === undefined) continue;
    const { source } = finding.fix.span;
    if (/\.(seq|pdsc)$/i.test(source.path)) files.set(source, [...(files.get(source) ?? []), finding]);
  }
  return files;
}

export function showFixes(findings: readonly Diagnostic[], io: Io): void {
  for (const [source, own] of fixable(findings))
    io.file(unifiedDiff(source.path, source.text, withFixes(source.text, own).text));
}

/** How many were mended. A file that is no longer as it was read is left alone. */
export async function makeFixes(findings: readonly Diagnostic[], io: Io): Promise<number> {
  let sum = 0;
  for (const [source, own] of fixable(findings)) {
    let fixed = 0;
    await editText(source.path, (text) => {
      // In another encoding than the checker read, the places would be others.
      if (text.length !== source.text.length) return text;
      const made = withFixes(text, own);
      fixed = made.fixed;
      return made.text;
    });
    const what = fixed === 0 ? "is left as it is" : `${fixed} fixed`;
    io.err(`${source.path}: ${what}\n`);
    sum += fixed;
  }
  return sum;
}
