/** Runs something again whenever a file below some paths changes, until the signal comes. */
import { watch, type FSWatcher } from "node:fs";
import type { Io } from "./io.ts";

/** Editors write a file in several steps. */
const QUIET_MS = 100;

/** `work` never overlaps itself; a change while it runs makes it run once more. */
export async function whenever(
  paths: readonly string[],
  { signal }: Pick<Io, "signal">,
  work: () => Promise<void>,
): Promise<void> {
  let changed = true;
  let wake = (): void => undefined;
  const watchers = paths.map((path): FSWatcher =>
    watch(path, { recursive: true }, () => {
      changed = true;
      wake();
    }),
  );
  const stop = (): void => {
    wake();
  };
  signal?.addEventListener("abort", stop);
  try {
    while (signal?.aborted !== true) {
      if (changed) {
        changed = false;
        await work();
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    for (const watcher of watchers) watcher.close();
  }
}
