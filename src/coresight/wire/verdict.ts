/**
 * After an error: reads what the target can still tell, clears what keeps it from answering, and makes the fault.
 * Knows the sticky bits of CTRL/STAT and how each protocol clears them; blame.ts finds the culprit.
 */
import { offsetIn, type ApPlace } from "../ap-place.ts";
import type { Origin } from "./access.ts";
import { sizeOf, type Suspect, type Verdict } from "./blame.ts";
import type { TargetFault } from "./faults.ts";
import type { LinkFault, Outcome, WireOp } from "./link.ts";
import { ABORT, CTRL_STAT, mask } from "../registers.ts";

export type Protocol = "swd" | "jtag";

/** Sends operations outside of the queue, counted like all others. */
export type Send = (ops: readonly WireOp[]) => Promise<Outcome>;

const STICKY = mask(CTRL_STAT, "STICKYORUN", "STICKYCMP", "STICKYERR", "WDATAERR");
const CLEAR = mask(ABORT, "STKCMPCLR", "STKERRCLR", "WDERRCLR", "ORUNERRCLR");
const DAPABORT = mask(ABORT, "DAPABORT");

const readCtrlStat: WireOp = { kind: "read", register: { port: "DP", address: 0x4 }, words: 1 };

function writeDp(address: 0x0 | 0x4 | 0x8, value: number): WireOp {
  return { kind: "write", register: { port: "DP", address }, words: Uint32Array.of(value >>> 0) };
}

/** Tells whether CTRL/STAT says that something failed. */
export function hasSticky(ctrlStat: number): boolean {
  return (ctrlStat & STICKY) !== 0;
}

export type How = "DAPABORT" | "clear sticky bits";

/**
 * On SWD, clears the sticky bits and returns CTRL/STAT as it was, if DPBANKSEL let it be read. SELECT's value is
 * then not known.
 */
export async function clearSticky(
  send: Send,
  { how, bank }: { readonly how: How; readonly bank: number | undefined },
): Promise<number | undefined> {
  // After WAIT the transaction still hangs: until DAPABORT nothing else is answered.
  if (how === "DAPABORT")
    return wordOf(await send([writeDp(0x0, CLEAR | DAPABORT), writeDp(0x8, 0), readCtrlStat]), 2);
  const clear = writeDp(0x0, CLEAR);
  if (bank === undefined || bank === 0) {
    const outcome = await send([readCtrlStat, clear]);
    if (outcome.fault !== "FAULT") return wordOf(outcome, 0);
  }
  // Another bank is selected, perhaps because the write that would have selected this one never ran: it only
  // answers FAULT until then.
  await send([clear]);
  return undefined;
}

/**
 * Does the same on JTAG. ABORT has an instruction of its own there and no clearing bits: writing 1s to the flags
 * clears them (wire rule 3). `status` reads CTRL/STAT, whatever DPBANKSEL is.
 */
export async function clearStickyByStatus(
  send: Send,
  { how, status }: { readonly how: How; readonly status: readonly WireOp[] },
): Promise<number | undefined> {
  if (how === "DAPABORT") await send([{ kind: "abort", value: DAPABORT }]);
  const ctrlStat = wordOf(await send(status), status.length - 1);
  if (ctrlStat !== undefined && hasSticky(ctrlStat)) await send([writeDp(0x4, ctrlStat | STICKY)]);
  return ctrlStat;
}

/** Reads CSW and TAR of an access port after its error was cleared: best effort, for the report only. */
export async function readEvidence(
  send: Send,
  ap: ApPlace,
): Promise<{ readonly csw?: number; readonly tar?: number }> {
  const first = offsetIn(ap, 0x00);
  const select = typeof ap === "number" ? ap << 24 : ap.address + first;
  // A port behind another one may be gone with it; above 4 GiB, SELECT1 would have to be right too.
  if (typeof ap !== "number" && (ap.parent !== undefined || ap.address > 0xffff_ffff)) return {};
  const outcome = await send([
    writeDp(0x8, select),
    { kind: "read", register: { port: "AP", address: 0x0 }, words: 1 },
    { kind: "read", register: { port: "AP", address: 0x4 }, words: 1 },
  ]);
  const csw = wordOf(outcome, 1);
  const tar = wordOf(outcome, 2);
  return outcome.fault !== undefined || csw === undefined || tar === undefined ? {} : { csw, tar };
}

function wordOf(outcome: Outcome, index: number): number | undefined {
  return outcome.values[index]?.[0];
}

/** Returns the facts without those that only the target can add. */
export function factsOf({ suspects, older }: Verdict, ack: LinkFault): TargetFault {
  const origins: readonly Origin[] = [...new Set(suspects.map(({ step }) => step.by))];
  const [first] = suspects;
  const address = first === undefined ? undefined : addressOf(first);
  return {
    kind: "target-fault",
    ack,
    certainty: origins.length > 1 ? "one-of" : "certain",
    origins,
    older,
    ...(first?.step.register === undefined ? {} : { register: first.step.register }),
    ...(first?.step.ap === undefined ? {} : { ap: first.step.ap }),
    ...(address === undefined ? {} : { address }),
  };
}

/**
 * Returns the address. In a block it is that of the newest accepted word; TAR, which does not move on an error,
 * may point at an older one.
 */
export function addressOf({ step, words }: Suspect, tar?: number): number | undefined {
  const { address, op } = step;
  if (address === undefined || sizeOf(op) === 1) return address;
  const newest = address + 4 * Math.max(0, words - 1);
  return tar !== undefined && tar >= address && tar < newest ? tar : newest;
}
