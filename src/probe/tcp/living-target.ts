/** What stands behind a pipe whose time is virtual, as far as those know it who let that time pass. */

export interface LivingTarget {
  /** Something on it makes use of the time that passes. */
  readonly running: boolean;
  /** Lets it do what the time that has passed is enough for. */
  live(): void;
  /** It may take this much of the host's time until the next grant, and leaves out what it cannot do in that time. */
  grant(us: number, hostUs: () => number): void;
}
