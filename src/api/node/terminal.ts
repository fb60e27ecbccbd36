/** Asks a person at the terminal, where one sits there. The only place of the library that prints. */
import { createInterface } from "node:readline/promises";
import { harmless } from "../../lib/shown-text.ts";

/** Undefined where nobody can be asked. */
export function terminalAsk(): ((question: string) => Promise<string>) | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return async (question) => {
    const reader = createInterface({ input: stdin, output: stderr });
    try {
      return await reader.question(harmless(question));
    } finally {
      reader.close();
    }
  };
}
