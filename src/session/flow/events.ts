/**
 * Declares everything that a session reports, in order: what the interpreter, the wire and the flow did.
 * Reports read only this.
 */
import type { WireEvent } from "../../coresight/wire/events.ts";
import type { InterpreterEvent } from "../../interpreter/events.ts";
import type { Act } from "./steps.ts";

export type FlowEvent = { readonly timeUs: number } & (
  | {
      readonly kind: "flow";
      readonly flow: "connect" | "reset" | "run" | "disconnect";
      readonly text: string;
    }
  /** The flow did this itself, or found this. */
  | { readonly kind: "act"; readonly act: Act; readonly text: string }
  /** A step of a recipe found or did this. */
  | { readonly kind: "step"; readonly text: string }
  /** It comes before a line is pulled or clocked low (wire rule 20). */
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
);

export type SessionEvent = InterpreterEvent | WireEvent | FlowEvent;
