/** Repeats work whenever a file changes. */
import { whenever } from "../../host/files/watch.ts";
import { signal, call, listOf, options as named, text, work as fn } from "../arguments.ts";

const WATCH = call({ paths: listOf(text), work: fn, options: named({ signal }) });

/**
 * Runs `work` once, and again whenever a file at or below the paths changes, until the signal comes. It never
 * overlaps itself; changes while it runs make it run once more. Rejects with what `work` rejects with, and with
 * `unreadable-file` if a path is gone.
 *
 * `await watchFiles(["sequences"], () => check(), { signal });`
 */
export async function watchFiles(
  paths: readonly string[],
  work: () => Promise<void>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  WATCH({ paths, work, options });
  return whenever(paths, options, work);
}
