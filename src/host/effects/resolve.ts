/**
 * Finds out what a path of a sequence really names: separators of either kind, `..` and links followed one by
 * one, as the system would. Decides nothing, but refuses spellings that mean something else on another system.
 */
import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, parse, sep } from "node:path";
import { SessionFailure } from "../../project/faults.ts";
import { append } from "../../lib/lists.ts";

export interface ResolvedPath {
  /** The absolute path, without links up to its last part that exists. */
  readonly path: string;
  readonly exists: boolean;
  /** For a program: `path` is its name, and this is what the name leads to. */
  readonly behind?: string;
}

/** The most links that are followed, as on Linux. */
const MOST_LINKS = 40;
/** PATH_MAX of Linux. */
const MOST_SIGNS = 4096;
/** The separator in a link's target, which may hold backslashes, too. */
const SEPARATOR = sep === "\\" ? /[\\/]/ : "/";
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i;

/** Resolves a path. `base` is a real path. Throws `refused-path` for a text that cannot name a file of this host. */
export async function resolvePath(
  text: string,
  base: string,
  platform: string = process.platform,
): Promise<ResolvedPath> {
  return resolveNative(text.replaceAll("\\", "/"), base, platform);
}

/**
 * Resolves a path in this system's own spelling, in which a backslash may be a character like any other, for a
 * file that is opened by just this text.
 */
export async function resolveNative(
  path: string,
  base: string,
  platform: string = process.platform,
): Promise<ResolvedPath> {
  const reason = refusal(path, platform);
  if (reason !== undefined) throw refusedPath(path, reason);
  return walk(isAbsolute(path) ? path : `${base}/${path}`, path);
}

/** Resolves a program by its name, which may be a link: what the program does can depend on the name (busybox). */
export async function resolveProgram(text: string, base: string): Promise<ResolvedPath> {
  const behind = await resolvePath(text, base);
  const name = basename(text.replaceAll("\\", "/"));
  if (!behind.exists || name === "." || name === "..") return behind;
  const folder = await resolvePath(dirname(text.replaceAll("\\", "/")), base);
  return { path: join(folder.path, name), exists: true, behind: behind.path };
}

/** Says why a path cannot be used; tested for both kinds of system on either. */
export function refusal(plain: string, platform: string): string | undefined {
  if (plain === "") return "it is empty";
  if (plain.includes("\0")) return "it contains a NUL character";
  if (plain.length > MOST_SIGNS) return `it is longer than ${MOST_SIGNS} characters`;
  if (plain.startsWith("//")) return "it names another computer or a device (UNC)";
  const drive = /^[A-Za-z]:/.exec(plain);
  if (platform !== "win32") return drive === null ? undefined : "it names a drive, and this host has none";
  if (drive !== null && plain[2] !== "/") return "it is relative to a drive's own folder";
  const parts = (drive === null ? plain : plain.slice(3)).split("/");
  if (parts.some((part) => part.includes(":"))) return "it names a stream of a file";
  if (parts.some((part) => RESERVED.test(part))) return "it names a device";
  if (parts.some((part) => /[. ]$/.test(part) && part !== "." && part !== ".."))
    return "a part of it ends with a dot or a space";
  return undefined;
}

async function walk(absolute: string, text: string): Promise<ResolvedPath> {
  const { root } = parse(absolute);
  let at = root;
  let exists = true;
  let links = 0;
  const ahead = absolute.slice(root.length).split(SEPARATOR).reverse();
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      at = dirname(at);
      exists = true;
      continue;
    }
    const next = join(at, part);
    const kind: Kind = exists ? await kindOf(next) : "nothing";
    if (kind !== "link") {
      at = next;
      exists = kind === "there";
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw refusedPath(text, `more than ${MOST_LINKS} links stand in its way`);
    const target = await readlink(next);
    if (isAbsolute(target)) at = parse(target).root;
    append(
      ahead,
      target
        .slice(isAbsolute(target) ? parse(target).root.length : 0)
        .split(SEPARATOR)
        .reverse(),
    );
  }
  // The system's own spelling counts if it accepts several.
  return exists ? { path: await realpath(at).catch(() => at), exists } : { path: at, exists };
}

type Kind = "there" | "link" | "nothing";

async function kindOf(path: string): Promise<Kind> {
  try {
    return (await lstat(path)).isSymbolicLink() ? "link" : "there";
  } catch {
    // A path that cannot be examined cannot be opened either, and opening it says why.
    return "nothing";
  }
}

export function refusedPath(path: string, reason: string): SessionFailure {
  return new SessionFailure(
    { kind: "refused-path", path, reason },
    `${JSON.stringify(path)} is refused: ${reason}; no grant changes that`,
  );
}

export function exchanged(path: string): SessionFailure {
  return refusedPath(path, "it was exchanged for something else while it was being opened");
}
