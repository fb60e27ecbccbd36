/** Prints findings on the terminal, each with its source lines, and with the option that helps if there is one. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { findingPieces } from "../../diagnostics/text.ts";
import { table } from "../../lib/table.ts";
import type { Io } from "./io.ts";

const HINTS: Readonly<Record<string, string>> = table({
  "import-in-convert": "--flatten puts what it imports in its place",
});

export function printFindings(findings: readonly Diagnostic[], io: Io): void {
  for (const finding of findings) {
    const hint = finding.hint ?? HINTS[finding.code];
    io.err([...findingPieces(hint === undefined ? finding : { ...finding, hint }), { text: "\n" }]);
  }
}
