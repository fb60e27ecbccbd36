/** The port for what goes the same way again and again: who knows that it would need not do it each time. */
export interface Repeats {
  /** A round of exchanges begins here, whatever was before. */
  begin(): void;
  /**
   * A round ends here and the next begins. Yields how often the round would come again in the same way, at most `most` times:
   * so many rounds have then passed, in time and in every count. None has where it would not be `least`, or that is not known.
   */
  again(most: number, least?: number): number;
}
