/** Input files as sources: what is missing, a folder, or no text is said here, once. */
import { readFile, stat } from "node:fs/promises";
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
    throw error instanceof SessionFailure ? error : unreadable(path, error);
  }
}

/** What the system says of a file or folder that cannot be read. */
export function unreadable(path: string, error: unknown): SessionFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reason = REASONS[code] ?? `it cannot be read (${code})`;
  return new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
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
