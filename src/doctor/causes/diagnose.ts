/** From what was seen to the cause: the first rule that finds one, in the order in which layers carry each other. */
import { heldInReset, lockup, noAccessPort, noCore, otherCore, otherMaker } from "./core.ts";
import { flashBusy, resetMeanwhile, writeProtected, wrongAlgorithm } from "./flash.ts";
import { closedAgain, closedPort, lockedPart, readProtected, securedSam } from "./lock.ts";
import { badAddress, secureDenied } from "./memory.ts";
import { asleep, noPower, silent, unselected, wrongClock } from "./port.ts";
import { lineLow, notWired } from "./reset.ts";
import type { Cause, Diagnosis, Seen } from "./seen.ts";

/** Lines and port before access ports, these before the core, the core before memory and flash. */
const CAUSES: readonly Cause[] = [
  notWired,
  lineLow,
  silent,
  wrongClock,
  asleep,
  unselected,
  noPower,
  otherCore,
  closedAgain,
  lockedPart,
  securedSam,
  readProtected,
  closedPort,
  noAccessPort,
  heldInReset,
  resetMeanwhile,
  writeProtected,
  flashBusy,
  wrongAlgorithm,
  lockup,
  otherMaker,
  noCore,
  secureDenied,
  badAddress,
];

/** Undefined if nothing that was seen explains the failure. */
export function diagnose(seen: Seen): Diagnosis | undefined {
  for (const cause of CAUSES) {
    const found = cause(seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
