/**
 * Finds mistakes in sequences before they touch a target, for one device and processor. What working packs do is a
 * warning at most. Knows no XML, no pack and no order of layers: the context says which names hold.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { checkCalls } from "./calls.ts";
import { checkComplement } from "./complement.ts";
import { Constants } from "./constants.ts";
import { checkDivisions } from "./division.ts";
import { checkExpressions, checkFlow } from "./flow.ts";
import { checkGraph } from "./graph.ts";
import { withoutIgnored } from "./ignore.ts";
import { checkNames } from "./names.ts";
import { checkOperators } from "./operators.ts";
import { checkPlacement } from "./placement.ts";
import { checkRanges } from "./ranges.ts";
import { reporter, type CheckContext } from "./report.ts";
import { checkSwapped } from "./swapped.ts";
import type { Sequence } from "../tree.ts";

/** Findings are in order of the sequences and, within each, of the text. */
export function check(sequences: readonly Sequence[], context: CheckContext): readonly Diagnostic[] {
  const found = new Map<Sequence, Diagnostic[]>(sequences.map((sequence) => [sequence, []]));
  const byName = new Map((context.around ?? sequences).map((one) => [one.name.text, one]));
  const callee = (name: string): Sequence | undefined => {
    const one = byName.get(name);
    return one?.disabled === true ? undefined : one;
  };
  checkGraph(sequences, context, (sequence) => reporter(found.get(sequence) ?? []));
  return [...found].flatMap(([sequence, findings]) => {
    const report = reporter(findings);
    const constants = new Constants(sequence);
    checkNames(sequence, context, report);
    checkCalls(sequence, context, report);
    checkFlow(sequence, report);
    checkExpressions(sequence, report);
    checkOperators(sequence, constants, report);
    checkDivisions(sequence, { context, callee }, constants, report);
    checkRanges(sequence, context, constants, report);
    checkSwapped(sequence, constants, report);
    checkComplement(sequence, constants, report);
    checkPlacement(sequence, context, constants, report);
    findings.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
    return withoutIgnored(sequence, findings);
  });
}

export type { CheckContext } from "./report.ts";
