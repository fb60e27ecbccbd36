/** What a cause is found from: the sight of the target, the failure, and what was asked for. */
import type { CauseCode } from "../cause-codes.ts";
import type { Finding } from "../finding.ts";
import type { Sight } from "../target/sight.ts";
import type { Try } from "../try.ts";
import { asFailure } from "../../lib/fault.ts";
import type { AnyFault } from "../../session/exit-codes.ts";

export interface Asked {
  /** What the description calls the device, its vendor as the pack spells it, its processor and core. */
  readonly device?: string | undefined;
  readonly vendor?: string | undefined;
  readonly pname?: string | undefined;
  readonly core?: string | undefined;
  /** How it was connected; of `auto` the last way. */
  readonly connect: "none" | "attach" | "halt" | "pre-reset" | "under-reset" | "auto";
  readonly dormant: boolean;
  /** The connection had reached a core before it failed. */
  readonly reached?: boolean;
  /** Processors of the device and their access ports. */
  readonly processors: readonly { readonly pname: string; readonly ap: number }[];
  /** Ranges of memory that the description has. */
  readonly memories: readonly { readonly name: string; readonly start: number; readonly size: number }[];
}

export interface Seen {
  readonly sight: Sight;
  readonly asked: Asked;
  /** Undefined if nothing failed yet: the target is only examined. */
  readonly error?: unknown;
}

/** How sure it is. `certain`: the readings allow nothing else. */
export type Certainty = "certain" | "likely" | "possible";

export interface Diagnosis extends Finding {
  readonly code: CauseCode;
  readonly severity: "problem";
  readonly certainty: Certainty;
  /** Readings that the cause was found from, each a line. */
  readonly evidence: readonly string[];
  /** The most promising first. */
  readonly tries: readonly Try[];
}

/** A finding about the target whose cause is known. */
export function isDiagnosis(finding: Finding): finding is Diagnosis {
  return "tries" in finding;
}

export interface DiagnosisParts {
  readonly code: CauseCode;
  readonly certainty: Certainty;
  readonly says: string;
  readonly evidence?: readonly string[];
  readonly tries: readonly Try[];
}

export function diagnosis({ code, certainty, says, evidence = [], tries }: DiagnosisParts): Diagnosis {
  const steps = tries.flatMap((one) => (one.kind === "by hand" ? [one.says] : []));
  return { code, severity: "problem", certainty, says, evidence, tries, steps };
}

/** A rule: its cause, if what was seen says so. */
export type Cause = (seen: Seen) => Diagnosis | undefined;

/** The first fault of this kind in a failure and its causes. */
export function faultOf<K extends AnyFault["kind"]>(
  error: unknown,
  ...kinds: readonly K[]
): Extract<AnyFault, { readonly kind: K }> | undefined {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if ((kinds as readonly string[]).includes(at.fault.kind))
      return at.fault as Extract<AnyFault, { readonly kind: K }>;
  return undefined;
}
