/**
 * The file in which a simulated device keeps its state, for one process at a time: beside it stands FILE.lock with the number of the
 * process that has it. A lock whose process is gone is taken over.
 */
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { StateFile } from "../assemble.ts";
import { SessionFailure } from "../faults.ts";
import { readSource, replaceFile } from "./files.ts";

/** Throws `state-in-use`, `unreadable-file`, `unwritable-file`. */
export async function openStateFile(path: string): Promise<StateFile> {
  const lock = `${path}.lock`;
  await take(path, lock);
  const release = (): Promise<void> => rm(lock, { force: true });
  try {
    const text = existsSync(path) ? await readSource(path) : undefined;
    return { text, replace: (content) => replaceFile(path, content), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The file system lets one process alone make a file that is not there. */
async function take(path: string, lock: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") {
        const reason = code === "ENOENT" ? "there is no such folder" : `${lock} cannot be written (${code})`;
        throw new SessionFailure({ kind: "unwritable-file", path, reason }, `${path}: ${reason}`);
      }
    }
    const owner = (await readFile(lock, "utf8").catch(() => "")).trim();
    // A lock that is just being written is empty: its process lives.
    if (attempt > 0 || owner === "" || isAlive(Number(owner))) throw inUse(path, lock, owner);
    await putAside(lock, owner);
  }
}

/** Two processes may find the same lock without an owner: one of them moves it, and what it moved is looked at once more. */
async function putAside(lock: string, owner: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, "utf8")).trim() === owner) await rm(aside);
    else await rename(aside, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function inUse(path: string, lock: string, owner: string): SessionFailure {
  const by = owner === "" ? "another process" : `process ${owner}`;
  return new SessionFailure(
    { kind: "state-in-use", path, by },
    `${path}: the state of this simulated device is in use by ${by} (${lock})`,
  );
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
