/**
 * Keeps what a run reports until it may be shown. A message comes once all accesses before it are confirmed, and
 * never if one of them failed and ended the run (wire rule 17). Whatever follows a message waits with it.
 */
import type { InterpreterEvent } from "../events.ts";

interface Held {
  readonly event: InterpreterEvent;
  /** The number of the newest access before it. */
  readonly behind: number;
}

export class HeldEvents {
  readonly #show: (event: InterpreterEvent) => void;
  #held: Held[] = [];

  constructor(show: (event: InterpreterEvent) => void) {
    this.#show = show;
  }

  get any(): boolean {
    return this.#held.length > 0;
  }

  /** Adds an event. `isOpen` says that an access before it is not confirmed. */
  add(
    event: InterpreterEvent,
    { behind, isOpen }: { readonly behind: number; readonly isOpen: boolean },
  ): void {
    if (!isOpen) this.release();
    if (this.any || (isOpen && event.kind === "message")) this.#held.push({ event, behind });
    else this.#show(event);
  }

  /** Shows everything so far, for it is confirmed. */
  release(): void {
    if (!this.any) return;
    this.#letGo(() => true);
  }

  /**
   * Drops the messages behind the access with that number, which failed and ended the run. A message that gave up
   * is an end of its own.
   */
  endBehind(failed: number): void {
    this.#letGo(({ event, behind }) => event.kind !== "message" || event.level === 2 || behind < failed);
  }

  #letGo(isShown: (held: Held) => boolean): void {
    const held = this.#held;
    this.#held = [];
    for (const one of held) if (isShown(one)) this.#show(one.event);
  }
}
