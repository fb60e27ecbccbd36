/** What was decided about a path before it is opened, for the code that opens it. Types alone. */

/** What was decided about a path. */
export interface Decision {
  /** Where it led to then, without links. */
  readonly real: string;
  /** The failure if what is opened lies elsewhere. */
  readonly exchanged: () => Error;
}

/** The decision about a path; undefined for one that nothing was decided about, as what the user names. */
export type Decided = (path: string) => Decision | undefined;
