/**
 * Runs one piece of work at a time, in the order of asking; a failed one does not keep the next from its
 * turn.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** A caller that takes a turn inside its own turn waits for ever. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
