/**
 * Schedules what is going to happen on the target at a later time. Actions see the time they were set for, in
 * order.
 */
import { microseconds, picoseconds } from "../../lib/clock.ts";

interface Entry {
  readonly atUs: number;
  readonly action: () => void;
}

/** A time of its own that a piece of work has for a while. */
interface Own {
  readonly nowUs: () => number;
  /** It is called when an action is added that comes before all others. */
  readonly sooner?: (atUs: number) => void;
}

export class Agenda {
  readonly #clockUs: () => number;
  /** The entries are sorted, with the next one last. */
  readonly #entries: Entry[] = [];
  #actingUs: number | undefined;
  #own: Own | undefined;
  /** The count grows with each action that is added, taken back or done. */
  changes = 0;

  constructor(clockUs: () => number) {
    this.#clockUs = clockUs;
  }

  /** Returns the time on the target: that of the action under way, otherwise the clock's. */
  nowUs(): number {
    return this.#actingUs ?? this.#own?.nowUs() ?? this.#clockUs();
  }

  /** Lets the work see a time of its own, such as that of a core which makes up for what has passed. */
  during<T>(own: Own, work: () => T): T {
    const outer = this.#own;
    this.#own = own;
    try {
      return work();
    } finally {
      this.#own = outer;
    }
  }

  /** Returns when the next action is due, or Infinity if there is none. */
  get nextUs(): number {
    return this.#entries.at(-1)?.atUs ?? Infinity;
  }

  /** Runs the action once, `us` from now. Returns a function that takes it back. */
  after(us: number, action: () => void): () => void {
    this.changes += 1;
    const entry = { atUs: onClock(this.nowUs() + us), action };
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1]?.atUs ?? Infinity) <= entry.atUs) at -= 1;
    this.#entries.splice(at, 0, entry);
    if (at === this.#entries.length - 1) this.#own?.sooner?.(entry.atUs);
    return () => {
      this.changes += 1;
      const place = this.#entries.indexOf(entry);
      if (place >= 0) this.#entries.splice(place, 1);
    };
  }

  /** Runs what is due. It is cheap if nothing is due. */
  catchUp(): void {
    if (this.#actingUs !== undefined) return;
    const nowUs = this.#own?.nowUs() ?? this.#clockUs();
    for (
      let next = this.#entries.at(-1);
      next !== undefined && next.atUs <= nowUs;
      next = this.#entries.at(-1)
    ) {
      this.#entries.pop();
      this.changes += 1;
      this.#actingUs = next.atUs;
      try {
        next.action();
      } finally {
        this.#actingUs = undefined;
      }
    }
  }
}

/** Rounds to a time that the clock can have. */
function onClock(us: number): number {
  return us === Infinity ? us : microseconds(picoseconds(us));
}
