/**
 * The one writer of files: content is written beside the name, in the same folder, and gets the name when it is
 * whole. The old file stays as it is if that fails or the process ends before. Knows plain paths; links, reasons
 * and consent are left to the caller.
 */
import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { chmod, copyFile, link, rename, rm, writeFile } from "node:fs/promises";
import { constants } from "node:fs";
import { dirname, join } from "node:path";

/** Files that do not have their own name yet, and what must be done if the process ends now. */
const unfinished = new Map<string, () => void>();
let made = 0;

/** Returns a name that is not taken. The file is created under it, so that no planted link is followed. */
function besideOf(path: string, atExit: (beside: string) => void): string {
  if (made++ === 0)
    process.on("exit", () => {
      for (const end of unfinished.values()) end();
    });
  const beside = join(dirname(path), `.dbgseq-${process.pid}-${made}.tmp`);
  unfinished.set(beside, () => {
    atExit(beside);
  });
  return beside;
}

/** Replaces a file. `mode` is that of the old file, if there is one. */
export async function replaceWhole(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  await besideFirst(path, content, async (beside) => {
    if (mode !== undefined) await chmod(beside, mode);
    await rename(beside, path);
  });
}

/** Replaces a small file at once, for a command that is about to end. */
export function replaceWholeNow(path: string, content: string, mode: number): void {
  const beside = besideOf(path, discard);
  try {
    writeFileSync(beside, content, { flag: "wx", mode });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    unfinished.delete(beside);
  }
}

/** Creates a file. If the name is taken, rejects with EEXIST and changes nothing. */
export async function createWhole(path: string, content: string | Uint8Array): Promise<void> {
  await besideFirst(path, content, async (beside) => {
    try {
      await link(beside, path);
    } catch (error) {
      // This file system does not have hard links.
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
      await copyFile(beside, path, constants.COPYFILE_EXCL);
    }
    await rm(beside);
  });
}

async function besideFirst(
  path: string,
  content: string | Uint8Array,
  finish: (beside: string) => Promise<void>,
): Promise<void> {
  const beside = besideOf(path, discard);
  try {
    await writeFile(beside, content, { flag: "wx" });
    await finish(beside);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    unfinished.delete(beside);
  }
}

function discard(beside: string): void {
  rmSync(beside, { force: true });
}

/** A file that grows while a run goes on. Writing never throws: a full disk must not end the run that the file records. */
export interface GrowingFile {
  write(text: string): void;
  /** Gives the file its name. Throws what kept it from being written, once. */
  close(): void;
}

/** Starts a file that is kept however the run ends, for it records that run. Throws if it cannot be created. */
export function growWhole(path: string): GrowingFile {
  const beside = besideOf(path, () => {
    end();
  });
  const file = openBeside(beside);
  const end = (): void => {
    unfinished.delete(beside);
    closeSync(file);
    renameSync(beside, path);
  };
  return growing(file, end, () => {
    unfinished.delete(beside);
    closeSync(file);
    discard(beside);
  });
}

/** Opens a file. If that fails, the end of the process has nothing to finish. */
function openBeside(beside: string): number {
  try {
    return openSync(beside, "wx");
  } catch (error) {
    unfinished.delete(beside);
    throw error;
  }
}

/** Starts a file that has its name from the start, so that it can be read while the run goes on. */
export function growInPlace(path: string): GrowingFile {
  const file = openSync(path, "w");
  const end = (): void => {
    closeSync(file);
  };
  return growing(file, end, end);
}

function growing(file: number, end: () => void, giveUp: () => void): GrowingFile {
  let failure: Error | undefined;
  let isOpen = true;
  return {
    write(text) {
      if (failure !== undefined) return;
      try {
        for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(file, rest));
      } catch (error) {
        failure = error as Error;
      }
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      if (failure === undefined) {
        end();
        return;
      }
      giveUp();
      throw failure;
    },
  };
}
