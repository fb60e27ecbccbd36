/** Types for what was decided about a path, for the code that opens it afterwards. */

/** A decision about a path, made before the path is opened. */
export interface Decision {
  /** The path, without links, to which it led when the decision was made. */
  readonly real: string;
  /** Makes the failure for a path that leads elsewhere when it is opened. */
  readonly exchanged: () => Error;
}

/** Returns the decision about a path, or undefined if there was none, as for a path that the user names. */
export type Decided = (path: string) => Decision | undefined;
