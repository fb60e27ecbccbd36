/**
 * A failure on at most twelve lines of 80 columns: what failed and why, where, with which values, what was seen, and what
 * to try. `dbgseq explain` has what does not fit.
 */
import { excerptLines } from "../../diagnostics/text.ts";
import type { Finding } from "../../api/node/advice.ts";
import type { Diagnosis, InterpreterFault, Site, Try } from "../../api/diagnosis.ts";
import { hex } from "../../lib/hex.ts";
import { where } from "../../lib/source.ts";
import type { Json } from "../../report/json.ts";
import { isOtherEnd, partsOf } from "./failure-parts.ts";
import { commandOf } from "./try-command.ts";
import { COLUMNS, wrapped } from "./wrapped.ts";

const LINES = 12;
const MOST_TRIES = 2;
const MOST_VALUES = 8;

export interface AboutScreen {
  readonly argv: readonly string[];
  readonly diagnosis?: Diagnosis | undefined;
  /** Sentences that help to understand it. */
  readonly notes?: readonly string[];
  readonly hint?: string | undefined;
  /** What the doctor says of the machine or the probe. */
  readonly finding?: Finding | undefined;
  /** True if `dbgseq explain` can tell more. */
  readonly isKept?: boolean;
}

/** A part of the screen; what matters least is left out first. */
interface Part {
  readonly lines: readonly string[];
  /** 0 stays whatever happens. */
  readonly drop: number;
}

/** With a newline at the end. */
export function failureScreen(error: unknown, about: AboutScreen): string {
  const { diagnosis, argv, notes = [], hint, finding, isKept = false } = about;
  const { what, fault, details, tried } = partsOf(error);
  const tries = diagnosis === undefined ? [] : diagnosis.tries.slice(0, MOST_TRIES);
  const questions = details.filter(isQuestion);
  // A cause that was found says what the registers meant.
  const facts = details.filter((one) =>
    diagnosis === undefined ? !isQuestion(one) : one.startsWith("through ") || isOtherEnd(one),
  );
  const seen = [...notes, ...(diagnosis?.evidence ?? []), ...facts];
  // A cause that was found answers them.
  const hints = diagnosis === undefined ? [...questions, ...(hint === undefined ? [] : [hint])] : [];
  const parts: readonly Part[] = [
    { lines: wrapped("error: ", diagnosis?.says ?? what), drop: 0 },
    ...(diagnosis === undefined ? [] : [{ lines: wrapped("  failed: ", what), drop: 2 }]),
    ...(fault === undefined ? [] : placeOf(fault)),
    ...(tried.length === 0 ? [] : [{ lines: wrapped("  tried: ", tried.join(", ")), drop: 1 }]),
    ...withoutRepeats(seen, [diagnosis?.says ?? "", what]).map((one, at) => ({
      lines: wrapped("  seen: ", one),
      drop: at === 0 ? 2 : 4,
    })),
    ...hints.map((one) => ({ lines: wrapped("  note: ", one), drop: 1 })),
    ...tries.map((one, at) => ({ lines: tryLines(one, argv), drop: at === 0 ? 0 : 3 })),
    ...(finding === undefined ? [] : findingParts(finding)),
  ];
  const { kept, isCut } = fitting(parts, isKept ? LINES - 1 : LINES);
  const more = isKept && (isCut || tried.length > 0 || (diagnosis?.tries.length ?? 0) > MOST_TRIES);
  return [...kept, ...(more ? ["  more: dbgseq explain"] : [])].map((line) => `${line}\n`).join("");
}

function findingParts({ code, says, steps }: Finding): readonly Part[] {
  return [
    { lines: wrapped("", `finding ${code}: ${says}`), drop: 1 },
    ...steps.map((step, at) => {
      const [first = "", ...others] = step.split("\n");
      // Lines of a file are shown as they are.
      return {
        lines: [...wrapped("  try: ", first), ...others.map((line) => `       ${line}`)],
        drop: at === 0 ? 0 : 3,
      };
    }),
  ];
}

function isQuestion(text: string): boolean {
  return text.endsWith("?");
}

function fitting(
  parts: readonly Part[],
  most: number,
): { readonly kept: readonly string[]; readonly isCut: boolean } {
  let kept = parts;
  const count = (): number => kept.reduce((sum, { lines }) => sum + lines.length, 0);
  for (let drop = 4; drop > 0; drop--)
    while (count() > most && kept.some((part) => part.drop === drop)) {
      const last = kept.findLastIndex((part) => part.drop === drop);
      kept = kept.filter((_, at) => at !== last);
    }
  const lines = kept.flatMap((part) => part.lines);
  return { kept: lines.slice(0, most), isCut: kept.length < parts.length || lines.length > most };
}

/** The sequence, its callers in short, the source line with the place underlined, and its variables. */
function placeOf(fault: InterpreterFault): readonly Part[] {
  const { site, values = [], valuesAreLater = false } = fault;
  const quoted = excerptLines(site.span, COLUMNS);
  const shown = valuesText(values, quoted.join(" "));
  return [
    { lines: wrapped("  at: ", placeText(site)), drop: 1 },
    ...(quoted.length === 0 ? [] : [{ lines: quoted, drop: 2 }]),
    ...(shown === "" ? [] : [{ lines: wrapped(valuesAreLater ? "  later: " : "  with: ", shown), drop: 3 }]),
  ];
}

function placeText(site: Site): string {
  const callers: string[] = [];
  for (let at = site.caller; at !== undefined; at = at.caller)
    callers.push(`${named(at)} (${where(at.span)})`);
  const [first, ...others] = callers;
  const called = first === undefined ? "" : `, called by ${first}`;
  return `${where(site.span)}, ${named(site)}${called}${others.length === 0 ? "" : ` and ${others.length} more`}`;
}

function named({ sequence }: Site): string {
  return sequence === "" ? "the script" : `sequence ${sequence}`;
}

/** Those that stand in the line come first. */
function valuesText(values: NonNullable<InterpreterFault["values"]>, line: string): string {
  const stands = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(line);
  return [...values]
    .sort((a, b) => Number(stands(b.name)) - Number(stands(a.name)))
    .slice(0, MOST_VALUES)
    .map(({ name, value }) => `${name} = ${hex(value)}`)
    .join(", ");
}

/** Leaves out what was said: `0xE000ED00 is CPUID` says nothing if CPUID was named before. */
function withoutRepeats(sentences: readonly string[], said: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const one of sentences) {
    const name = /^0x[0-9A-F]+ is (\S+)$/.exec(one)?.[1] ?? one.replace(/(?:: | \().*/, "");
    if (![...said, ...kept].some((text) => text.includes(name))) kept.push(one);
  }
  return kept;
}

function tryLines(one: Try, argv: readonly string[]): readonly string[] {
  const lines = wrapped("  try: ", tryText(one, argv));
  return erases(one) ? [...lines, "  note: this erases everything that the device holds"] : lines;
}

function tryText(one: Try, argv: readonly string[]): string {
  return one.kind === "by hand" ? one.says : (commandOf(one, argv) ?? "");
}

function erases(one: Try): boolean {
  return "allow" in one && one.allow.includes("erase");
}

/** Commands before what is done by hand. */
export function triesOf(tries: readonly Try[], argv: readonly string[]): readonly string[] {
  return tries.map((one) => tryText(one, argv));
}

/** As data, its tries as commands of this command line. */
export function diagnosisJson(found: Diagnosis, argv: readonly string[]): Json {
  const { code, certainty, says, evidence, tries } = found;
  return { code, certainty, says, evidence, tries: triesOf(tries, argv) };
}
