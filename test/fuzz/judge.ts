/** What must hold of any input, however broken: a result, or findings with places inside of it. Throws where it does not. */
import { matchDevice, parseDevice } from "../../src/device/match.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { findingText } from "../../src/diagnostics/text.ts";
import { uncarriedIn, unsaidIn } from "../../src/language/text/carried.ts";
import { parseBlock, parseExpression, parseScript } from "../../src/language/text/parse.ts";
import { printScriptXml, printSequenceXml } from "../../src/language/print/pdsc-printer.ts";
import { printScript, printSequence } from "../../src/language/print/printer.ts";
import type { Script, Sequence } from "../../src/language/tree.ts";
import { Source, whole } from "../../src/lib/source.ts";
import { parseXml } from "../../src/lib/formats/xml.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { readSequence } from "../../src/pack/pdsc/sequence.ts";
import { scriptFindings } from "../../src/lint/findings.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";
import { shape } from "../support/shape.ts";

export function judgeScript(text: string): void {
  const source = new Source("fuzz.seq", text);
  const { script, diagnostics } = parseScript(source);
  placed(diagnostics, source);
  placed(scriptFindings(source), source);
  const printed = printScript(script);
  printScriptXml(script);
  if (diagnostics.some(({ severity }) => severity === "error")) return;
  if (isBeyondLimits(printed)) return;
  const again = readable(printed);
  same(shape(again.items), shape(script.items), printed);
  same(printScript(again), printed, "formatted twice");
  for (const item of script.items)
    if (item.kind === "sequence" && item.name.text !== "" && uncarriedIn(item).length === 0) converted(item);
}

/** To PDSC and back. */
function converted(sequence: Sequence): void {
  const xml = printSequenceXml(sequence);
  const back = readSequence(parseXml(new Source("fuzz.xml", xml)));
  const [error] = back.diagnostics.filter(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`converted to what cannot be read (${error.message}):\n${xml}`);
  same(shape(back.sequence), shape(sequence), xml);
  same(printSequence(back.sequence), printSequence(sequence), xml);
}

/**
 * A text has braces and indents where XML has elements, so that what is just within the limits of one may be beyond those of
 * the other: both are stated.
 */
function isBeyondLimits(printed: string): boolean {
  const { diagnostics } = parseScript(new Source("printed.seq", printed));
  return diagnostics.some(({ code }) => code === "too-complex");
}

function readable(printed: string): Script {
  const { script, diagnostics } = parseScript(new Source("printed.seq", printed));
  const [error] = diagnostics.filter(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`printed what cannot be read (${error.message}):\n${printed}`);
  return script;
}

export function judgeBlock(text: string): void {
  const source = new Source("fuzz", text);
  placed(parseBlock(whole(source)).diagnostics, source);
  const { expression, diagnostics } = parseExpression(whole(source));
  placed(diagnostics, source);
  if (expression === undefined && diagnostics.length === 0) throw new Error("neither a tree nor a reason");
}

export function judgePdsc(text: string): void {
  const source = new Source("fuzz.pdsc", text);
  const read = readPdsc(source);
  placed(read.diagnostics, source);
  if (read.pack === undefined && !read.diagnostics.some(({ malformed }) => malformed === true))
    throw new Error("neither a pack nor a reason");
  placed(packFindings(read), source);
  const names = read.pack?.devices() ?? [];
  matchDevice(parseDevice("D1x"), names);
  for (const { description, inSequence } of read.pack?.descriptions() ?? []) {
    for (const definition of description.sequences) {
      const found = inSequence.get(definition) ?? [];
      const lost =
        found.some(({ severity }) => severity === "error") || unsaidIn(definition.sequence).length > 0;
      if (!lost) survives(definition.sequence);
    }
  }
}

/** To .seq and back. */
function survives(sequence: Sequence): void {
  const text = printSequence(sequence);
  if (isBeyondLimits(text)) return;
  const { items } = readable(text);
  const [again] = items;
  if (again?.kind !== "sequence" || items.length !== 1) throw new Error(`one sequence wanted:\n${text}`);
  same(shape(again), shape(sequence), text);
  same(printSequence(again), text, "formatted twice");
}

export function judgeDbgconf(text: string): void {
  const source = new Source("fuzz.dbgconf", text);
  placed(readDbgconf(source, ["Name0", "Name1", "constructor"]).diagnostics, source);
  const run = new Source("fuzz.cbuild-run.yml", text);
  placed(readCbuildRun(run).diagnostics, run);
}

export function placed(findings: readonly Diagnostic[], { text }: Source): void {
  for (const finding of findings) {
    const { start, end } = finding.span;
    if (!(start >= 0 && end >= start && end <= text.length))
      throw new Error(`${finding.code} at ${start} to ${end} of ${text.length}`);
    if (
      finding.message === "" ||
      /\bundefined$|: undefined|\bNaN\b|\[object|Word_/.test(finding.message.replace(/'[^']*'/g, ""))
    )
      throw new Error(`${finding.code} says: ${finding.message}`);
  }
  const [first] = findings;
  if (first !== undefined && !findingText(first).includes(first.code))
    throw new Error(`${first.code} is not shown`);
}

function same(left: unknown, right: unknown, about: string): void {
  const [one, other] = [canonical(left), canonical(right)];
  if (one === other) return;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const near = (text: string): string => text.slice(Math.max(0, at - 100), at + 200);
  throw new Error(`not the same:\n${near(one)}\n${near(other)}\n${about}`);
}

/** Keys in order. The variables behind `else` are numbered anew with every reading. */
function canonical(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sorted.replace(/_else\d+/g, "_else");
}
