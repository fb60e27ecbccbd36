/** Sequences that call one another: circles, and names that nothing runs. Knows only the sequences it is given. */
import { nearest } from "../../lib/nearest.ts";
import { findBuiltin } from "../builtins.ts";
import { findPredefinedSequence, PREDEFINED_SEQUENCES } from "../predefined.ts";
import type { Sequence, StringLiteral } from "../tree.ts";
import { calls } from "../walk.ts";
import type { Report } from "./report.ts";

export function checkGraph(sequences: readonly Sequence[], reportFor: (sequence: Sequence) => Report): void {
  const byName = new Map(sequences.map((sequence) => [sequence.name.text, sequence]));
  const called = new Map(sequences.map((sequence) => [sequence, [...callsOf(sequence)]]));
  for (const sequence of sequences) {
    for (const name of called.get(sequence) ?? []) {
      const path = wayBack(name.raw, sequence, byName, called, new Set());
      if (path === undefined) continue;
      const route = [sequence.name.text, ...path].join(" -> ");
      reportFor(sequence)("recursion", `the sequence calls itself: ${route}`, name.span, {
        hint: "a run ends with an error where calls go too deep",
      });
      break;
    }
    misspelt(sequence, reportFor(sequence));
  }
}

function* callsOf(sequence: Sequence): Generator<StringLiteral> {
  for (const call of calls(sequence)) {
    const [name] = call.args;
    if (name?.kind === "string" && findBuiltin(call.name.text)?.name === "Sequence") yield name;
  }
}

/** The names on the way from one sequence back to `goal`, or undefined where there is none. */
function wayBack(
  from: string,
  goal: Sequence,
  byName: ReadonlyMap<string, Sequence>,
  called: ReadonlyMap<Sequence, readonly StringLiteral[]>,
  seen: Set<string>,
): readonly string[] | undefined {
  if (from === goal.name.text) return [from];
  const sequence = byName.get(from);
  if (sequence === undefined || seen.has(from)) return undefined;
  seen.add(from);
  for (const next of called.get(sequence) ?? []) {
    const rest = wayBack(next.raw, goal, byName, called, seen);
    if (rest !== undefined) return [from, ...rest];
  }
  return undefined;
}

/** `ResetHardwareDeAssert`: a debugger runs predefined names exactly as they are spelled. */
function misspelt({ name }: Sequence, report: Report): void {
  if (name.text === "" || findPredefinedSequence(name.text) !== undefined) return;
  const guess = nearest(
    name.text,
    PREDEFINED_SEQUENCES.map((one) => one.name),
  );
  if (guess?.toLowerCase() !== name.text.toLowerCase()) return;
  report("misspelt-sequence", `no debugger runs '${name.text}' by itself`, name.span, {
    hint: `the predefined sequence is spelled ${guess}`,
  });
}
