/** Everything outside that the command line touches, passed in, so that tests can stand in for it. */
import type { Machine } from "../../api/node/advice.ts";
import type { Ticking } from "./status-line.ts";

interface Surroundings {
  /** The folder for relative paths, from which dbgseq.yaml is searched. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True if a person sits there: questions and progress are welcome. */
  readonly terminal: boolean;
  /** True if a terminal may show colours: NO_COLOR is not set. */
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
  /** True if standard error is a terminal. */
  readonly errScreen?: boolean;
  /** The columns of the terminal now; 0 or undefined if it does not tell. */
  readonly columns?: () => number | undefined;
  /** The clock that says how long something is waited for; by default that of this machine. */
  readonly time?: Ticking;
}

/** The meaning of a piece of text, for people who see colours. */
export type Style = "error" | "warning" | "note" | "strong" | "faint";

export interface Piece {
  readonly text: string;
  readonly style?: Style;
  /** True if its line is data, which a terminal shows as it is: it is copied, or points at a place. */
  readonly exact?: boolean;
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
  /** Says what is waited for, on that line, after two seconds; an empty text ends it. */
  readonly waiting: (what: string) => void;
  /** The columns of help and other text on standard output. */
  readonly textColumns: () => number;
  /** The most columns of that line. */
  readonly barColumns: () => number;
}

/** Runs a parser, during which signals are not served: otherwise they would be heard only after a large file was read. */
export async function whileReading<T>(
  { reading, waiting }: Pick<Io, "reading" | "waiting">,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  waiting(`${what} to be read`);
  try {
    return await (reading === undefined ? work() : reading(work));
  } finally {
    waiting("");
  }
}
