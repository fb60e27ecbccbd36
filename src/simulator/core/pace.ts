/** Decides how fast the cores run on a host that grants them only part of its time. Knows no core. */

/**
 * So many instructions run between two looks at the host's clock: a millisecond or less on most machines.
 * Each grant is good for one slice.
 */
const SLICE = 10_000;
/** Most machines do this many in a microsecond; it holds until the speed is measured. */
const FIRST_SPEED = 5;
/** Shorter runs say little of the speed. */
const MEASURED = SLICE / 4;
/** The weight of one measurement; other work on the host disturbs each. */
const WEIGHT = 0.25;

export class Pace {
  #hostUs: (() => number) | undefined;
  #endUs = Infinity;
  /** Instructions in a microsecond of the host's time. */
  #speed = FIRST_SPEED;
  /** The instructions of this grant that are sure, however slow the host is. */
  #sure = 0;

  get isGranted(): boolean {
    return this.#hostUs !== undefined;
  }

  /** Returns how many instructions a core runs at most before it asks again. */
  get slice(): number {
    return this.#hostUs === undefined ? Infinity : SLICE;
  }

  /**
   * Lets the cores take this much of the host's time until the next grant; before the first they take what
   * they need.
   */
  grant(us: number, hostUs: () => number): void {
    this.#hostUs = hostUs;
    this.#endUs = hostUs() + us;
    this.#sure = SLICE;
  }

  /**
   * Returns instructions in a microsecond of the target, so that the rest of the grant brings a core through
   * a span of its time: the core's own rate, or fewer, and 0 when nothing is left.
   */
  rate(own: number, spanUs: number): number {
    if (this.#hostUs === undefined) return own;
    const leftUs = this.#endUs - this.#hostUs();
    return Math.min(own, Math.max(leftUs * this.#speed, this.#sure, 0) / spanUs);
  }

  /** Runs some instructions, whose number `run` returns; learns how fast the host does them. */
  spend(run: () => number): void {
    const startUs = this.#hostUs?.() ?? 0;
    const ran = run();
    const tookUs = (this.#hostUs?.() ?? 0) - startUs;
    this.#sure -= Math.max(1, ran);
    if (ran >= MEASURED && tookUs > 0) this.#speed += (ran / tookUs - this.#speed) * WEIGHT;
  }
}
