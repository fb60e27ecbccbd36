/** What can go wrong while a sequence runs, as facts with a place. Knows no target: what an access met is in the cause. */
import { assertNever } from "../lib/assert-never.ts";
import { Failure, sentences } from "../lib/fault.ts";
import { hex } from "../lib/hex.ts";
import { where } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";
import type { AccessFault, Site } from "./ports.ts";
import { least } from "../lib/lists.ts";
import { timeText } from "../lib/units.ts";

/** The facts of a fault without its place. */
export type Fact =
  /** The checker finds this as well; it is met here only in text that was not checked. */
  | { readonly kind: "unknown-sequence"; readonly name: string }
  | { readonly kind: "undeclared-variable"; readonly name: string }
  | { readonly kind: "redefinition"; readonly name: string }
  | { readonly kind: "read-only-variable"; readonly name: string }
  | { readonly kind: "unknown-function"; readonly name: string }
  | { readonly kind: "wrong-arguments"; readonly fn: string; readonly problem: string }
  /** A string stands in place of a number, outside of a call. */
  | { readonly kind: "not-a-number"; readonly text: string }
  | { readonly kind: "division-by-zero"; readonly operator: "/" | "%" }
  /** `chain` names the sequences from the outermost to the one that was not entered. */
  | { readonly kind: "call-depth"; readonly limit: number; readonly chain: readonly string[] }
  /** `name` declares that it erases what a user may want to keep, and there is no consent to that. */
  | { readonly kind: "no-consent"; readonly effect: "erase"; readonly name: string }
  /** `Message(2, ...)`: the sequence itself says that it cannot go on. */
  | { readonly kind: "message-abort"; readonly text: string }
  /** Under strict timeouts, a loop's condition still held (with `value`) when its time was over. */
  | LoopExpiry<"loop-timeout">
  /** A loop without a timeout ran as long as any such loop, or the run, may. */
  | LoopExpiry<"deadline">
  /** The run as a whole took as long as it may, outside of a loop without a timeout. */
  | { readonly kind: "run-deadline"; readonly limitUs: number }
  /** `__Result` was all ones after the outermost return. */
  | { readonly kind: "sequence-failed"; readonly value: U64 }
  /** `__Result` was neither 0 nor all ones; the specification reserves such values. */
  | { readonly kind: "reserved-result"; readonly value: U64 }
  /** Inside an atomic block, something other than a plain result depends on an answer of the same block. */
  | { readonly kind: "atomic-dependency"; readonly what: string }
  | { readonly kind: "not-atomic"; readonly what: string }
  /** The cause says what the target answered; `sites` is one place, or a short list of candidates. */
  /** `refused`: it was not sent, because there is no consent. */
  | { readonly kind: "access-failed"; readonly sites: readonly Site[]; readonly refused?: true }
  /** All buffers of a run, or the buffers of a sequence, are more than the stated limit. */
  | { readonly kind: "buffer-limit"; readonly limit: number; readonly what: "bytes" | "buffers" }
  | { readonly kind: "no-buffer"; readonly id: U64 }
  /** The run printed more messages than a user reads; a caller that keeps them must not run out of memory. */
  | { readonly kind: "message-limit"; readonly limit: number }
  /** The cause says what the user's machine, or its gate, had against it. */
  | { readonly kind: "host-failed"; readonly fn: string }
  | { readonly kind: "operator-failed" }
  /** There is no user, and no answer was given in advance. */
  | { readonly kind: "no-answer"; readonly text: string }
  | { readonly kind: "interrupted" };

interface LoopExpiry<Kind extends string> {
  readonly kind: Kind;
  readonly limitUs: number;
  readonly turns: number;
  readonly value: U64;
}

/** The engine was given no access to the user's machine. */
export interface NoHost {
  readonly kind: "no-host";
}

/** A variable of a sequence with its value, for people. */
export interface NamedValue {
  readonly name: string;
  readonly value: U64;
}

export type InterpreterFault = Fact & {
  readonly site: Site;
  /** The variables of the sequence of `site`. Absent if the failure came to light after its end. */
  readonly values?: readonly NamedValue[];
  /** The run had gone on before the failure came to light: the values are those of then. */
  readonly valuesAreLater?: true;
  /** What else went wrong: how the run then ended, or the access that had failed before. */
  readonly also?: InterpreterFailure;
};

export class InterpreterFailure extends Failure<InterpreterFault> {}

export function failureAt(site: Site, fact: Fact, cause?: unknown): InterpreterFailure {
  const fault: InterpreterFault = { ...fact, site };
  return new InterpreterFailure(fault, `${where(site.span)}: ${chain(site)}: ${sentence(fact)}`, cause);
}

/** A failed access, placed where the target's side says the culprit is rather than where it came to light. */
export function accessFailure(site: Site, cause: unknown): InterpreterFailure {
  const fault: unknown = cause instanceof Failure ? cause.fault : undefined;
  const blamed = isAccessFault(fault) ? fault.sites : [];
  const sites = blamed.length > 0 ? blamed : [site];
  const refused = isAccessFault(fault) && fault.kind === "no-consent";
  return failureAt(
    sites[0] ?? site,
    { kind: "access-failed", sites, ...(refused ? { refused } : {}) },
    cause,
  );
}

/** The same failure, with the values that its sequence had. */
export function withValues(
  failure: InterpreterFailure,
  values: readonly NamedValue[],
  areLater: boolean,
): InterpreterFailure {
  const fault = { ...failure.fault, values, ...(areLater ? { valuesAreLater: true as const } : {}) };
  return new InterpreterFailure(fault, failure.message, failure.cause);
}

