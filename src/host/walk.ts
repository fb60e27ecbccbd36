/** Which files below some paths a check or a formatter looks at. Knows folders and links; reads no file. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { append } from "../lib/lists.ts";
import type { Decision } from "../pack/decided.ts";
import { contains } from "./effects/gate.ts";
import { exchanged } from "./effects/resolve.ts";
import { unreadable } from "./files.ts";

/** What can be checked, by its extension. */
export const CHECKED_KINDS = [".pdsc", ".pack", ".seq", ".dbgconf", ".yaml", ".yml"];

/** Folders that hold other people's files. */
const PASSED_OVER = /^(\..*|node_modules|dist)$/;

export interface FoundFile {
  readonly path: string;
  /** Named by the caller, rather than found in a folder. */
  readonly named: boolean;
  /** What was found out about one in a folder: where it lies. */
  readonly decision?: Decision;
}

/** Files as they are named, folders walked in alphabetical order. A link that leads out of its folder is passed over, and `note` told. */
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
        found.push({ path: file, named: false }); // its reader says what is wrong with it
      else if (contains(root, real, "read"))
        found.push({ path: file, named: false, decision: { real, exchanged: () => exchanged(file) } });
      else note(`${file} is passed over: it is a link that leads out of ${path}`);
    }
  }
  return found;
}

/** A folder may go away while it is walked. Rejects with `unreadable-file`. */
async function read<T>(folder: string, how: (folder: string) => Promise<T>): Promise<T> {
  try {
    return await how(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What is missing is left to the reader of the file, which says so. */
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
