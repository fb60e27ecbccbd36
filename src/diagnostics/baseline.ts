/**
 * Keeps findings that existed before and are accepted. A finding is known by its file, its code, its message
 * and the text of its line, so that lines may move. Pure; the caller handles the file.
 */
import type { Diagnostic } from "./diagnostic.ts";

/** Each key has the number of its findings. */
export type Baseline = Readonly<Record<string, number>>;

const VERSION = 1;

function keyOf({ code, message, span }: Diagnostic, relative: (path: string) => string): string {
  const line = span.source.line(span.source.position(span.start).line).trim().replace(/\s+/g, " ");
  return [relative(span.source.path), code, message, line].join("\t");
}

/** `relative` makes paths the same wherever the project lies. */
export function baselineText(findings: readonly Diagnostic[], relative: (path: string) => string): string {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const key = keyOf(finding, relative);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const known = Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version: VERSION, known }, undefined, 2)}\n`;
}

/** Returns undefined for a text that is not a baseline. */
export function readBaseline(text: string): Baseline | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("version" in value) || !("known" in value))
    return undefined;
  const { version, known } = value;
  if (version !== VERSION || typeof known !== "object" || known === null) return undefined;
  const counts = Object.entries(known) as (readonly [string, unknown])[];
  return counts.every(([, count]) => typeof count === "number") ? (known as Baseline) : undefined;
}

/** Returns findings that are not known, or that occur more often than known. */
export function newFindings(
  findings: readonly Diagnostic[],
  baseline: Baseline,
  relative: (path: string) => string,
): readonly Diagnostic[] {
  const left = new Map(Object.entries(baseline));
  return findings.filter((finding) => {
    const key = keyOf(finding, relative);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}
