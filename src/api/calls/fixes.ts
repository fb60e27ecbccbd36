/** What the fixes of findings change in their files. Pure. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { unifiedDiff, withFixes } from "../../diagnostics/fixes.ts";
import type { Source } from "../../lib/source.ts";
import { call, listOf } from "../arguments.ts";
import { finding } from "./given.ts";

const FIXES = call({ findings: listOf(finding) });

export interface ShownFixes {
  readonly path: string;
  /** As `diff -u` shows it. */
  readonly diff: string;
}

/** Of each file that stands in a folder by itself the findings with a fix; what lies in an archive is never changed. */
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
 * What `fixFiles` would change, file by file; only .seq and .pdsc files are mended. Of two fixes that overlap the first is made.
 *
 * `for (const { diff } of showFixes(findings)) process.stdout.write(diff);`
 */
export function showFixes(findings: readonly Diagnostic[]): readonly ShownFixes[] {
  return [...fixable(findings)].map(([source, own]) => ({
    path: source.path,
    diff: unifiedDiff(source.path, source.text, withFixes(source.text, own).text),
  }));
}
