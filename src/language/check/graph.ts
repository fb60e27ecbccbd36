/** Sequences that call one another: circles, and names that nothing runs. Knows only the sequences it is given. */
import { nearest } from "../../lib/nearest.ts";
import { findBuiltin } from "../builtins.ts";
import { findPredefinedSequence, PREDEFINED_SEQUENCES } from "../predefined.ts";
import type { Sequence, StringLiteral } from "../tree.ts";
import { calls } from "../walk.ts";
import type { CheckContext, Report } from "./report.ts";

export function checkGraph(
  sequences: readonly Sequence[],
  context: CheckContext,
  reportFor: (sequence: Sequence) => Report,
): void {
  const all = context.around ?? sequences;
  const byName = new Map(all.map((sequence) => [sequence.name.text, sequence]));
  const called = new Map(all.map((sequence) => [sequence, [...callsOf(sequence)]]));
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
    const isCalled = (name: string): boolean =>
      context.called?.has(name) ??
      [...called.values()].some((names) => names.some(({ raw }) => raw === name));
    neverRun(sequence, context, isCalled, reportFor(sequence));
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
function neverRun(
  { name, disabled }: Sequence,
  { called, sequences }: CheckContext,
  isCalled: (name: string) => boolean,
  report: Report,
): void {
  const { text, span } = name;
  if (text === "" || findPredefinedSequence(text) !== undefined || isCalled(text)) return;
  const predefined = nearest(
    text,
    PREDEFINED_SEQUENCES.map((one) => one.name),
  );
  const byCase = predefined?.toLowerCase() === text.toLowerCase();
  if (predefined !== undefined && (byCase || isSlip(text, predefined))) {
    report("misspelt-sequence", `no debugger runs '${text}' by itself`, span, {
      hint: `the predefined sequence is spelled ${predefined}`,
      fix: { span, text: predefined },
    });
    return;
  }
  if (called === undefined || disabled) return;
  const guess = nearest(
    text,
    [...sequences].filter((one) => one !== text),
  );
  report("uncalled-sequence", `nothing calls '${text}', and no debugger runs it by itself`, span, {
    ...(guess === undefined ? {} : { hint: `"${guess}" has nearly the same name` }),
  });
}

/** One letter more or less, or two in each other's place; names that differ in more, or by a digit, may be meant to. */
function isSlip(text: string, name: string): boolean {
  const letters = (word: string): string => word.toLowerCase().split("").sort().join("");
  if (text.length === name.length) return letters(text) === letters(name);
  const [longer, shorter] = text.length > name.length ? [text, name] : [name, text];
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at += 1;
  return /[A-Za-z]/.test(longer[at] ?? "") && longer.slice(0, at) + longer.slice(at + 1) === shorter;
}
