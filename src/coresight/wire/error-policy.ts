/**
 * The one place that decides what is done about each error between the host and a register of the target (wire
 * rules 1 to 5 and 12). In every row, a write is never sent twice. Between sequences, a debug port that does not
 * answer is set up again before earlier work is undone.
 */
import type { LinkFault } from "./link.ts";

/** A match that was not met in its time is an answer, not an error. */
export type TargetTrouble = Exclude<LinkFault, "MISMATCH">;

export type ProbeTrouble =
  | "timeout"
  | "truncated-packet"
  | "wrong-echo"
  | "wrong-count"
  | "unasked-answer"
  | "unknown-command"
  | "unplugged"
  | "connection-closed"
  | "closed";

interface TargetPolicy {
  /**
   * What makes the debug port answer again, at once. After no ack or bad parity nothing extra is sent: the port
   * may be gone.
   */
  readonly port: "DAPABORT" | "clear sticky bits" | "nothing";
  /** True if CSW and TAR of the access port are read for the report. */
  readonly evidence: boolean;
  /** What becomes of later packets of a block transfer that were under way: only a sticky bit keeps them out. */
  readonly behind: "kept out" | "may have run";
}

export const TARGET_POLICY: Readonly<Record<TargetTrouble, TargetPolicy>> = {
  WAIT: { port: "DAPABORT", evidence: false, behind: "may have run" },
  FAULT: { port: "clear sticky bits", evidence: true, behind: "kept out" },
  NO_ACK: { port: "nothing", evidence: false, behind: "may have run" },
  // This is about data that was read: a word written with bad parity comes back as FAULT, with WDATAERR.
  PARITY: { port: "nothing", evidence: false, behind: "may have run" },
};

interface ProbePolicy {
  /** An answer that may still come must not be taken for the next one; a probe that is gone is not asked again. */
  readonly probe: "drain" | "gone";
}

const PROBE_POLICY: Readonly<Record<ProbeTrouble, ProbePolicy>> = {
  timeout: { probe: "drain" },
  "truncated-packet": { probe: "drain" },
  "wrong-echo": { probe: "drain" },
  "wrong-count": { probe: "drain" },
  "unasked-answer": { probe: "drain" },
  "unknown-command": { probe: "drain" },
  unplugged: { probe: "gone" },
  "connection-closed": { probe: "gone" },
  closed: { probe: "gone" },
};

/** Returns the policy; undefined if the failure is not one of the exchange with the probe. */
export function probePolicy(kind: string): ProbePolicy | undefined {
  return Object.hasOwn(PROBE_POLICY, kind) ? PROBE_POLICY[kind as ProbeTrouble] : undefined;
}
