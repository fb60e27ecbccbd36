/**
 * Writes output files through the one writer, whole or not at all. This is the one place that says why a file
 * cannot be written.
 */
import { constants } from "node:fs";
import { access, readlink, realpath, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, parse, resolve } from "node:path";
import { SessionFailure } from "../../project/faults.ts";
import { readBytes } from "./input-files.ts";
import { createWhole, growInPlace, growWhole, replaceWhole, type GrowingFile } from "../whole-files.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  EEXIST: "the file exists already",
  EISDIR: "this is a folder",
  ENOTDIR: "a part of the path is not a folder",
  EACCES: "this user may not use it",
  ENOSPC: "no space is left on the device",
  EDQUOT: "no space is left to this user",
  EFBIG: "the file would be too large",
  EROFS: "the file system cannot be written to",
};

/** Creates a file. Rejects with `unwritable-file` if the name is taken. */
export async function createFile(path: string, content: string | Uint8Array): Promise<void> {
  await createWhole(path, content).catch((error: unknown) => {
    throw unwritable(path, codeOf(error));
  });
}

/**
 * Creates a file under the name or, if that is taken, under a similar one: `kept.hex`, `kept-2.hex`, ... Returns
 * the path.
 */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? path : join(dir, `${name}-${number}${ext}`);
    try {
      await createWhole(tried, bytes);
      return tried;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw unwritable(tried, codeOf(error));
    }
  }
}

/** Throws `unwritable-file` if the file cannot be made because its folder is missing. */
export async function mustHaveFolder(path: string): Promise<void> {
  const found = await stat(dirname(path)).catch(() => undefined);
  if (found?.isDirectory() !== true) throw unwritable(path, "ENOENT");
}

export function unwritable(path: string, code: string): SessionFailure {
  const reason = REASONS[code] ?? `it cannot be written (${code})`;
  return new SessionFailure({ kind: "unwritable-file", path, reason }, `${path}: ${reason}`);
}

/**
 * Replaces a file, whole or not at all: a reader never sees half a file, and a failure leaves the old one. A link
 * stays a link, to the new content; a device or a pipe is written to as it is. Rejects with `unwritable-file`.
 */
export async function replaceFile(named: string, content: string | Uint8Array): Promise<void> {
  try {
    const found = await stat(named).catch(() => undefined);
    if (found !== undefined) await access(named, constants.W_OK);
    if (found?.isFile() === false) await writeFile(named, content);
    else await replaceWhole(await behindLinks(named), content, found && found.mode & 0o7777);
  } catch (error) {
    if (error instanceof SessionFailure) throw error;
    throw unwritable(named, codeOf(error));
  }
}

/** Writes a file while a run goes on. With `live` it can be read meanwhile; otherwise it gets its name at the end. */
export async function growFile(named: string, { live = false } = {}): Promise<GrowingFile> {
  try {
    const found = await stat(named).catch(() => undefined);
    const isWhole = !live && found?.isFile() !== false;
    const file = isWhole ? growWhole(await behindLinks(named)) : growInPlace(named);
    return {
      write: (text) => {
        file.write(text);
      },
      close: () => {
        try {
          file.close();
        } catch (error) {
          throw unwritable(named, codeOf(error));
        }
      },
    };
  } catch (error) {
    if (error instanceof SessionFailure) throw error;
    throw unwritable(named, codeOf(error));
  }
}

/** The longest chain of links, as in file systems. */
const MOST_HOPS = 40;

/** Returns the path of the file itself, whichever link leads to it. */
export async function behindLinks(path: string, hops = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // The file does not exist yet; a link may say where it will be.
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined && hops === MOST_HOPS) throw unwritable(path, "ELOOP");
    if (target !== undefined) return behindLinks(resolve(dirname(path), target), hops + 1);
    const folder = dirname(path);
    return join(await realpath(folder).catch(() => folder), basename(path));
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

const BOM = "\uFEFF";

/** Rewrites a text file in its own encoding, with its own byte order mark. */
export async function editText(path: string, edit: (text: string) => string): Promise<void> {
  const bytes = await readBytes(path);
  let text: string;
  let latin = false;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = Buffer.from(bytes).toString("latin1");
    latin = true;
  }
  const mark = text.startsWith(BOM) ? BOM : "";
  const made = mark + edit(text.slice(mark.length));
  await replaceFile(path, latin ? Buffer.from(made, "latin1") : made);
}
