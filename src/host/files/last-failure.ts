/**
 * Keeps the last failure in the user's cache, for a look at all of it later. Never fails a command: what cannot be kept is
 * not kept. Knows the place and the size, not the content.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceWholeNow } from "../whole-files.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A chain of 64 callers with their places fits; a file of the user's never grows beyond it. */
const MOST_BYTES = 1 << 18;

/** Undefined if the user keeps none, or has no folder for it. */
export function lastFailureFile(env: Environment, platform: string = process.platform): string | undefined {
  if ((env["DBGSEQ_NO_HISTORY"] ?? "") !== "") return undefined;
  const cache = cacheFolder(env, platform);
  return cache === undefined ? undefined : join(cache, "dbgseq", "last-failure.json");
}

function cacheFolder(env: Environment, platform: string): string | undefined {
  const { XDG_CACHE_HOME: xdg = "", LOCALAPPDATA: local = "", HOME: home = "" } = env;
  if (xdg !== "") return xdg;
  if (platform === "win32") return local === "" ? undefined : local;
  if (home === "") return undefined;
  return platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
}

/** Returns whether it was kept. Only this user may read it, for a command line may name what others should not know. */
export function keepLastFailure(content: object, env: Environment): boolean {
  const file = lastFailureFile(env);
  if (file === undefined) return false;
  const text = `${JSON.stringify(content)}\n`;
  if (text.length > MOST_BYTES) return false;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceWholeNow(file, text, 0o600);
    return true;
  } catch {
    // A full disk or a folder of another user must not end the command, whose own failure is to be told.
    return false;
  }
}

/** Undefined if none was kept, or it cannot be read. */
export function readLastFailure(env: Environment): unknown {
  const file = lastFailureFile(env);
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, "utf8");
    return text.length > MOST_BYTES ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
