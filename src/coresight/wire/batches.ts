/**
 * JTAG answers "OK or FAULT" with one code, so CTRL/STAT is read after each access, in the same packet. The steps
 * between two of these reads are a batch, and an error belongs to one (wire rule 3). Pure.
 */
import { sizeOf, type Sent, type Suspect, type Verdict } from "./blame.ts";
import type { Outcome } from "./link.ts";
import { hasSticky } from "./verdict.ts";

/**
 * Returns the index of the first check that shows an error; the target dropped everything after it, or it cannot
 * be believed.
 */
export function stickyAt(sent: readonly Sent[], outcome: Outcome): number | undefined {
  const at = sent.findIndex(
    (step, index) => step.check === true && hasSticky(outcome.values[index]?.[0] ?? 0),
  );
  return at < 0 ? undefined : at;
}

/** Returns the index after the last check that shows no error. */
function cleanUpTo(sent: readonly Sent[], { values }: Outcome): number {
  const isClean = (step: Sent, index: number): boolean =>
    step.check === true && values[index]?.[0] !== undefined && !hasSticky(values[index][0]);
  return sent.findLastIndex(isClean) + 1;
}

/** Finds the batch to blame. `ctrlStat` is its value when the error was met, if it could be read. */
export function blameBatch(sent: readonly Sent[], outcome: Outcome, ctrlStat: number | undefined): Verdict {
  if (outcome.fault === "FAULT") {
    const end = stickyAt(sent, outcome) ?? sent.length - 1;
    const from = cleanUpTo(sent.slice(0, end), outcome);
    const batch = sent.slice(from, end + 1);
    const data = batch.filter(({ dataOf, raw }) => dataOf !== undefined || raw === true);
    return verdictOn(data.length > 0 ? data : batch.filter(({ check }) => check !== true), end + 1);
  }
  const stopped = stoppedAt(sent, outcome.done);
  const met = sent[stopped] ?? sent.at(-1);
  if (met === undefined) return verdictOn([], 0);
  const isOpen = ({ dataOf, raw }: Sent): boolean => dataOf !== undefined || raw === true;
  // The port accepted the read of CTRL/STAT, so it was done with the access before; the silence belongs to what
  // came then.
  const accepted = sent.slice(0, stopped).findLastIndex(({ check }) => check === true) + 1;
  if (outcome.fault !== "WAIT")
    return verdictOn([...sent.slice(accepted, stopped).filter(isOpen), met], stopped);
  const open = sent.slice(cleanUpTo(sent, outcome), stopped).filter(isOpen);
  // One access failed and another one hung: either is worth reporting, and it is not known which is meant.
  if (ctrlStat !== undefined && hasSticky(ctrlStat)) return verdictOn([...open, met], stopped);
  // An access port can only be busy with the access right before; any other was done when the next one was
  // accepted.
  const busy = sent[stopped - 1];
  return verdictOn([busy !== undefined && open.includes(busy) ? busy : met], stopped);
}

function stoppedAt(sent: readonly Sent[], done: number): number {
  let start = 0;
  const at = sent.findIndex(({ op }) => (start += sizeOf(op)) > done);
  return at < 0 ? sent.length : at;
}

function verdictOn(steps: readonly Sent[], next: number): Verdict {
  return { suspects: steps.map((step): Suspect => ({ step, words: sizeOf(step.op) })), older: false, next };
}

/**
 * After an error the target drops accesses to its access ports, TAR included, so TAR still shows where the error
 * was: suspects elsewhere are dropped. That holds for one access port alone, for each has its own TAR.
 */
export function narrowed(verdict: Verdict, tar: number | undefined): Verdict {
  const { suspects } = verdict;
  const [first] = suspects;
  if (tar === undefined || first === undefined) return verdict;
  if (suspects.some(({ step }) => step.dataOf === undefined || step.dataOf !== first.step.dataOf))
    return verdict;
  const there = suspects.filter(
    ({ step: { address, op } }) => address !== undefined && tar >= address && tar < address + 4 * sizeOf(op),
  );
  return there.length === 0 ? verdict : { ...verdict, suspects: there };
}
