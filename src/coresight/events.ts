/** What the wire reports: how often it waited for the target, and why. */

export interface WireEvent {
  readonly kind: "exchange";
  readonly timeUs: number;
  /** A SyncReason of the interpreter, or the flow step that asked. */
  readonly reason: string;
  readonly operations: number;
  /** Request/response pairs with the probe. */
  readonly exchanges: number;
}
