/**
 * Reads a pack that is unpacked in a folder, and lists folders of packs. Only this part of the search for
 * packs touches the disk.
 */
import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { Failure } from "../../lib/fault.ts";
import { PackFailure } from "../faults.ts";
import { MAX_FILE_BYTES } from "./archive.ts";
import { FileNames, missingFile, normalized, type PackFiles } from "./pack-files.ts";
import type { Decision } from "./decided.ts";
import { withOpened } from "./opened.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a folder",
  EACCES: "this file may not be read",
  ENOTDIR: "a part of the path is not a folder",
};

/** Throws the decision's failure if it opens something other than what was decided about. */
export async function readDiskFile(path: string, decision?: Decision): Promise<Uint8Array> {
  try {
    // Some devices do something as soon as they are opened.
    mustBeReadable(path, await stat(path));
    return await withOpened(path, decision, async ({ handle }) => {
      const { size } = mustBeReadable(path, await handle.stat());
      if (size <= MAX_FILE_BYTES) return handle.readFile();
      throw new PackFailure(
        { kind: "archive-limit", path, limit: MAX_FILE_BYTES, unit: "bytes" },
        `${path} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`,
      );
    });
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error);
  }
}

function mustBeReadable(path: string, found: Stats): Stats {
  if (found.isFile() || found.isDirectory()) return found;
  throw endless(path);
}

/**
 * Returns undefined if there is nothing. A device or a pipe is neither a file nor a folder, because it may
 * never end.
 */
export async function kindOf(path: string): Promise<"file" | "folder" | "other" | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : found.isFile() ? "file" : "other";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

/** Returns the names in a folder, sorted, or none if the folder is missing. */
export async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).toSorted();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): PackFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reason = REASONS[code] ?? `it cannot be read (${code})`;
  return new PackFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`, error);
}

/** The failure for a device or a pipe in place of a pack. */
export function endless(path: string): PackFailure {
  const reason = "not a regular file";
  return new PackFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
}

/**
 * Reads files of an unpacked pack. Neither a path in its description nor a link in its folder leads out of
 * the folder.
 */
export class FolderFiles implements PackFiles {
  readonly path: string;
  readonly complete = false;
  readonly #decision: Decision | undefined;

  /** `decision` is what was decided about the folder, if anything was. */
  constructor(path: string, decision?: Decision) {
    this.path = path;
    this.#decision = decision;
  }

  async has(file: string): Promise<boolean> {
    return (await this.#find(file)) !== undefined;
  }

  async read(file: string): Promise<Uint8Array> {
    const real = await this.#find(file);
    if (real === undefined) throw missingFile(this.path, file, await this.#near(file));
    const exchanged = this.#decision?.exchanged ?? ((): Error => missingFile(this.path, file, []));
    return readDiskFile(real, { real, exchanged });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Returns where the file really lies. Each part of the path may differ in case from the description. */
  async #find(file: string): Promise<string | undefined> {
    const path = normalized(file);
    if (path === undefined || path === "") return undefined;
    let at = this.path;
    for (const part of path.split("/")) {
      const found = new FileNames(await listFolder(at)).find(part, "");
      if (found === undefined) return undefined;
      at = join(at, found);
    }
    if ((await kindOf(at)) !== "file") return undefined;
    const root = this.#decision?.real ?? (await realpath(this.path));
    const real = await realpath(at);
    return real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`) ? real : undefined;
  }

  async #near(file: string): Promise<readonly string[]> {
    const folder = normalized(file)?.split("/").slice(0, -1).join("/") ?? "";
    const names = await listFolder(join(this.path, folder));
    return new FileNames(names).near(file).map((name) => (folder === "" ? name : `${folder}/${name}`));
  }
}
