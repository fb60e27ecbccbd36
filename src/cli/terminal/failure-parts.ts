/** Takes a failure and its causes apart: what failed and why, where, and what else its sentences say. Lays out nothing. */
import { withoutPlace, type InterpreterFault } from "../../api/diagnosis.ts";
import { asFailure, clauses, sentences } from "../../lib/fault.ts";
import { append } from "../../lib/lists.ts";
import { shortened } from "../../lib/shown-text.ts";

export interface FailureParts {
  /** A clause of each layer, without places; the last is nearest to the cause. */
  readonly what: string;
  /** It has the place in a sequence, if one was running. */
  readonly fault: InterpreterFault | undefined;
  /** What the sentences say besides. */
  readonly details: readonly string[];
  /** The ways to connect that were tried, by name. */
  readonly tried: readonly string[];
}

/** A sentence that says no more than its cause says. */
const EMPTY = /^(an access to the target failed|an access was refused)$/;

/** The reader of a short screen learns nothing from the whole register: the answer was told already. */
const RAW = /^CTRL\/STAT 0x/;

export function partsOf(error: unknown): FailureParts {
  const what: string[] = [];
  const details: string[] = [];
  const tried: string[] = [];
  let fault: InterpreterFault | undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const failure = asFailure(at);
    const placed = failure === undefined ? undefined : withoutPlace(failure);
    if (placed !== undefined) fault ??= failure?.fault as InterpreterFault;
    const ways = waysOf(failure?.fault);
    append(tried, ways);
    append(details, reasonsOf(failure?.fault));
    const [text = "", ...after] = (placed ?? at.message).split(OTHER_END);
    append(
      details,
      after.length === 0 ? [] : [otherEnd(after, failure?.fault as InterpreterFault | undefined)],
    );
    const [line = "", ...others] = text.split("\n");
    // What stands behind the answer of a target is about registers; other sentences stay whole.
    const isAnswer = failure?.fault.kind === "target-fault";
    const [first = "", ...rest] = isAnswer ? clauses(line) : [line.replace(/:$/, "")];
    if (at.cause === undefined || !EMPTY.test(first)) what.push(first);
    append(details, rest);
    if (ways.length === 0)
      append(
        details,
        others.map((other) => other.trim()),
      );
  }
  return {
    what: what.length === 0 ? String(error) : what.join(": "),
    fault,
    details: details.filter((one) => one !== "" && !RAW.test(one)),
    tried,
  };
}

/** What follows is about the end of the run, or about an access before it. */
const OTHER_END = /; (the run then ended:|before it) /;
/** A chain of 64 calls does not help on a short screen. */
const MOST_OF_END = 160;

function otherEnd([mark = "", text = ""]: readonly string[], fault: InterpreterFault | undefined): string {
  const also =
    fault?.also === undefined
      ? undefined
      : [withoutPlace(fault.also), ...sentences(fault.also.cause)].join(": ");
  return shortened(`${mark} ${also ?? text}`, MOST_OF_END);
}

/** True if it tells of another event than the failure. */
export function isOtherEnd(detail: string): boolean {
  return /^(the run then ended:|before it) /.test(detail);
}

function waysOf(fault: { readonly kind: string } | undefined): readonly string[] {
  if (fault?.kind !== "no-way-in") return [];
  const { tried } = fault as NoWayIn;
  return tried.filter(({ reason }) => !reason.startsWith("left out")).map(({ name }) => name);
}

/** Each reason once: most ways fail for the same one. */
function reasonsOf(fault: { readonly kind: string } | undefined): readonly string[] {
  if (fault?.kind !== "no-way-in") return [];
  const reasons = (fault as NoWayIn).tried.map(({ reason }) => reason);
  return [...new Set(reasons.filter((reason) => !reason.startsWith("left out")))];
}

interface NoWayIn {
  readonly kind: string;
  readonly tried: readonly { readonly name: string; readonly reason: string }[];
}
