/** The one table of debug access functions. Checker, interpreter, manual and editor grammar all read it. */

export type ParameterKind = "number" | "string" | "sequence" | "format";

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
}

export interface Builtin {
  /** The specification's spelling; calls are matched without regard to case. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Arguments behind the named ones: the values of Message's format, or those of an external tool. */
  readonly rest?: "number" | "any";
  /** How many of the parameters may be left out, counted from the end. */
  readonly optional?: number;
  /**
   * `access` goes to the target (posted or asked), `flow` belongs to the interpreter (Sequence, Message, Query,
   * buffers), `host` touches the user's machine and needs permission.
   */
  readonly effect: "access" | "flow" | "host";
  /** For accesses: whether an answer comes back, so that the run may have to wait for it. */
  readonly answers?: boolean;
  /** False while no engine runs it yet: `check` says so and reaching one is a positioned error. */
  readonly available: boolean;
  /** One sentence for `dbgseq doc`. */
  readonly summary: string;
}
