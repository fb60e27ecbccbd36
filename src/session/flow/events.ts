/** Everything a session reports, in order: what the interpreter, the wire and the flow did. Reports read only this. */
import type { WireEvent } from "../../coresight/wire/events.ts";
import type { InterpreterEvent } from "../../interpreter/events.ts";
import type { Act } from "./steps.ts";

export type FlowEvent = { readonly timeUs: number } & (
  | {
      readonly kind: "flow";
      readonly flow: "connect" | "reset" | "run" | "disconnect";
      readonly text: string;
    }
  /** What the flow did itself, and what it found. */
  | { readonly kind: "act"; readonly act: Act; readonly text: string }
  /** What a step of a recipe found or did. */
  | { readonly kind: "step"; readonly text: string }
  /** Said before something pulls a line or clocks one low (wire rule 20). */
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
);

export type SessionEvent = InterpreterEvent | WireEvent | FlowEvent;
