/** Resets a target, from connecting to leaving: by a debug sequence, or without the sequences. */
import type { ResetKind } from "../../project/connection-bits.ts";
import { call, oneOf, optional, options, yesOrNo } from "../arguments.ts";
import { ResetType } from "../cores/reset-type.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";
import { Target } from "../target/target.ts";

/** The resets that are debug sequences, whose flow the session runs. */
const KINDS: readonly ResetKind[] = ["hardware", "system", "processor"];
/** The resets without sequences, as the API names them. */
const DIRECT: readonly ResetType[] = [
  ResetType.NSRST,
  ResetType.SYSRESETREQ,
  ResetType.VECTRESET,
  ResetType.EMULATED,
];

/**
 * A debug sequence (`hardware`, `system`, `processor`), or a reset without sequences (`nsrst`, `sysresetreq`,
 * `vectreset`, `emulated`).
 */
export type ResetJobType = ResetKind | ResetType;
export const RESET_JOB_TYPES: readonly ResetJobType[] = [...KINDS, ...DIRECT];

export interface ResetJobOptions {
  /** The type of reset. Default: the debug sequence that the device resets by. */
  readonly type?: ResetJobType | undefined;
  /** Catches the core at its reset vector, and leaves it halted. */
  readonly halt?: boolean;
}

const RESET = call({
  session: sessionGiven,
  options: options({ type: optional(oneOf(RESET_JOB_TYPES)), halt: optional(yesOrNo) }),
});

/**
 * Resets the target: connects, resets and leaves it running, unless `halt` or the option `leave` says otherwise.
 * Takes a session that is not open. Throws `no-halt` if it does not come out of reset, and what the probe and the
 * sequences throw.
 *
 * `await resetTarget(session, { type: "system", halt: true });`
 */
export async function resetTarget(session: Session, wishes: ResetJobOptions = {}): Promise<void> {
  const { type, halt = false } = RESET({ session, options: wishes }).options;
  const kind = KINDS.find((one) => one === type);
  await session.withConnection(async (connection) => {
    if (kind !== undefined || type === undefined) {
      await connection.runOnce(session.context.resetSequence(kind), { halt });
      return;
    }
    const direct = DIRECT.find((one) => one === type) ?? ResetType.DEFAULT;
    await connection.during(
      async () => {
        const target = await Target.of(connection, { scanAllAps: false, portOnly: false });
        await (halt ? target.resetAndHalt(direct) : target.reset(direct));
      },
      connection.settings.leave ?? (halt ? "halted" : "running"),
    );
  });
}
