/** Terminals that go away while the process runs. Knows descriptors only. */
import { closeSync } from "node:fs";
import { isatty } from "node:tty";

interface Exiting {
  on(event: "exit", listener: () => void): unknown;
}

/**
 * When a process ends, Node gives each terminal back as it was, and crashes where the terminal is gone, with a code of its own and a
 * core dump. A descriptor that is closed it passes over.
 */
export function letGoOfLostTerminals(process: Exiting): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}
