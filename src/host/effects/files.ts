/**
 * Reads and writes files for sequences, so that the opened file is the one that was decided about: no link is
 * followed any more, and the opened file is checked once again before anything is read or changed. Decides
 * nothing.
 */
import { constants } from "node:fs";
import { lstat, open, readlink, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { placeOf } from "../../pack/files/opened.ts";
import { SessionFailure } from "../../project/faults.ts";
import { replaceWhole } from "../whole-files.ts";
import { exchanged, refusedPath } from "./resolve.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "this is a folder",
  ENOTDIR: "a part of the path is not a folder",
  EACCES: "this user may not use it",
  EPERM: "this user may not use it",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
  EROFS: "this cannot be written to",
};

// Windows has neither; there only the check after opening decides.
const { O_RDONLY, O_WRONLY, O_CREAT } = constants;
const NO_LINK = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
const NO_WAIT = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;
const FOLDER = (constants as Partial<typeof constants>).O_DIRECTORY ?? 0;
const CHUNK = 64 * 1024;

export interface TimeLimit {
  readonly limitUs: number | undefined;
}

/** Reads the start of a file, at most `most` bytes. `path` is resolved. */
export async function readResolved(path: string, most: number, { limitUs }: TimeLimit): Promise<Uint8Array> {
  const late = deadline(path, limitUs);
  return opened(path, O_RDONLY | NO_LINK | NO_WAIT, path, async (handle) => {
    const parts: Uint8Array[] = [];
    for (let left = most; left > 0;) {
      late();
      const part = new Uint8Array(Math.min(CHUNK, left));
      const { bytesRead } = await handle.read(part, 0, part.length);
      if (bytesRead === 0) break;
      parts.push(part.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return new Uint8Array(Buffer.concat(parts));
  });
}

/** Creates the file if it is missing. Nothing in an existing file is lost before it is known to be the right one. */
export async function writeResolved(
  path: string,
  bytes: Uint8Array,
  { append, limitUs }: TimeLimit & { readonly append: boolean },
): Promise<void> {
  const late = deadline(path, limitUs);
  const write = async (handle: FileHandle): Promise<void> => {
    const { nlink, size } = await handle.stat();
    if (nlink !== 1)
      throw refusedPath(path, `the file has ${nlink} names (hard links), which may be anywhere`);
    if (!append) await handle.truncate(0);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      late();
      const part = bytes.subarray(at, at + CHUNK);
      for (let done = 0; done < part.length;) {
        const { bytesWritten } = await handle.write(
          part,
          done,
          part.length - done,
          (append ? size : 0) + at + done,
        );
        done += bytesWritten;
      }
    }
  };
  const flags = O_WRONLY | O_CREAT | NO_LINK | NO_WAIT;
  if (process.platform !== "linux") return opened(path, flags, path, write);
  const folder = dirname(path);
  return openedFolder(folder, (held) => opened(`${held}/${basename(path)}`, flags, path, write));
}

/** Replaces a whole file; the old one stays as it is if this fails. `path` is resolved. */
export async function replaceResolved(path: string, bytes: Uint8Array): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw hostProblem(path, "this is a folder");
  if (found !== undefined && !found.isFile()) throw refusedPath(path, "it is not a regular file");
  const replace = async (folder: string): Promise<void> => {
    await replaceWhole(join(folder, basename(path)), bytes).catch((error: unknown) => {
      throw problem(path, error);
    });
  };
  const folder = dirname(path);
  if (process.platform === "linux") return openedFolder(folder, replace);
  return replace(folder);
}

/** Works in a folder that is held open, so that it cannot be exchanged for another one on the way to its files. */
async function openedFolder<T>(folder: string, work: (held: string) => Promise<T>): Promise<T> {
  const handle = await open(folder, O_RDONLY | FOLDER | NO_LINK).catch((error: unknown) => {
    throw problem(folder, error);
  });
  try {
    const held = `/proc/self/fd/${handle.fd}`;
    if ((await readlink(held)) !== folder) throw exchanged(folder);
    return await work(held);
  } finally {
    await handle.close();
  }
}

/** Opens a file. `as` is the path to open, `path` where the file must be. */
async function opened<T>(
  as: string,
  flags: number,
  path: string,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await open(as, flags, 0o644).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") throw exchanged(path);
    // The system says this if a pipe has no reader.
    if (code === "ENXIO") throw refusedPath(path, "it is a device or a pipe, which may never end");
    throw problem(path, error);
  });
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw hostProblem(path, "this is a folder");
    if (!found.isFile()) throw refusedPath(path, "it is a device or a pipe, which may never end");
    if ((await placeOf(handle.fd, path)) !== path) throw exchanged(path);
    return await work(handle);
  } catch (error) {
    throw error instanceof SessionFailure ? error : problem(path, error);
  } finally {
    await handle.close();
  }
}

/** Returns a function that throws as soon as the time is over. */
function deadline(path: string, limitUs: number | undefined): () => void {
  const endMs = performance.now() + (limitUs ?? Infinity) / 1000;
  return () => {
    if (performance.now() <= endMs) return;
    throw new SessionFailure(
      { kind: "host-limit", what: "time", limit: limitUs ?? 0 },
      `${path}: this took longer than the timeout of ${limitUs ?? 0} us`,
    );
  };
}

function problem(path: string, error: unknown): SessionFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return hostProblem(path, REASONS[code] ?? `it cannot be used (${code})`);
}

export function hostProblem(path: string, reason: string): SessionFailure {
  return new SessionFailure({ kind: "host-problem", path, reason }, `${path}: ${reason}`);
}
