/** Finds the files below some paths for a check or a formatter. Knows folders and links; reads no file. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { append } from "../../lib/lists.ts";
import type { Decision } from "../../pack/files/decided.ts";
import { contains } from "../effects/gate.ts";
import { exchanged } from "../effects/resolve.ts";
import { unreadable } from "./input-files.ts";

/** The extensions of files that can be checked. */
export const CHECKED_KINDS = [".pdsc", ".pack", ".seq", ".dbgconf", ".yaml", ".yml"];

/** Folders that hold other people's files. */
const PASSED_OVER = /^(\..*|node_modules|dist)$/;

export interface FoundFile {
  readonly path: string;
  /** True if the caller named it; false if it was found in a folder. */
  readonly named: boolean;
  /** What was decided about a file in a folder, with its real path. */
  readonly decision?: Decision;
}

/**
 * Lists files as they are named; folders are walked in alphabetical order. A link that leads out of its folder is
 * skipped, and `note` is told.
 */
export async function filesOf(
  paths: readonly string[],
  note: (text: string) => void,
): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      found.push({ path, named: true });
      continue;
    }
    const root = await read(path, (folder) => realpath(folder));
    for (const file of await walk(path)) {
      const real = await realpath(file).catch(() => undefined);
      if (real === undefined)
        found.push({ path: file, named: false }); // Reading it says what is wrong with it.
      else if (contains(root, real, "read"))
        found.push({ path: file, named: false, decision: { real, exchanged: () => exchanged(file) } });
      else note(`${file} is passed over: it is a link that leads out of ${path}`);
    }
  }
  return found;
}

/** Reads a folder, which may disappear meanwhile. Rejects with `unreadable-file`. */
async function read<T>(folder: string, how: (folder: string) => Promise<T>): Promise<T> {
  try {
    return await how(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** True for a folder. Reading a missing file says that it is missing. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function walk(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await read(folder, (path) => readdir(path, { withFileTypes: true }));
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.test(entry.name)) append(files, await walk(path));
    } else if (CHECKED_KINDS.includes(extname(entry.name).toLowerCase())) files.push(path);
  }
  return files;
}
