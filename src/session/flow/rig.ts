/**
 * Declares what the flows need of a connected probe and target. assemble.ts puts it together; flows and steps
 * only use it.
 */
import type { HostEffects, Operator } from "../../interpreter/ports.ts";
import type { Clock } from "../../lib/clock.ts";
import type { DebugInfo } from "../debug-info.ts";
import type { TargetAccess } from "../access/debug-access.ts";
import type { Guard } from "../guard/guard.ts";
import type { Target } from "./target.ts";

export interface Rig {
  readonly clock: Clock;
  readonly target: Target;
  readonly access: TargetAccess;
  readonly operator: Operator;
  readonly guard: Guard;
  readonly host?: HostEffects;
  /** It fills while sequences load debug information. */
  readonly debugInfo?: DebugInfo;
}
