/** Events of the wire: how often it waited for the target and why, and the failures that are not thrown. */
import type { CoreSightFailure } from "./faults.ts";

export type WireEvent = { readonly timeUs: number } & (
  | {
      readonly kind: "exchange";
      /** A SyncReason of the interpreter, or the step of a flow that asked. */
      readonly reason: string;
      readonly operations: number;
      /** The number of request/response pairs with the probe. */
      readonly exchanges: number;
    }
  /** An access failed under `tolerate`: its error is cleared, and the run goes on. */
  | { readonly kind: "tolerated"; readonly failure: CoreSightFailure }
  /** The description corrects the target's answer (wire rule 27). */
  | { readonly kind: "patched"; readonly place: string; readonly raw: number; readonly value: number }
);
