/** Everything outside that the command line touches, passed in, so that tests can stand in for it. */
import type { Machine } from "../../api/node/advice.ts";

interface Surroundings {
  /** The folder for relative paths, from which dbgseq.yaml is searched. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True if a person sits there: questions and progress are welcome. */
  readonly terminal: boolean;
  /** True if messages may be coloured: they go to a terminal, and NO_COLOR is not set. */
  readonly color: boolean;
  /** The facts of the machine; by default of the one that this process runs on. */
  readonly host?: Machine;
  readonly signal?: AbortSignal;
  /** Does work that only reads. It needs no orderly end, so a signal may end the process at once. */
  readonly reading?: <T>(work: () => Promise<T>) => Promise<T>;
  /** The command line as it was given, for commands that are suggested. */
  readonly argv?: readonly string[];
  /** Asks a question on the terminal; absent if there is no user. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The raw streams: text is shown exactly as it is written. */
export interface Outside extends Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when all that was written is gone, or cannot go. */
  readonly written?: () => Promise<void>;
  /** True if standard output is a terminal. */
  readonly screen?: boolean;
}

/** The meaning of a piece of text, for people who see colours. */
export type Style = "error" | "warning" | "note" | "strong" | "faint";

export interface Piece {
  readonly text: string;
  readonly style?: Style;
}

/** Prints for commands. Text of packs, files, probes and servers is cleaned and bounded behind it, and only there. */
export interface Io extends Surroundings {
  /** Prints lines of data for people. */
  readonly out: (text: string | readonly Piece[]) => void;
  /** Prints a message for people. Lines after the first are indented, so that none looks like a message of its own. */
  readonly err: (text: string | readonly Piece[]) => void;
  /** Prints a file's content on standard output: exactly, unless a terminal shows it. */
  readonly file: (text: string) => void;
  /** Prints a JSON document, or one of several, on a line of its own. */
  readonly json: (value: unknown) => void;
  /** Draws the one line on a terminal that changes; an empty text removes it. */
  readonly status: (text: string) => void;
}

/** Runs a parser, during which signals are not served: otherwise they would be heard only after a large file was read. */
export function whileReading<T>({ reading }: Pick<Io, "reading">, work: () => Promise<T>): Promise<T> {
  return reading === undefined ? work() : reading(work);
}
