/** A port for work that repeats in the same way: the other side may know that it need not do each round. */
export interface Repeats {
  /** A round of exchanges begins here; any unfinished round is dropped. */
  begin(): void;
  /**
   * A round ends here and the next begins. Yields how often the round would come again in the same way, at
   * most `most` times; so many rounds have then passed, in time and in every count. Yields 0 if that would be
   * fewer than `least`, or if it is not known.
   */
  again(most: number, least?: number): number;
}
