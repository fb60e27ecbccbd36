/** Everything the command line touches outside itself, handed in, so that tests can be that outside. */
import type { Machine } from "../api/node/advice.ts";

interface Surroundings {
  /** Where relative paths and dbgseq.yaml are looked for. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person sits there: questions and progress are welcome. */
  readonly terminal: boolean;
  /** Messages may be coloured: they go to a terminal, and NO_COLOR is not set. */
  readonly color: boolean;
  /** The facts of the machine; the one that this process runs on where absent. */
  readonly host?: Machine;
  readonly signal?: AbortSignal;
  /** Does what only reads: there is nothing to end in order, so that a signal may end the process at once meanwhile. */
  readonly reading?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Asks a question on the terminal; absent if there is no user. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The streams as they are: what is written here is shown as it is. */
export interface Outside extends Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when all that was written is gone, or cannot go. */
  readonly written?: () => Promise<void>;
  /** Standard output is a terminal. */
  readonly screen?: boolean;
}

/** What a piece of text is, for those who see colours. */
export type Style = "error" | "warning" | "note" | "strong" | "faint";

export interface Piece {
  readonly text: string;
  readonly style?: Style;
}

/** What commands print with. Text of packs, files, probes and servers is cleaned and bounded behind it, and nowhere else. */
export interface Io extends Surroundings {
  /** Lines of data for people. */
  readonly out: (text: string | readonly Piece[]) => void;
  /** A message for people. Lines after the first are indented, so that none can pass for a message of its own. */
  readonly err: (text: string | readonly Piece[]) => void;
  /** A file's content on standard output: exact, unless a terminal shows it. */
  readonly file: (text: string) => void;
  /** A JSON document, or one of several, on a line of its own. */
  readonly json: (value: unknown) => void;
  /** The one line on a terminal that is drawn again and again; empty takes it away. */
  readonly status: (text: string) => void;
}

/** Parsers serve no signals: without this one would be heard when a large file is read. */
export function whileReading<T>({ reading }: Pick<Io, "reading">, work: () => Promise<T>): Promise<T> {
  return reading === undefined ? work() : reading(work);
}
