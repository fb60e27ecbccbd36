/** Asks a person at the terminal, if there is one. The only place of the library that prints. */
import { createInterface } from "node:readline/promises";
import { Failure } from "../../lib/fault.ts";

/** Those parts of a process that are a terminal. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

/**
 * Returns a function that asks; undefined if no user can be asked. The end of the run or of the input ends the
 * question.
 */
export function terminalAsk(
  terminal: Terminal = process,
  signal?: AbortSignal,
): ((question: string) => Promise<string>) | undefined {
  const { stdin, stderr } = terminal;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  return async (question) => {
    signal?.throwIfAborted();
    const reader = createInterface({ input: stdin, output: stderr, terminal: true });
    // While a line is read, the terminal sends no signal for Ctrl-C and Ctrl-\, but the key.
    reader.on("SIGINT", () => terminal.kill(terminal.pid, "SIGINT"));
    const onKey = (_: unknown, key?: { readonly sequence?: string }): void => {
      if (key?.sequence === "\u001c") terminal.kill(terminal.pid, "SIGQUIT");
    };
    stdin.on("keypress", onKey);
    let ended: ((why: unknown) => void) | undefined;
    const end = new Promise<never>((_, reject) => (ended = reject));
    const onAbort = (): void => ended?.(signal?.reason);
    reader.once("close", () => {
      ended?.(new Failure({ kind: "interrupted" }, "the input ended before the question was answered"));
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([reader.question(question), end]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      stdin.off("keypress", onKey);
      reader.close();
    }
  };
}
