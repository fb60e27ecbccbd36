/**
 * Checks sequences that call one another: circles, and names that nothing runs. Knows only the sequences it
 * is given.
 */
import { nearest } from "../../lib/nearest.ts";
import { findBuiltin } from "../builtins.ts";
import { findPredefinedSequence, PREDEFINED_SEQUENCES } from "../predefined.ts";
import type { Sequence, StringLiteral } from "../tree.ts";
import { calls } from "../walk.ts";
import { circlesOf } from "./circles.ts";
import type { CheckContext, Report } from "./report.ts";

export function checkGraph(
  sequences: readonly Sequence[],
  context: CheckContext,
  reportFor: (sequence: Sequence) => Report,
): void {
  const calls = callsByName(context.around ?? sequences);
  const circles = circlesOf(calls);
  const { called } = context;
  const isCalled = called ?? new Set([...calls.values()].flat());
  for (const sequence of sequences) {
    const own = sequence.name.text;
    const circle = circles.get(own);
    const back = [...callsOf(sequence)].find(
      ({ raw }) => raw === own || (circle !== undefined && circles.get(raw) === circle),
    );
    if (back !== undefined) {
      const route = [own, ...routeBack(back.raw, own, calls)].join(" -> ");
      reportFor(sequence)("recursion", `the sequence calls itself: ${route}`, back.span, {
        hint: "a run ends with an error if calls go too deep",
      });
    }
    neverRun(sequence, context, isCalled, reportFor(sequence));
  }
}

/** Returns the names that are called under each name, by all of its definitions. */
function callsByName(sequences: readonly Sequence[]): ReadonlyMap<string, readonly string[]> {
  const calls = new Map<string, string[]>();
  for (const sequence of sequences) {
    const own = calls.get(sequence.name.text) ?? [];
    for (const { raw } of callsOf(sequence)) own.push(raw);
    calls.set(sequence.name.text, own);
  }
  return calls;
}

function* callsOf(sequence: Sequence): Generator<StringLiteral> {
  for (const call of calls(sequence)) {
    const [name] = call.args;
    if (name?.kind === "string" && findBuiltin(call.name.text)?.name === "Sequence") yield name;
  }
}

/** A route is searched and shown up to this many names; a longer one is cut short. */
const MOST_ROUTE = 20;

/** Returns the shortest way from a name back to `goal`, both named; a long way is shown by its ends. */
function routeBack(
  from: string,
  goal: string,
  calls: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const name of cameFrom.keys()) {
    if (name === goal) return wayTo(goal, cameFrom);
    if (cameFrom.size > MOST_ROUTE) break;
    for (const next of calls.get(name) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, name);
  }
  return [from, "...", goal];
}

function wayTo(goal: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = goal; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

/** Finds names such as `ResetHardwareDeAssert`: a debugger runs predefined names exactly as they are spelled. */
function neverRun(
  { name, disabled }: Sequence,
  { called, sequences }: CheckContext,
  isCalled: ReadonlySet<string>,
  report: Report,
): void {
  const { text, span } = name;
  if (text === "" || findPredefinedSequence(text) !== undefined || isCalled.has(text)) return;
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
  const guess = nearest(text, without(text, sequences));
  report("uncalled-sequence", `nothing calls '${text}', and no debugger runs it by itself`, span, {
    ...(guess === undefined ? {} : { hint: `"${guess}" has nearly the same name` }),
  });
}

function* without(left: string, names: Iterable<string>): Generator<string> {
  for (const name of names) if (name !== left) yield name;
}

/**
 * A slip is one letter more or less, or two swapped letters; names that differ in more, or by a digit, may be
 * meant to.
 */
function isSlip(text: string, name: string): boolean {
  const letters = (word: string): string => word.toLowerCase().split("").sort().join("");
  if (text.length === name.length) return letters(text) === letters(name);
  const [longer, shorter] = text.length > name.length ? [text, name] : [name, text];
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at += 1;
  return /[A-Za-z]/.test(longer[at] ?? "") && longer.slice(0, at) + longer.slice(at + 1) === shorter;
}
