/** Reads input files as sources. This is the one place that says that a file is missing, a folder, or not text. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { Failure } from "../../lib/fault.ts";
import { Source } from "../../lib/source.ts";
import type { Decided } from "../../pack/files/decided.ts";
import { withOpened } from "../../pack/files/opened.ts";
import { isUtf16, unicodeMark } from "../../lib/text-marks.ts";
import { SessionFailure } from "../../project/faults.ts";
import { placeOf } from "./shipped.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a folder",
  EACCES: "this user may not use it",
  ENOTDIR: "a part of the path is not a folder",
};

/** The most bytes of a file, more than any pack, image or description has; the whole file is held in memory. */
const MOST_BYTES = 1 << 28;

/** Reads a file. `decided` is what the gate said of paths that files name. */
export async function readBytes(path: string, decided?: Decided): Promise<Uint8Array> {
  return (await readPlaced(path, decided)).bytes;
}

interface Placed {
  /** The name that messages show. */
  readonly shown: string;
  /** The path of the file that was read, without links. */
  readonly real: string | undefined;
  readonly bytes: Uint8Array;
}

async function readPlaced(name: string, decided: Decided | undefined): Promise<Placed> {
  const { path, shown } = placeOf(name);
  try {
    // Some devices do something as soon as they are opened.
    mustBeReadable(path, await stat(path));
    return await withOpened(path, decided?.(path), async ({ handle, real }) => {
      mustBeReadable(path, await handle.stat());
      return { shown, real: await real(), bytes: await handle.readFile() };
    });
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error);
  }
}

function mustBeReadable(path: string, found: Stats): void {
  if (!found.isFile() && !found.isDirectory()) throw refused(path, "not a regular file");
  if (found.size > MOST_BYTES)
    throw refused(path, `it has ${found.size} bytes, and at most ${MOST_BYTES} are read`);
}

/** The system's answer for a file or folder that cannot be read. */
export function unreadable(path: string, error: unknown): SessionFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return refused(path, REASONS[code] ?? `it cannot be read (${code})`);
}

function refused(path: string, reason: string): SessionFailure {
  return new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}: ${reason}`);
}

/** Reads UTF-8 text without its byte order mark. Refuses anything else, with the place of the first wrong byte. */
export async function readSource(path: string, decided?: Decided): Promise<Source> {
  return (await readPlacedSource(path, decided)).source;
}

/** Reads a source together with its real path. */
export async function readPlacedSource(
  path: string,
  decided: Decided | undefined,
): Promise<{ readonly source: Source; readonly real: string | undefined }> {
  const { shown, bytes, real } = await readPlaced(path, decided);
  return { source: sourceOf(shown, bytes), real };
}

function sourceOf(path: string, bytes: Uint8Array): Source {
  const mark = unicodeMark(bytes);
  if (mark !== undefined && mark.encoding !== "UTF-8") throw refused(path, isUtf16(mark.encoding));
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Some packs are in Latin-1: every byte is a character there, and only comments differ.
    text = new TextDecoder("latin1").decode(bytes.subarray(mark?.length ?? 0));
  }
  const nul = text.indexOf("\0");
  if (nul < 0) return new Source(path, text);
  const reason = "expected text, not a binary file";
  throw new SessionFailure({ kind: "unreadable-file", path, reason }, `${path}:1:1: ${reason}`);
}
