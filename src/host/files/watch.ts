/** Runs something again whenever a file below some paths changes, until the signal comes. */
import { realpathSync, statSync, watch, type FSWatcher, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import { unreadable } from "./input-files.ts";

/** The pause after a change; editors write a file in several steps. */
const QUIET_MS = 100;

interface Watch {
  /** The watched folder. For a file it is the file's own folder, for editors replace the file itself. */
  readonly folder: string;
  readonly found: Stats;
  readonly watcher: FSWatcher;
  readonly path: string;
}

/**
 * Runs `work` after each change. It never overlaps itself; a change while it runs makes it run once more. Rejects
 * with `unreadable-file` if a folder is gone.
 */
export async function whenever(
  paths: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined },
  work: () => Promise<void>,
): Promise<void> {
  let changed = true;
  let lost: Error | undefined;
  let wake = (): void => undefined;
  const follow = (path: string): Watch =>
    watchOf(path, (error) => {
      changed = true;
      lost ??= error;
      wake();
    });
  const watches: Watch[] = [];
  const stop = (): void => {
    wake();
  };
  signal?.addEventListener("abort", stop);
  try {
    for (const path of paths) watches.push(follow(path));
    while (signal?.aborted !== true) {
      if (lost !== undefined) throw lost;
      if (changed) {
        changed = false;
        await work();
        // There is no event if a folder was removed, and perhaps came back.
        for (const [index, one] of watches.entries()) if (!stands(one)) watches[index] = again(one, follow);
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    for (const { watcher } of watches) watcher.close();
  }
}

function watchOf(path: string, told: (error?: Error) => void): Watch {
  const isFile = !found(path).isDirectory();
  const folder = isFile ? dirname(path) : path;
  const name = basename(path);
  try {
    const watcher = watch(folder, { recursive: !isFile }, (_, changed) => {
      if (!isFile || changed === null || changed === name) told();
    });
    watcher.on("error", (error) => {
      told(unreadable(path, error));
    });
    return { path, folder, found: found(folder), watcher };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function stands({ folder, found }: Watch): boolean {
  const now = lookedAt(folder);
  return now instanceof Error ? false : now.ino === found.ino && now.dev === found.dev;
}

function again({ path, watcher }: Watch, follow: (path: string) => Watch): Watch {
  watcher.close();
  return follow(path);
}

function found(path: string): Stats {
  const looked = lookedAt(path);
  if (looked instanceof Error) throw unreadable(path, looked);
  return looked;
}

/** Looks a path up by its whole name. A removed working folder still exists as `.`, and there is no event for it. */
function lookedAt(path: string): Stats | Error {
  try {
    return statSync(realpathSync(path));
  } catch (error) {
    return error as Error;
  }
}
