/**
 * The file in which a simulated device keeps its state, for one process at a time. FILE.lock beside it holds the
 * number of the process that uses it. A lock whose process has ended is taken over.
 */
import { constants, existsSync } from "node:fs";
import { access, rename, rm, writeFile } from "node:fs/promises";
import type { Decided } from "../../pack/files/decided.ts";
import type { StateFile } from "../../session/assemble.ts";
import { SessionFailure } from "../../project/faults.ts";
import { readSource } from "./input-files.ts";
import { replaceResolved } from "../effects/files.ts";
import { behindLinks, replaceFile, unwritable } from "./output-files.ts";

/** Opens the file. Throws `state-in-use`, `unreadable-file`, `unwritable-file`. */
export async function openStateFile(named: string, decided?: Decided): Promise<StateFile> {
  const decision = decided?.(named);
  // The file has one lock, whichever link leads to it.
  const path = decision?.real ?? (await behindLinks(named));
  const lock = `${path}.lock`;
  await take(path, lock);
  const release = (): Promise<void> => rm(lock, { force: true });
  const replace = (content: string): Promise<void> =>
    decision === undefined ? replaceFile(path, content) : replaceResolved(path, Buffer.from(content));
  try {
    const text = existsSync(path) ? await readSource(path, decision && (() => decision)) : undefined;
    if (text !== undefined) await mustBeWritable(path);
    return { text, replace, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Refuses a write-protected file, which could be replaced all the same, for replacing depends on its folder. */
async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, (error as NodeJS.ErrnoException).code ?? "");
  }
}

/** Takes the lock. The file system lets only one process create a file that does not exist. */
async function take(path: string, lock: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw code === "ENOENT" ? unwritable(path, code) : unwritable(lock, code);
    }
    const owner = await ownerOf(lock);
    if (attempt > 0 || owner === "" || isAlive(Number(owner))) throw inUse(path, lock, owner);
    await putAside(lock, owner);
  }
}

/**
 * Reads the owner. Empty if the lock is just being written, for then its process lives. Also empty if the file is
 * not our lock, but `yarn.lock`, for example, which stays.
 */
async function ownerOf(lock: string): Promise<string> {
  const text = await readSource(lock).catch(() => undefined);
  return /^[1-9]\d*$/.exec(text?.text.trim() ?? "")?.[0] ?? "";
}

/**
 * Moves a lock without an owner. Two processes may find the same one, so the one that moves it checks once more
 * what it moved.
 */
async function putAside(lock: string, owner: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
    if ((await ownerOf(aside)) === owner) await rm(aside);
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
    // The process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
