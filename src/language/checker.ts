/**
 * Finds mistakes in sequences before they touch a target, for one device and processor. What working packs do is a
 * warning at most. Knows no XML, no pack and no order of layers: the context says which names hold.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { checkCalls } from "./check/calls.ts";
import { checkNames } from "./check/names.ts";
import { reporter, type CheckContext } from "./check/report.ts";
import type { Sequence } from "./tree.ts";

/** In order of the sequences and, within each, of the text. */
export function check(sequences: readonly Sequence[], context: CheckContext): readonly Diagnostic[] {
  return sequences.flatMap((sequence) => {
    const found: Diagnostic[] = [];
    const report = reporter(found);
    checkNames(sequence, context, report);
    checkCalls(sequence, context, report);
    return found.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  });
}

export type { CheckContext } from "./check/report.ts";
