/**
 * The file in which a simulated device keeps its state, for one process at a time: beside it stands FILE.lock with the number of the
 * process that has it. A lock whose process is gone is taken over.
 */
import { constants, existsSync } from "node:fs";
import { access, readFile, readlink, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { StateFile } from "../assemble.ts";
import { SessionFailure } from "../faults.ts";
import { readSource, replaceFile, unwritable } from "./files.ts";

/** Links that lead to links, as far as file systems follow them. */
const MOST_HOPS = 40;

/** Throws `state-in-use`, `unreadable-file`, `unwritable-file`. */
export async function openStateFile(named: string): Promise<StateFile> {
  const path = await behindLinks(named);
  const lock = `${path}.lock`;
  await take(path, lock);
  const release = (): Promise<void> => rm(lock, { force: true });
  try {
    const text = existsSync(path) ? await readSource(path) : undefined;
    if (text !== undefined) await mustBeWritable(path);
    return { text, replace: (content) => replaceFile(path, content), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The file itself: by whichever link it is reached it has one lock, and a link to it stays a link. */
async function behindLinks(path: string, hops = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // It is not there yet: a link may say where it is to be.
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined && hops === MOST_HOPS) throw unwritable(path, "ELOOP");
    if (target !== undefined) return behindLinks(resolve(dirname(path), target), hops + 1);
    const folder = dirname(path);
    return join(await realpath(folder).catch(() => folder), basename(path));
  }
}

/** A file that is to stay as it is would be replaced all the same, for that is a matter of its folder. */
async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, (error as NodeJS.ErrnoException).code ?? "");
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
      if (code !== "EEXIST") throw code === "ENOENT" ? unwritable(path, code) : unwritable(lock, code);
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
