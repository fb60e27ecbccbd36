/** What the fixes of findings change in their files. Pure. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { unifiedDiff, withFixes } from "../../diagnostics/fixes.ts";
import type { Source } from "../../lib/source.ts";
import { call, listOf } from "../arguments.ts";
import { finding } from "../given.ts";

const FIXES = call({ findings: listOf(finding) });

export interface ShownFixes {
  readonly path: string;
  /** The change as `diff -u` shows it. */
  readonly diff: string;
}

/** Groups the findings with a fix by file, for each file in a folder; a file in an archive is never changed. */
export function fixable(findings: readonly Diagnostic[]): ReadonlyMap<Source, readonly Diagnostic[]> {
  FIXES({ findings });
  const files = new Map<Source, Diagnostic[]>();
  for (const finding of findings) {
    if (finding.fix === undefined) continue;
    const { source } = finding.fix.span;
    if (/\.(seq|pdsc)$/i.test(source.path)) files.set(source, [...(files.get(source) ?? []), finding]);
  }
  return files;
}

/**
 * Returns what `fixFiles` would change, file by file; only .seq and .pdsc files are fixed. If two fixes overlap,
 * the first is made.
 *
 * `for (const { diff } of showFixes(findings)) process.stdout.write(diff);`
 */
export function showFixes(findings: readonly Diagnostic[]): readonly ShownFixes[] {
  return [...fixable(findings)].map(([source, own]) => ({
    path: source.path,
    diff: unifiedDiff(source.path, source.text, withFixes(source.text, own).text),
  }));
}
