/** Everything the command line touches outside itself, handed in, so that tests can be that outside. */

export interface Io {
  /** Data, and nothing else. */
  out(text: string): void;
  /** Messages for people. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person sits there: colour, questions and progress are welcome. */
  readonly terminal: boolean;
  readonly signal?: AbortSignal;
  /** Asks a question on the terminal; absent where nobody sits there. */
  ask?(question: string): Promise<string>;
}
