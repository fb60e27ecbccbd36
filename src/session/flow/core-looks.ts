/** Looks at the core and at nRESET around a reset: what must have happened, and how long it may take. */
import type { TargetFault } from "../../coresight/wire/faults.ts";
import { asFailure, sentences } from "../../lib/fault.ts";
import { resetLineLow, resetNotSeen, SessionFailure, stillInReset } from "../../project/faults.ts";
import type { Crew } from "./crew.ts";

/** A core may take this long to halt after a reset was released or a halt was asked for. */
const HALT_LIMIT_US = 500_000;

/** A reset may last this long after the sequence that asked for it. */
const RESET_LIMIT_US = 500_000;

/** nRESET may take this long to rise, as in the specification's ResetHardware: a capacitor on it is common. */
const RISE_LIMIT_US = 1_000_000;

/**
 * A core that answers FAULT before it is reset is a reason for a reset; failures of the wire are reported as
 * usual.
 */
export async function forgetReset({ rig: { access, target, clock }, emit }: Crew): Promise<void> {
  try {
    await target.sawReset();
  } catch (error) {
    const fault = asFailure(error)?.fault as Partial<TargetFault> | undefined;
    if (fault?.kind !== "target-fault" || fault.ack !== "FAULT") throw error;
    const text = `the core did not answer before the reset: ${sentences(error).join("; ")}`;
    emit({ kind: "warning", timeUs: clock.nowUs(), text });
  }
  access.forgetResets();
}

/** Throws `still-in-reset`. */
export async function awaitOutOfReset({ rig: { target, clock }, signal }: Crew): Promise<void> {
  const endUs = clock.nowUs() + RESET_LIMIT_US;
  while (await target.sawReset()) {
    if (clock.nowUs() >= endUs) throw stillInReset(RESET_LIMIT_US);
    await clock.sleep(1000, signal);
  }
}

/** A device's own sequence may release nRESET without waiting until it is high. */
export async function awaitLineHigh({ rig: { access, target, clock }, signal }: Crew): Promise<void> {
  if (!access.pulledReset) return;
  const endUs = clock.nowUs() + RISE_LIMIT_US;
  while (!(await target.nresetIsHigh())) {
    if (clock.nowUs() >= endUs) throw resetLineLow();
    await clock.sleep(1000, signal);
  }
}

/**
 * Checks what a reset must have done: the core is out of it again and, if nRESET was pulled, it saw a reset.
 * S_RESET_ST stays set while the reset lasts and is cleared by reading, so a sequence that reads DHCSR has
 * seen it for us.
 */
export async function lookAtCore(crew: Crew): Promise<string> {
  const { access, target } = crew.rig;
  const seen = (await target.sawReset()) || access.resetSeen === true;
  await awaitOutOfReset(crew);
  if (!seen && access.pulledReset) throw await whyNotReset(crew);
  access.resetSeen = seen;
  return seen ? "the core was reset and is out of reset" : "the core is out of reset";
}

/** A probe without nRESET looks like one whose nRESET is not wired; the line's level tells them apart. */
async function whyNotReset({ rig: { target } }: Crew): Promise<SessionFailure> {
  return (await target.nresetIsHigh()) ? resetNotSeen() : resetLineLow();
}

export async function waitForHalt(crew: Crew): Promise<void> {
  const { access, clock, target } = crew.rig;
  const end = clock.nowUs() + HALT_LIMIT_US;
  let wasReset = access.resetSeen === true || !access.pulledReset;
  for (;;) {
    wasReset ||= await target.sawReset();
    const state = await target.state();
    // A core that was halted before, and was never reset, is not what was asked for.
    if (state === "halted" && wasReset) return;
    if (clock.nowUs() >= end) {
      if (!wasReset) throw await whyNotReset(crew);
      throw new SessionFailure(
        { kind: "no-halt", after: "reset", limitUs: HALT_LIMIT_US, state },
        `the core did not halt within ${HALT_LIMIT_US / 1000} ms after the reset; it is ${state}`,
      );
    }
    await clock.sleep(1000, crew.signal);
  }
}
