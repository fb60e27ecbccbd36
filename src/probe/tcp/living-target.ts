/** The target behind a pipe on virtual time, as seen by the code that lets the time pass. */

export interface LivingTarget {
  /** True if something on it makes use of the time that passes. */
  readonly running: boolean;
  /** Lets it do what the passed time is enough for. */
  live(): void;
  /**
   * Lets it take this much of the host's time until the next grant; it leaves out what it cannot do in that
   * time.
   */
  grant(us: number, hostUs: () => number): void;
}
