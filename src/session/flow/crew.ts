/** What a flow works with, and what a connection has begun so far. Knows no step. */
import type { Deadline } from "../../interpreter/run/deadline.ts";
import type { Settings } from "../../options/resolve.ts";
import type { ResetKind } from "../../project/connection-bits.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { SessionEvent } from "./events.ts";
import type { Rig } from "./rig.ts";
import type { FlowStep, Part } from "./steps.ts";

/** What one connection has begun so far; decides what must be undone at its end. */
export class Progress {
  readonly begun = new Set<Part>();
  /** What the core did when it was met, before the flow changed anything. */
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
  /** Ends what is under way (wire rule 21). */
  readonly signal?: AbortSignal | undefined;
  /** Of the flow that is under way; a sequence outside of a flow has one of its own. */
  readonly deadline?: Deadline;
  readonly emit: (event: SessionEvent) => void;
  /** As `OpenRequest.leavesOutRepeats`. */
  readonly leavesOutRepeats: boolean;
}

/** Longest run of a sequence that only leaves what failed. */
export const CLEAN_UP_US = 1_000_000;
