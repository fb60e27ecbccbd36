/** Imports of scripts, followed on the disk, relative to the file that has them. Knows what of them may be shown. */
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Source } from "../lib/source.ts";
import type { ReadImport } from "../project/scripts.ts";
import type { Decided } from "../pack/decided.ts";
import { readPlacedSource } from "./files.ts";
import { contains } from "./effects/gate.ts";

/** Statements of the command line import from where the command runs. */
export function importedPath(path: string, from: Source): string {
  return resolve(dirname(from.path), path);
}

/** `paths` are what the user named. What lies outside of it is used, and neither its lines nor its errors are shown. */
export async function importsAround(
  paths: readonly string[],
  cwd: string,
  decided?: Decided,
): Promise<ReadImport> {
  const roots = await rootsOf(paths, await realpath(cwd).catch(() => cwd));
  return async (path, from) => {
    const { source, real } = await readPlacedSource(importedPath(path, from), decided);
    if (real !== undefined && roots.some((root) => contains(root, real, "read"))) return source;
    return new Source(source.path, source.text, { isQuotable: false });
  };
}

/** Folders as they are; for a file its own and, if that lies there, the one where the command runs. */
async function rootsOf(paths: readonly string[], cwd: string): Promise<readonly string[]> {
  const roots: string[] = [];
  for (const path of paths) {
    const isRoot = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    const root = await realpath(isRoot ? path : dirname(path)).catch(() => undefined);
    if (root === undefined) continue;
    roots.push(!isRoot && contains(cwd, root, "read") ? cwd : root);
  }
  return roots;
}
