/** Everything the command line touches outside itself, handed in, so that tests can be that outside. */

import type { Host } from "../session/doctor/host.ts";

export interface Io {
  /** Data, and nothing else. */
  readonly out: (text: string) => void;
  /** Messages for people. */
  readonly err: (text: string) => void;
  /** Where relative paths and dbgseq.yaml are looked for. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person sits there: questions and progress are welcome. */
  readonly terminal: boolean;
  /** Messages may be coloured: they go to a terminal, and NO_COLOR is not set. */
  readonly color: boolean;
  /** The facts of the machine; the one that this process runs on where absent. */
  readonly host?: Host;
  readonly signal?: AbortSignal;
  /** Asks a question on the terminal; absent where nobody sits there. */
  readonly ask?: (question: string) => Promise<string>;
}
