/** Input files as sources: what is missing, a folder, or no text is said here, once. */
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { Source } from "../../lib/source.ts";
import { isUtf16, unicodeMark } from "../../lib/text-marks.ts";
import { SessionFailure } from "../faults.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a folder",
  EACCES: "this may not be used by this user",
  ENOTDIR: "a part of the path is not a folder",
};

/** More than any pack, image or description has; all of a file is held in memory. */
const MOST_BYTES = 1 << 28;

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    const reason =
      found.isFile() || found.isDirectory()
        ? found.size > MOST_BYTES
          ? `it has ${found.size} bytes, and at most ${MOST_BYTES} are read`
          : undefined
        : "this is no file, but a device or a pipe";
    if (reason !== undefined)
      throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof SessionFailure) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = REASONS[code] ?? `it cannot be read (${code})`;
    throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
  }
}

export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw unwritable(path, (error as NodeJS.ErrnoException).code ?? "");
  }
}

/** As a new file, under the name or one like it that is free: `kept.hex`, `kept-2.hex`, ... Gives the path. */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? path : join(dir, `${name}-${number}${ext}`);
    try {
      await writeFile(tried, bytes, { flag: "wx" });
      return tried;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw unwritable(tried, code);
    }
  }
}

/** Throws `unwritable-file` if the file cannot be made because its folder is missing. */
export async function mustHaveFolder(path: string): Promise<void> {
  const found = await stat(dirname(path)).catch(() => undefined);
  if (found?.isDirectory() !== true) throw unwritable(path, "ENOENT");
}

export function unwritable(path: string, code: string): SessionFailure {
  const reason =
    code === "ENOENT" ? "there is no such folder" : (REASONS[code] ?? `it cannot be written (${code})`);
  return new SessionFailure({ kind: "unwritable-file", path, reason }, `${path}: ${reason}`);
}

/** UTF-8 text; a byte order mark is dropped. Refuses what is no text, with the place of the first byte that is none. */
export async function readSource(path: string): Promise<Source> {
  const bytes = await readBytes(path);
  const mark = unicodeMark(bytes);
  if (mark !== undefined && mark.encoding !== "UTF-8") {
    const reason = isUtf16(mark.encoding);
    throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Some packs are in Latin-1: every byte is a character there, and comments are all that differs.
    text = new TextDecoder("latin1").decode(bytes.subarray(mark?.length ?? 0));
  }
  const nul = text.indexOf("\0");
  if (nul < 0) return new Source(path, text);
  const reason = "this is a binary file, text is wanted";
  throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}:1:1: ${reason}`);
}

/** Whole or not at all: a reader never sees half a file. Throws `unwritable-file`, and leaves nothing behind then. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.dbgseq-${process.pid}`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, (error as NodeJS.ErrnoException).code ?? "");
  }
}

const BOM = "\uFEFF";

/** Rewrites a text file in the encoding that it has, with the byte order mark that it has. */
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
