/**
 * Finds the access that an error belongs to (wire rule 2). AP accesses are posted: their error shows with a later
 * transfer, and the probe counted the access as done. Pure.
 */
import type { Origin, Step } from "./access.ts";
import { placeKey } from "../ap-place.ts";
import type { LostRun, Outcome, WireOp } from "./link.ts";
import { ABORT, CTRL_STAT, mask } from "../registers.ts";
import { greatest } from "../../lib/lists.ts";

/** A step that was sent, and the access that it belongs to. */
export interface Sent extends Step {
  readonly by: Origin;
}

/** A step that may be the culprit, and how many of its words had been accepted. */
export interface Suspect {
  readonly step: Sent;
  readonly words: number;
}

export interface Verdict {
  /** A single suspect is certain; of several, one did it. Empty only if nothing was sent. */
  readonly suspects: readonly Suspect[];
  /** True if the bit was set before this packet: the suspect only met the error. */
  readonly older: boolean;
  /** The index of the first step that did not run in full; none after it ran. */
  readonly next: number;
}

/** What is known in addition to what the probe said of this run. */
export interface Known {
  /** Accesses of earlier runs that ended well and were not confirmed, oldest first. */
  readonly before?: readonly Sent[];
  /** Its value when the error was met, if it could be read. */
  readonly ctrlStat?: number | undefined;
}

export function blame(
  sent: readonly Sent[],
  outcome: Outcome,
  { before = [], ctrlStat }: Known = {},
): Verdict {
  const { fault } = outcome;
  const places = placesOf([...before, ...sent]);
  const earlier = before.reduce((sum, { op }) => sum + sizeOf(op), 0);
  const done = earlier + outcome.done;
  const confirmed = outcome.confirmed > 0 ? earlier + outcome.confirmed : 0;
  const stopped = places.find(({ start, step }) => start + sizeOf(step.op) > done);
  const next = (stopped?.index ?? places.length) - before.length;
  const verdict = (suspects: readonly Place[], older = false): Verdict => ({
    suspects: suspects.map(({ step, start }) => ({ step, words: Math.max(0, done - start) })),
    older,
    next,
  });
  const ran = places.filter(({ start }) => start < done);
  const met = stopped ?? places.at(-1);
  if (met === undefined) return verdict([]);
  // The data of an AP read comes with the next transfer, and so does its parity error.
  const last = ran.at(-1);
  if (fault === "PARITY" && done > confirmed && last !== undefined && isApRead(last.step))
    return verdict([last]);
  if (fault === "FAULT" || fault === "WAIT") {
    const late = unconfirmed(ran, confirmed);
    // After a write to SELECT, CTRL/STAT may be out of reach; if no access port was asked, only a write is left.
    const isOfWrite =
      fault === "FAULT" && (isGarbled(ctrlStat) || (ctrlStat === undefined && late.length === 0));
    const garbled = isOfWrite ? garbledIn(ran) : [];
    if (garbled.length > 0) return verdict(garbled);
    if (late.length > 0) return verdict(late);
    if (fault === "FAULT" && stopped !== undefined && done === 0) return verdict([met], true);
  }
  return verdict([met]);
}

const WDATAERR = mask(CTRL_STAT, "WDATAERR");
const STICKYERR = mask(CTRL_STAT, "STICKYERR");
const WDERRCLR = mask(ABORT, "WDERRCLR");

/**
 * True if the data of a write came with wrong parity, and no access failed: the transfer after that write met it
 * (ADIv5.2 B4.2.5).
 */
function isGarbled(ctrlStat: number | undefined): boolean {
  return ctrlStat !== undefined && (ctrlStat & (WDATAERR | STICKYERR)) === WDATAERR;
}

/**
 * Returns the newest write, for the next transfer meets the error at once. Only ABORT is accepted all the same,
 * and may have cleared it.
 */
function garbledIn(ran: readonly Place[]): readonly Place[] {
  const at = ran.findLastIndex(isWrite);
  const newest = ran[at];
  const abort = ran.slice(at + 1).findLast(({ step }) => isAbort(step.op));
  if (abort === undefined) return newest === undefined ? [] : [newest];
  const { op } = abort.step;
  const clears = op.kind === "write" && ((op.words[0] ?? 0) & WDERRCLR) !== 0;
  return clears || newest === undefined ? [abort] : [newest, abort];
}

/** True for a write, except ABORT, whose error does not affect other transfers. */
function isWrite({ step: { op } }: Place): boolean {
  return op.kind === "write" && !isAbort(op);
}

function isAbort(op: WireOp): boolean {
  return op.kind === "write" && op.register.port === "DP" && op.register.address === 0x0;
}

/** Returns the steps of which the probe accepted an operation. */
export function startedOf<Step extends Sent>(sent: readonly Step[], done: number): readonly Step[] {
  let start = 0;
  return sent.filter(({ op }) => {
    const isStarted = start < done;
    start += sizeOf(op);
    return isStarted;
  });
}

