/** What is going to happen on the target at a later time. Actions see the time they were set for, in order. */
import { microseconds, picoseconds } from "../../lib/clock.ts";

interface Entry {
  readonly atUs: number;
  readonly action: () => void;
}

/** Who has a time of its own for a while. */
interface Own {
  readonly nowUs: () => number;
  /** Something was put down that comes before all else. */
  readonly sooner?: (atUs: number) => void;
}

export class Agenda {
  readonly #clockUs: () => number;
  /** Sorted, the next one last. */
  readonly #entries: Entry[] = [];
  #actingUs: number | undefined;
  #own: Own | undefined;
  /** Grows with each action that is put down, taken back or done. */
  changes = 0;

  constructor(clockUs: () => number) {
    this.#clockUs = clockUs;
  }

  /** The time on the target: that of the action under way, otherwise the clock's. */
  nowUs(): number {
    return this.#actingUs ?? this.#own?.nowUs() ?? this.#clockUs();
  }

  /** The work sees a time of its own, as that of a core which makes up for what has passed. */
  during<T>(own: Own, work: () => T): T {
    const outer = this.#own;
    this.#own = own;
    try {
      return work();
    } finally {
      this.#own = outer;
    }
  }

  /** When the next action is due; Infinity if there is none. */
  get nextUs(): number {
    return this.#entries.at(-1)?.atUs ?? Infinity;
  }

  /** Runs the action once, `us` from now. Returns what takes it back. */
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

  /** Runs what is due. Cheap where nothing is. */
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

/** A time that the clock can have. */
function onClock(us: number): number {
  return us === Infinity ? us : microseconds(picoseconds(us));
}
