/**
 * Opens a file to be read and then says what was opened, because a name that was looked at first may lead
 * elsewhere by then. The caller hands in its decision about the name. Decides nothing itself.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { lstat, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import type { Decision } from "./decided.ts";

// Windows has neither, so the check after opening decides alone.
const NO_LINK = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
const NO_WAIT = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;

export interface OpenedFile {
  readonly handle: FileHandle;
  /** Returns where the file lies, or undefined if that can no longer be told. */
  readonly real: () => Promise<string | undefined>;
}

/**
 * Closes the file after the work. Throws the system's error, or the decision's failure if the file lies
 * elsewhere.
 */
export async function withOpened<T>(
  path: string,
  decision: Decision | undefined,
  work: (file: OpenedFile) => Promise<T>,
): Promise<T> {
  const { at, flags } = howTo(path, decision);
  const handle = await open(at, flags).catch((error: unknown) => {
    throw whyNot(error, decision);
  });
  try {
    await mustBe(decision, handle.fd);
    return await work({ handle, real: () => placeOf(handle.fd, at) });
  } finally {
    await handle.close();
  }
}

/** Does the same for a reader that keeps the file open and closes it itself. */
export async function descriptorOf(path: string, decision: Decision | undefined): Promise<number> {
  const { at, flags } = howTo(path, decision);
  let file: number;
  try {
    file = openSync(at, flags);
  } catch (error) {
    throw whyNot(error, decision);
  }
  try {
    await mustBe(decision, file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function howTo(
  path: string,
  decision: Decision | undefined,
): { readonly at: string; readonly flags: number } {
  const flags = constants.O_RDONLY | NO_WAIT;
  return decision === undefined ? { at: path, flags } : { at: decision.real, flags: flags | NO_LINK };
}

function whyNot(error: unknown, decision: Decision | undefined): unknown {
  return (error as NodeJS.ErrnoException).code === "ELOOP" ? (decision?.exchanged() ?? error) : error;
}

async function mustBe(decision: Decision | undefined, file: number): Promise<void> {
  if (decision !== undefined && (await placeOf(file, decision.real)) !== decision.real)
    throw decision.exchanged();
}

/** Returns where an open file lies that was opened by `path`. */
export async function placeOf(file: number, path: string): Promise<string | undefined> {
  if (process.platform === "linux") return readlink(`/proc/self/fd/${file}`);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return undefined;
  const [held, there] = [fstatSync(file), await lstat(real)];
  return held.dev === there.dev && held.ino === there.ino ? real : undefined;
}
