/** Follows imports of scripts on the disk, relative to the file that has them. Knows which of them may be shown. */
import { realpath, stat } from "node:fs/promises";
import { dirname, posix, resolve } from "node:path";
import { Source } from "../lib/source.ts";
import { isShipped, placeOfShipped, shippedName } from "../project/script-names.ts";
import type { ReadImport } from "../project/scripts.ts";
import type { Decided } from "../pack/files/decided.ts";
import { readPlacedSource } from "./files/input-files.ts";
import { contains } from "./effects/gate.ts";

/**
 * Resolves an imported path. Statements of the command line import from the folder where the command runs, and a
 * script that ships imports others that do.
 */
export function importedPath(path: string, from: Source): string {
  if (isShipped(path)) return path;
  if (isShipped(from.path))
    return shippedName(posix.normalize(posix.join(posix.dirname(placeOfShipped(from.path)), path)));
  return resolve(dirname(from.path), path);
}

/**
 * Returns a reader of imports. `paths` are what the user named. A file outside of them is used, but neither its
 * lines nor its errors are shown.
 */
export async function importsAround(
  paths: readonly string[],
  cwd: string,
  decided?: Decided,
): Promise<ReadImport> {
  const roots = await rootsOf(paths, await realpath(cwd).catch(() => cwd));
  return async (path, from) => {
    const wanted = importedPath(path, from);
    const { source, real } = await readPlacedSource(wanted, decided);
    if (isShipped(wanted)) return source;
    if (real !== undefined && roots.some((root) => contains(root, real, "read"))) return source;
    return new Source(source.path, source.text, { isQuotable: false });
  };
}

/**
 * Lists folders as they are. For a file it is the folder where the command runs if the file lies below that, or
 * else the file's own folder.
 */
async function rootsOf(paths: readonly string[], cwd: string): Promise<readonly string[]> {
  const roots: string[] = [];
  for (const path of paths.filter((one) => !isShipped(one))) {
    const isRoot = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    const root = await realpath(isRoot ? path : dirname(path)).catch(() => undefined);
    if (root === undefined) continue;
    roots.push(!isRoot && contains(cwd, root, "read") ? cwd : root);
  }
  return roots;
}
