/** The one place where it is decided whether a sequence may touch the user's machine. Knows paths and grants; does nothing itself. */
import { realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { SessionFailure } from "../../faults.ts";
import type { ResolvedPath } from "./resolve.ts";

export type Effect = "run" | "read" | "write";

/** One `--allow`: `run=PROGRAM`, `read=DIR`, `write=DIR`; a file is a grant of that file alone. */
export interface Grant {
  readonly effect: Effect;
  readonly path: string;
}

/** `run=X`, `read=DIR`, `write=DIR`; undefined for anything else. */
export function parseGrant(text: string): Grant | undefined {
  const [, effect, path = ""] = /^(run|read|write)=(.+)$/s.exec(text) ?? [];
  return effect === "run" || effect === "read" || effect === "write" ? { effect, path } : undefined;
}

export class Gate {
  readonly #grants: readonly Grant[];

  /** Grants with real paths. */
  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
  }

  /** Throws `not-allowed`, with the option that would permit it. `why` says what for. */
  demand(effect: Effect, { path, exists }: ResolvedPath, why: string): void {
    if (this.covers(effect, path)) {
      if (effect === "write") this.#spareProgram(path);
      return;
    }
    // The narrowest grant: what there is by itself; of what is to be made, the folder it will be in.
    const wanted = exists || effect === "run" ? path : dirname(path);
    const allow = `--allow ${shellWord(`${effect}=${wanted}`)}`;
    throw new SessionFailure(
      { kind: "not-allowed", effect, path, allow },
      `${why} ${path}, which nobody allowed; ${allow} would`,
    );
  }

  covers(effect: Effect, path: string): boolean {
    return this.#grants.some((grant) => grant.effect === effect && contains(grant.path, path, effect));
  }

  /** A sequence that rewrites what it may run could run anything. */
  #spareProgram(path: string): void {
    if (!this.#grants.some((grant) => grant.effect === "run" && grant.path === path)) return;
    throw new SessionFailure(
      { kind: "refused-path", path, reason: "it may be run" },
      `${path} is refused: it may be run, so no sequence may write it`,
    );
  }
}

/** A program is one file; a folder is all that is below it. */
export function contains(grant: string, path: string, effect: Effect): boolean {
  if (path === grant) return true;
  return effect !== "run" && path.startsWith(grant.endsWith(sep) ? grant : `${grant}${sep}`);
}

/** As typed on the command line, made real. Throws `bad-request` for a path that there is not. */
export async function realGrant({ effect, path }: Grant, cwd: string, searchPath: string): Promise<Grant> {
  const bare = effect === "run" && !/[\\/]/.test(path);
  const found = bare ? await findProgram(path, searchPath) : undefined;
  const real = await realpath(found ?? resolve(cwd, path)).catch(() => undefined);
  if (real !== undefined) return { effect, path: real };
  const what = `--allow ${effect}=${path}: ${bare ? "there is no such program, neither on PATH nor here" : "there is no such file or folder"}`;
  throw new SessionFailure({ kind: "bad-request", what }, what);
}

/** A bare name is looked for as a shell does; folders of PATH that are relative would be anything. */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  const endings = process.platform === "win32" && !/\.(?:exe|com)$/i.test(name) ? [".exe", ".com"] : [""];
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    for (const ending of endings) {
      const path = join(folder, `${name}${ending}`);
      const found = await stat(path).catch(() => undefined);
      const runs = process.platform === "win32" || ((found?.mode ?? 0) & 0o111) !== 0;
      if (found?.isFile() === true && runs) return path;
    }
  }
  return undefined;
}

/** As it can be pasted into a shell. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
