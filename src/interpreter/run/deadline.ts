/** The time that a run may take as a whole: one outermost sequence, or all sequences of a flow, which share it. */
import type { Clock } from "../../lib/clock.ts";

export class Deadline {
  readonly limitUs: number;
  readonly #clock: Clock;
  #endUs: number;

  constructor(clock: Clock, limitUs: number) {
    this.limitUs = limitUs;
    this.#clock = clock;
    this.#endUs = clock.nowUs() + limitUs;
  }

  get leftUs(): number {
    return Math.max(0, this.#endUs - this.#clock.nowUs());
  }

  get isOver(): boolean {
    return this.#clock.nowUs() >= this.#endUs;
  }

  /** Adds the time that a person took to answer, which does not count. */
  extend(us: number): void {
    this.#endUs += us;
  }
}
