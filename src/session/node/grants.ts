/**
 * The one gate between sequences and the user's machine. A path is resolved, through every link, before it is compared
 * with what the user allowed; nothing else grants anything.
 */
import { realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { SessionFailure } from "../faults.ts";

export interface Grants {
  readonly run: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export const NO_GRANTS: Grants = { run: [], read: [], write: [] };

export type Effect = keyof Grants;

/** `run=X`, `read=DIR`, `write=DIR`; undefined for anything else. */
export function parseGrant(text: string): { readonly effect: Effect; readonly path: string } | undefined {
  const found = /^(run|read|write)=(.+)$/s.exec(text);
  const [, effect, path] = found ?? [];
  return effect === undefined || path === undefined ? undefined : { effect: effect as Effect, path };
}

/** The place that a path means: separators of Windows are separators, links are followed as far as there is something. */
export async function placeOf(path: string, base: string): Promise<string> {
  if (path.includes("\0")) throw refusedPath(path, "it holds a NUL");
  const text = sep === "/" ? path.replaceAll("\\", "/") : path;
  if (sep === "/" && /^[A-Za-z]:/.test(text)) throw refusedPath(path, "this machine has no drives");
  if (text.startsWith("//")) throw refusedPath(path, "it lies on another machine");
  let at = isAbsolute(text) ? resolve(text) : resolve(base, text);
  const missing: string[] = [];
  for (;;) {
    try {
      return join(await realpath(at), ...missing);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "ENOENT" && code !== "ENOTDIR") || dirname(at) === at)
        throw refusedPath(
          path,
          code === "ELOOP" ? "its links go in a circle" : `it cannot be resolved (${code})`,
        );
      missing.unshift(basename(at));
      at = dirname(at);
    }
  }
}

function refusedPath(path: string, reason: string): SessionFailure {
  return new SessionFailure(
    { kind: "not-allowed", fn: "path", allow: "" },
    `${JSON.stringify(path)} is refused: ${reason}`,
  );
}

/** The resolved place, or a refusal that names the option which would permit it. */
export async function mustAllow(
  grants: Grants,
  {
    fn,
    effect,
    path,
    base,
    cwd,
  }: {
    readonly fn: string;
    readonly effect: Effect;
    readonly path: string;
    /** What a relative path of the sequence starts from. */
    readonly base: string;
    /** What a relative path of the user starts from. */
    readonly cwd: string;
  },
): Promise<string> {
  const place = await placeOf(path, base);
  for (const granted of grants[effect]) {
    const root = await placeOf(granted, cwd);
    const covers =
      effect === "run"
        ? place === root
        : place === root || place.startsWith(`${root}${root.endsWith(sep) ? "" : sep}`);
    if (covers) return place;
  }
  const allow = `--allow ${effect}=${shellWord(effect === "run" ? place : dirname(place))}`;
  const verb = { run: "run", read: "look at", write: "write" }[effect];
  throw new SessionFailure(
    { kind: "not-allowed", fn, allow },
    `${fn} wants to ${verb} ${place}, which nobody allowed; ${allow} would`,
  );
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}
