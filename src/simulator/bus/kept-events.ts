/**
 * Keeps the newest events of a log. A stretch that repeated in the same way is kept once, with the number of
 * its repetitions.
 */
import { microseconds, picoseconds } from "../../lib/clock.ts";
import type { TargetEvent } from "./log.ts";

interface Stretch {
  readonly events: TargetEvent[];
  /** How often the events come, each time `ps` later than before. */
  readonly times: number;
  readonly ps: number;
  /** The number of events at its front that are dropped. */
  dropped: number;
}

export class KeptEvents {
  #stretches: Stretch[] = [];
  #length = 0;

  /** Returns all of them, one by one. */
  get list(): readonly TargetEvent[] {
    const [only, ...others] = this.#stretches;
    if (only === undefined) return [];
    if (others.length > 0 || only.times > 1 || only.dropped > 0) {
      const events = this.#stretches.flatMap(unfolded);
      this.#stretches = [{ events, times: 1, ps: 0, dropped: 0 }];
      return events;
    }
    return only.events;
  }

  add(event: TargetEvent, limit: number): void {
    const last = this.#stretches.at(-1);
    if (last?.times === 1) last.events.push(event);
    else this.#stretches.push({ events: [event], times: 1, ps: 0, dropped: 0 });
    this.#length += 1;
    if (this.#length > limit * 2) this.#keep(limit);
  }

  /** Repeats the newest events so many times more. */
  again(
    { newest, times, ps }: { readonly newest: number; readonly times: number; readonly ps: number },
    limit: number,
  ): void {
    const events = this.#newest(newest).map((event) => later(event, ps));
    this.#stretches.push({ events, times, ps, dropped: 0 });
    this.#length += events.length * times;
    // As many are left as if each had been added by itself.
    const most = limit * 2;
    if (this.#length > most) this.#keep(limit + ((this.#length - most - 1) % (limit + 1)));
  }

  /** Repeated events have just come, one by one. */
  #newest(count: number): readonly TargetEvent[] {
    const last = this.#stretches.at(-1);
    return last?.times === 1 ? last.events.slice(-count) : [];
  }

  #keep(count: number): void {
    let surplus = this.#length - count;
    this.#length = count;
    const left: Stretch[] = [];
    for (const stretch of this.#stretches) {
      const held = stretch.events.length * stretch.times - stretch.dropped;
      if (surplus >= held) surplus -= held;
      else {
        stretch.dropped += surplus;
        surplus = 0;
        left.push(stretch);
      }
    }
    this.#stretches = left.map(trimmed);
  }
}

/** Releases the dropped events of a stretch that comes once. */
function trimmed(stretch: Stretch): Stretch {
  const { events, times, dropped } = stretch;
  return times > 1 || dropped === 0 ? stretch : { ...stretch, events: events.slice(dropped), dropped: 0 };
}

function unfolded({ events, times, ps, dropped }: Stretch): readonly TargetEvent[] {
  const all: TargetEvent[] = [];
  for (let at = 0; at < times; at++)
    for (const event of events) all.push(at === 0 ? event : later(event, ps * at));
  return dropped === 0 ? all : all.slice(dropped);
}

function later(event: TargetEvent, ps: number): TargetEvent {
  return ps === 0 ? event : { ...event, atUs: microseconds(picoseconds(event.atUs) + ps) };
}
