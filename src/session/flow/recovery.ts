/**
 * Handles a connection that is lost while the target goes on: it is detected, made again and acknowledged
 * (wire rule 23). A reset or a low power mode may take the debug port down, with all its state. Knows how
 * long it may take; the steps are in steps.ts.
 */
import type { TargetFault } from "../../coresight/wire/faults.ts";
import { asFailure, sentences } from "../../lib/fault.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import type { Standing } from "./standing.ts";
import { meetPort, recoverySteps } from "./steps.ts";

/** The sequences of the specification wait this long for a target that was reset. */
const RECOVERY_LIMIT_US = 1_000_000;
const RECOVERY_RETRY_US = 10_000;

const CDBGPWRUPACK = 1 << 29;

/** Returns true if a failure looks as if the port were gone: no answer, or an answer without debug power. */
export function looksLost(error: unknown): boolean {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause)) {
    if (at.fault.kind === "port-lost") return true;
    if (at.fault.kind !== "target-fault") continue;
    const { ack, ctrlStat } = at.fault as TargetFault;
    if (ack === "NO_ACK") return true;
    if (ctrlStat !== undefined && (ctrlStat & CDBGPWRUPACK) === 0) return true;
  }
  return false;
}

/** A port that only lost step answers again and has kept its power. */
export async function portWasReset(standing: Standing): Promise<boolean> {
  const { target } = standing.rig;
  target.dropCaches();
  try {
    await standing.carryOut(meetPort(standing.settings.protocol));
    return !(await target.hasDebugPower());
  } catch {
    // It does not even answer; making the connection again reports that.
    return true;
  }
}

/** The port went down with the reset; the connection is made again, or the failure stays what it was. */
export async function recover(standing: Standing, lost: unknown, halt: boolean): Promise<void> {
  const why = sentences(lost).at(-1) ?? "";
  standing.warn(`the connection was lost (${why}); it is made again`);
  standing.rig.target.dropCaches();
  const steps = recoverySteps(standing.settings.protocol, halt);
  const { clock, target } = standing.rig;
  const { signal } = standing.crew;
  const endUs = clock.nowUs() + RECOVERY_LIMIT_US;
  for (;;) {
    try {
      await standing.carryOut(steps);
      break;
    } catch (error) {
      signal?.throwIfAborted();
      if (clock.nowUs() < endUs && exitCodeOf(error) === EXIT.target) {
        // A part that starts anew does not accept a connection before its boot ROM is through.
        await clock.sleep(RECOVERY_RETRY_US, signal);
        target.dropCaches();
        continue;
      }
      standing.warn(`the connection could not be made again: ${sentences(error).join("; ")}`);
      throw lost;
    }
  }
  if (halt) standing.warn("the core was caught when the debug port came back, not at its reset vector");
}
