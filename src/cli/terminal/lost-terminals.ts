/** Terminals that close while the process runs. Knows descriptors only. */
import { closeSync } from "node:fs";
import { isatty } from "node:tty";

interface Exiting {
  on(event: "exit", listener: () => void): unknown;
}

/**
 * Closes the descriptors of lost terminals. When a process ends, Node restores each terminal and crashes if it is
 * gone, with a code of its own and a core dump. It skips a closed descriptor.
 */
export function letGoOfLostTerminals(process: Exiting): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}
