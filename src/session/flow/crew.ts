/** Holds what a flow works with, and what a connection has begun so far. Knows no step. */
import type { Deadline } from "../../interpreter/run/deadline.ts";
import type { Settings } from "../../options/resolve.ts";
import type { ResetKind } from "../../project/connection-bits.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { SessionEvent } from "./events.ts";
import type { Rig } from "./rig.ts";
import type { FlowStep, Part } from "./steps.ts";

/** Notes what one connection has begun so far; this decides what must be undone at its end. */
export class Progress {
  readonly begun = new Set<Part>();
  /** The state of the core when it was met, before the flow changed anything. */
  foundHalted: boolean | undefined;
  leaveHalted = false;
  /** The step that failed last. */
  failedAt: FlowStep | undefined;
}

export interface Crew {
  readonly rig: Rig;
  readonly context: DeviceContext;
  readonly settings: Settings;
  readonly reset: ResetKind;
  readonly purpose: "debug" | "flash";
  /** It ends what is under way (wire rule 21). */
  readonly signal?: AbortSignal | undefined;
  /** The deadline of the flow that is under way; a sequence outside of a flow has its own. */
  readonly deadline?: Deadline;
  readonly emit: (event: SessionEvent) => void;
  /** It means the same as `OpenRequest.leavesOutRepeats`. */
  readonly leavesOutRepeats: boolean;
}

/** The longest run of a sequence that only cleans up after a failure. */
export const CLEAN_UP_US = 1_000_000;
