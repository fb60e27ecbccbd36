/** Makes of a failure what `dbgseq explain` shows later. Knows what the screen leaves out, and keeps it. */
import { excerptLines } from "../../diagnostics/text.ts";
import { withoutPlace, type Diagnosis, type InterpreterFault, type Site } from "../../api/diagnosis.ts";
import type { Finding } from "../../api/node/advice.ts";
import type { LastFailure } from "../../api/node/last-failure.ts";
import { asFailure, sentences } from "../../lib/fault.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { shortened } from "../../lib/shown-text.ts";
import { where } from "../../lib/source.ts";
import { shellWord } from "../completion/shell-quotes.ts";
import { triesOf } from "./failure-screen.ts";
import { COLUMNS } from "./wrapped.ts";

export interface AboutRecord {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly diagnosis?: Diagnosis | undefined;
  readonly notes?: readonly string[];
  readonly finding?: Finding | undefined;
}

export function recordOf(
  error: unknown,
  { argv, exitCode, diagnosis, finding, notes = [] }: AboutRecord,
): LastFailure {
  const fault = placedFault(error);
  return {
    when: new Date().toISOString(),
    command: ["dbgseq", ...argv].map(shellWord).join(" "),
    exitCode,
    sentences: sentences(error).map((one) => shortened(one)),
    diagnosis: diagnosis === undefined ? diagnosisOfFinding(finding) : diagnosisOf(diagnosis, argv),
    notes,
    places: fault === undefined ? [] : placesOf(fault.site),
    variables: (fault?.values ?? []).map(({ name, value }) => ({ name, value: hex(value) })),
    registers: registersOf(error),
    tried: triedIn(error),
  };
}

function diagnosisOf(found: Diagnosis, argv: readonly string[]): NonNullable<LastFailure["diagnosis"]> {
  const { code, certainty, says, evidence, tries } = found;
  return { code, certainty, says, evidence, tries: triesOf(tries, argv) };
}

function diagnosisOfFinding(finding: Finding | undefined): LastFailure["diagnosis"] {
  if (finding === undefined) return null;
  const { code, says, steps } = finding;
  return { code, certainty: "certain", says, evidence: [], tries: steps };
}

function placedFault(error: unknown): InterpreterFault | undefined {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if (withoutPlace(at) !== undefined) return at.fault as InterpreterFault;
  return undefined;
}

function placesOf(site: Site): LastFailure["places"] {
  const places: { readonly where: string; readonly lines: readonly string[] }[] = [];
  for (let at: Site | undefined = site; at !== undefined; at = at.caller) {
    const sequence = at.sequence === "" ? "the script" : `sequence ${at.sequence}`;
    places.push({ where: `${where(at.span)}, ${sequence}`, lines: excerptLines(at.span, COLUMNS) });
  }
  return places;
}

/** Facts of faults that are values of registers, with the registers' names. */
const FACTS: Readonly<Record<string, string>> = {
  ctrlStat: "CTRL/STAT",
  csw: "CSW",
  tar: "TAR",
  dhcsr: "DHCSR",
};

function registersOf(error: unknown): LastFailure["registers"] {
  const found = new Map<string, string>();
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause)) {
    const facts = at.fault as { readonly [fact: string]: unknown };
    for (const [fact, name] of Object.entries(FACTS)) {
      const value = facts[fact];
      if (typeof value === "number") found.set(name, hex32(value));
    }
    const { kind, register, found: value } = facts;
    if (kind === "wrong-identity" && typeof value === "number") found.set(String(register), hex32(value));
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

function triedIn(error: unknown): LastFailure["tried"] {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if (at.fault.kind === "no-way-in")
      return (at.fault as { readonly kind: string; readonly tried: LastFailure["tried"] }).tried;
  return [];
}
