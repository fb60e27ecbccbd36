/** Ranges drawn in the source text of a test: what stands between ⟦ and ⟧ is where a finding is expected. */
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";

export interface Marked {
  readonly text: string;
  readonly ranges: readonly string[];
}

/** The text without its marks, and each marked range as `start-end`. */
export function marked(drawn: string): Marked {
  const ranges: string[] = [];
  const open: number[] = [];
  let text = "";
  for (const letter of drawn) {
    if (letter === "⟦") open.push(text.length);
    else if (letter === "⟧") ranges.push(`${open.pop() ?? "?"}-${text.length}`);
    else text += letter;
  }
  return { text, ranges: ranges.sort() };
}

/** The same text with marks where the findings are; easy to compare and to read when they differ. */
export function drawn(text: string, findings: readonly Diagnostic[]): string {
  const marks = findings.flatMap(({ span }) => [
    { at: span.start, mark: "⟦", order: 1 },
    { at: span.end, mark: "⟧", order: 0 },
  ]);
  marks.sort((a, b) => b.at - a.at || a.order - b.order);
  let result = text;
  for (const { at, mark } of marks) result = result.slice(0, at) + mark + result.slice(at);
  return result;
}
