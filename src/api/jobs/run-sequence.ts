/** Runs one sequence of a device, from connecting to leaving. */
import { session as sessionGiven } from "../given.ts";
import { call, optional, options, text, yesOrNo } from "../arguments.ts";
import type { Session } from "../session.ts";

export interface RunOptions {
  /** True if a reset halts the core at its reset vector. */
  readonly halt?: boolean;
  /** Consents to a sequence that erases what the memories hold; without it, such a sequence is refused (`no-consent`). */
  readonly mayErase?: boolean;
}

const RUN = call({
  session: sessionGiven,
  name: text,
  options: options({ halt: optional(yesOrNo), mayErase: optional(yesOrNo) }),
});

/**
 * Runs a sequence by its name, as `dbgseq run`. A sequence of the connect flow runs that flow up to it, a reset
 * runs the reset flow, and any other runs between connecting and disconnecting. Takes a session that is not open,
 * and leaves it so. Throws `unknown-sequence-name`, `no-consent`, and what the probe, the flow and the sequence
 * throw.
 *
 * `await runSequence(session, "ResetSystem", { halt: true });`
 */
export async function runSequence(session: Session, name: string, wishes: RunOptions = {}): Promise<void> {
  const { halt = false, mayErase = false } = RUN({ session, name, options: wishes }).options;
  await session.withConnection(async (connection) => {
    if (mayErase) connection.rig.guard.grant("erase");
    await connection.runOnce(name, { halt });
  });
}