/** Returns what a run that ended well leaves open: accesses, of `before` and its own, whose error may still come. */
export function openOf(
  sent: readonly Sent[],
  { done, confirmed, values }: Outcome,
  before: readonly Sent[],
): readonly Sent[] {
  const ran = placesOf(sent).filter(({ start }) => start < done);
  // Wrong parity of a write's data shows in CTRL/STAT, or with any transfer except a read of DPIDR.
  const isSilent = ({ index, step: { op } }: Place): boolean =>
    op.kind === "read" &&
    op.register.port === "DP" &&
    (op.register.address === 0x0 || (op.register.address === 0x4 && tellsOfError(op, values[index]?.[0])));
  const transfers = ran.filter(
    ({ step: { op } }) => op.kind === "read" || op.kind === "write" || op.kind === "match",
  );
  const last = transfers.findLast((place) => !isSilent(place));
  const older = confirmed === 0 || last === undefined ? before : [];
  const late = unconfirmed(ran, confirmed);
  if (late.length > 0) return [...older, ...late.map(({ step }) => step)];
  // After a write that comes last, the probe reads RDBUFF.
  const isChecked = transfers.at(-1)?.step.op.kind === "write";
  return last === undefined || isChecked || last.step.op.kind !== "write" ? older : [...older, last.step];
}

function tellsOfError(op: WireOp, value = 0): boolean {
  return op.kind === "read" && (value & (WDATAERR | STICKYERR)) !== 0;
}

/**
 * Returns data accesses that were accepted and not confirmed. An access port takes one at a time, so of each only
 * the newest can be open; if two were used in a row, either may be meant.
 */
function unconfirmed(ran: readonly Place[], confirmed: number): readonly Place[] {
  const newest = new Map<string, Place>();
  for (const place of ran) {
    const { step, start } = place;
    if (start + sizeOf(step.op) <= confirmed) continue;
    if (step.dataOf !== undefined) newest.set(step.dataOf, place);
    else if (step.raw === true) newest.set(RAW, place);
  }
  const raw = newest.get(RAW)?.step.ap;
  // If one access port was asked for both, it is the data access, whose bus may answer with an error.
  if (raw !== undefined && newest.has(placeKey(raw))) newest.delete(RAW);
  return [...newest.values()].toSorted((one, other) => one.index - other.index);
}

/**
 * The key of the newest register that does not access memory. It is open as well as the newest data access: a
 * write may be held back between them.
 */
const RAW = "raw";

interface Place {
  readonly step: Sent;
  readonly index: number;
  /** The number of operations before it. */
  readonly start: number;
}

function placesOf(sent: readonly Sent[]): readonly Place[] {
  let start = 0;
  return sent.map((step, index) => {
    const place = { step, index, start };
    start += sizeOf(step.op);
    return place;
  });
}

/** Returns the steps of which some operation was sent and is not known to have completed. */
export function inTheDark(sent: readonly Sent[], lost: LostRun): readonly Sent[] {
  return placesOf(sent)
    .filter(({ start, step }) => start < lost.sent && start + sizeOf(step.op) > lost.confirmed)
    .map(({ step }) => step);
}

/** Returns the steps after the failed one that ran in full all the same. */
export function ranAllTheSame(sent: readonly Sent[], { ranOn = [] }: Outcome): ReadonlySet<Sent> {
  const ran = placesOf(sent).filter(({ start, step }) =>
    ranOn.some(({ from, to }) => from <= start && start + sizeOf(step.op) <= to),
  );
  return new Set(ran.map(({ step }) => step));
}

export interface Range {
  readonly address: number;
  /** The size in bytes. */
  readonly size: number;
}

/**
 * TAR counts up in a window and wraps to its beginning. Every access port has 1 KiB (ADIv5.2 C2.2.4). Those of
 * Cortex-M3 and M4 have 4 KiB, the widest that is known.
 */
const WINDOW = 0x1000;

/**
 * Returns the memory that a failed block write leaves undefined, because later packets ran and TAR is not known:
 * from its first word that is not confirmed to the last that was under way (wire rule 1). If the next window's
 * TAR was among them, it may be lost. Its words then went on in the window before, even from the beginning of
 * that.
 */
export function undefinedMemory(
  sent: readonly Sent[],
  { confirmed, ranOn = [] }: Pick<Outcome, "confirmed" | "ranOn">,
): Range | undefined {
  const end = Math.max(0, greatest(ranOn.map(({ to }) => to)));
  const places = placesOf(sent);
  const isOpen = ({ step, start }: Place): boolean => start + sizeOf(step.op) > confirmed;
  const data = places.filter(
    ({ step }) => step.op.kind === "write" && step.dataOf !== undefined && step.address !== undefined,
  );
  const written = data.filter((place) => place.start < end && isOpen(place));
  const [first] = written;
  const last = written.at(-1);
  if (first?.step.address === undefined || last?.step.address === undefined) return undefined;
  const unconfirmed = first.step.address + 4 * Math.max(0, confirmed - first.start);
  const before = data.findLast(({ index }) => index < first.index);
  const lost = before !== undefined && places.slice(before.index + 1, first.index).some(isOpen);
  const lowest = lost ? (before.step.address ?? unconfirmed) + 4 * (sizeOf(before.step.op) - 1) : unconfirmed;
  const address = first === last && !lost ? unconfirmed : lowest - (lowest % WINDOW);
  const behind = last.step.address + 4 * Math.min(sizeOf(last.step.op), end - last.start);
  return { address, size: behind - address };
}

function isApRead({ op }: Step): boolean {
  return op.kind === "read" && op.register.port === "AP";
}

/** Returns how many operations the probe counts for one. */
export function sizeOf(op: WireOp): number {
  if (op.kind === "read") return op.words;
  return op.kind === "write" ? op.words.length : 1;
}
