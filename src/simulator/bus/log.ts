/**
 * Records what really happened on the target's side, in order, for tests and reports: accesses that took
 * effect, resets, words of a model.
 */
import { KeptEvents } from "./kept-events.ts";
import type { ResetKind, Size } from "./device.ts";

export type TargetEvent =
  /** An access went through a memory AP onto a bus; a failed one is marked, and its value is 0. */
  | {
      readonly kind: "memory";
      readonly atUs: number;
      readonly ap: number;
      readonly address: number;
      readonly size: Size;
      readonly access: "read" | "write";
      readonly value: number;
      readonly failed: boolean;
    }
  /** A register of an AP itself was accessed. */
  | {
      readonly kind: "register";
      readonly atUs: number;
      readonly ap: number;
      readonly register: number;
      readonly access: "read" | "write";
      readonly value: number;
    }
  | { readonly kind: "reset"; readonly atUs: number; readonly reset: ResetKind; readonly by: string }
  | { readonly kind: "note"; readonly atUs: number; readonly text: string };

/** Keeps the newest events only, so that a long run stays small. */
export class TargetLog {
  #limit: number;
  readonly nowUs: () => number;
  #events = new KeptEvents();
  /** The number of events since the beginning, kept or not. */
  count = 0;
  /** Those of them that are not accesses. */
  others = 0;
  /** Hears every event, including those that are not kept. */
  onEvent: ((event: TargetEvent) => void) | undefined;

  constructor(nowUs: () => number, limit = 100_000) {
    this.nowUs = nowUs;
    this.#limit = limit;
  }

  get events(): readonly TargetEvent[] {
    return this.#events.list;
  }

  memory(event: Omit<Extract<TargetEvent, { kind: "memory" }>, "kind" | "atUs">): void {
    this.#add({ kind: "memory", atUs: this.nowUs(), ...event });
  }

  register(event: Omit<Extract<TargetEvent, { kind: "register" }>, "kind" | "atUs">): void {
    this.#add({ kind: "register", atUs: this.nowUs(), ...event });
  }

  reset(reset: ResetKind, by: string): void {
    this.#add({ kind: "reset", atUs: this.nowUs(), reset, by });
  }

  note(text: string): void {
    this.#add({ kind: "note", atUs: this.nowUs(), text });
  }

  clear(): void {
    this.#events = new KeptEvents();
  }

  /**
   * Events are only heard from now on. This is for a target whose log is not read, and which may be served
   * for days.
   */
  keepNone(): void {
    this.#limit = 0;
    this.clear();
  }

  /** Repeats the newest events, each time so many picoseconds later, as if each had been recorded. */
  again(newest: number, times: number, ps: number): void {
    this.count += newest * times;
    if (this.#limit > 0 && newest > 0) this.#events.again({ newest, times, ps }, this.#limit);
  }

  #add(event: TargetEvent): void {
    this.count += 1;
    if (event.kind === "reset" || event.kind === "note") this.others += 1;
    if (this.#limit > 0) this.#events.add(event, this.#limit);
    this.onEvent?.(event);
  }
}