/** Returns the number of the earliest access that may have failed; undefined if it is not known, or if none did. */
export function orderOf({ fault, cause }: InterpreterFailure): number | undefined {
  const facts: unknown = fault.kind === "access-failed" && cause instanceof Failure ? cause.fault : undefined;
  const orders = isAccessFault(facts) ? (facts.orders ?? []) : [];
  return orders.length === 0 ? undefined : least(orders);
}

/**
 * Decides between the end of a run and an access before that end that turns out to have failed. The access came
 * earlier and is the failure, unless a sequence gave up by itself, which says more.
 */
export function withEarlier(end: InterpreterFailure, access: InterpreterFailure): InterpreterFailure {
  // An interruption of the run interrupted its judgement too.
  if (end.fault.kind === "interrupted" && !isOfAccess(access)) return end;
  if (end.fault.kind === "message-abort") return withOther(end, access, `before it ${sentencesOf(access)}`);
  const [first, second] = (orderOf(end) ?? Infinity) < (orderOf(access) ?? 0) ? [end, access] : [access, end];
  return withOther(first, second, `the run then ended: ${sentencesOf(second)}`);
}

function isOfAccess({ cause }: InterpreterFailure): boolean {
  return cause instanceof Failure && isAccessFault(cause.fault);
}

function withOther(failure: InterpreterFailure, also: InterpreterFailure, text: string): InterpreterFailure {
  return new InterpreterFailure({ ...failure.fault, also }, `${failure.message}; ${text}`, failure.cause);
}

function sentencesOf(failure: InterpreterFailure): string {
  return sentences(failure).join(": ");
}

function isAccessFault(fault: unknown): fault is AccessFault {
  return typeof fault === "object" && fault !== null && "sites" in fault && Array.isArray(fault.sites);
}

/** Writes the call chain: `in sequence "A", called by "B" (x.seq:3:5), called by "C" (x.seq:9:1)`. */
function chain(site: Site): string {
  let text = `in ${named(site.sequence)}`;
  for (let at = site.caller; at !== undefined; at = at.caller) {
    text += `, called by ${named(at.sequence)} (${where(at.span)})`;
  }
  return text;
}

/** The sentence of a failure without its place and callers; undefined if it does not have a place. */
export function withoutPlace(failure: Failure): string | undefined {
  if (!(failure instanceof InterpreterFailure)) return undefined;
  const { site } = failure.fault;
  const place = `${where(site.span)}: ${chain(site)}: `;
  return failure.message.startsWith(place) ? failure.message.slice(place.length) : failure.message;
}

/** Names a sequence. Bare statements are a sequence without a name. */
function named(sequence: string): string {
  return sequence === "" ? "the script" : `sequence "${sequence}"`;
}

function sentence(fact: Fact): string {
  switch (fact.kind) {
    case "unknown-sequence":
      return `no sequence "${fact.name}" is defined for this device and processor`;
    case "undeclared-variable":
      return `the variable "${fact.name}" is not declared`;
    case "redefinition":
      return `the variable "${fact.name}" is declared a second time in the same scope`;
    case "read-only-variable":
      return `the variable "${fact.name}" is read-only in sequences`;
    case "unknown-function":
      return `there is no function "${fact.name}"`;
    case "wrong-arguments":
      return `${fact.fn}: ${fact.problem}`;
    case "not-a-number":
      return `expected a number, not the string "${fact.text}"`;
    case "division-by-zero":
      return `division by zero ("${fact.operator}")`;
    case "call-depth":
      return `sequences call each other more than ${fact.limit} levels deep: ${fact.chain.join(" -> ")}`;
    case "no-consent":
      return `"${fact.name}" erases what the device holds and was not entered: consent required`;
    case "message-abort":
      return `the sequence gave up: ${fact.text}`;
    case "loop-timeout":
      return `the loop's condition was still ${hex(fact.value)} after its timeout of ${timeText(fact.limitUs)} (${fact.turns} turns)`;
    case "deadline":
      return `a loop without timeout did not end within the deadline of ${timeText(fact.limitUs)} (${fact.turns} turns, last value ${hex(fact.value)})`;
    case "run-deadline":
      return `the run did not end within its deadline of ${timeText(fact.limitUs)}, which covers all sequences that it calls`;
    case "sequence-failed":
      return `the sequence reported an error (__Result = ${hex(fact.value)})`;
    case "reserved-result":
      return `the sequence left __Result = ${hex(fact.value)}, a value that the specification reserves`;
    case "atomic-dependency":
      return `${fact.what} depends on an answer inside the same atomic block, which runs without a round trip to the host`;
    case "not-atomic":
      return `${fact.what} cannot be part of an atomic block`;
    case "access-failed":
      if (fact.refused === true) return "an access was refused";
      return fact.sites.length > 1
        ? `an access to the target failed, one of ${fact.sites.map(({ span }) => where(span)).join(", ")}`
        : "an access to the target failed";
    case "buffer-limit":
      return `sequences may hold ${fact.limit} ${fact.what} at a time`;
    case "message-limit":
      return `sequences may show ${fact.limit} messages in one run`;
    case "no-buffer":
      return `buffer ${fact.id} does not exist or is empty`;
    case "host-failed":
      return `${fact.fn} failed`;
    case "no-answer":
      return `"${fact.text}" was asked, and there is no answer for it`;
    case "operator-failed":
      return "the query could not be answered";
    case "interrupted":
      return "the run was interrupted";
    default:
      return assertNever(fact);
  }
}
