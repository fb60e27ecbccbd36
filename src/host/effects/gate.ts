/**
 * The one place that decides whether a file's words (a sequence, a recipe, a project) may touch the user's
 * machine. Knows paths and grants; does nothing itself.
 */
import { realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { SessionFailure } from "../../project/faults.ts";
import type { Decided, Decision } from "../../pack/files/decided.ts";
import type { Effect, HostGrant } from "../../options/grants.ts";
import { exchanged, type ResolvedPath } from "./resolve.ts";

/** A grant that the user gave, and where it leads. */
export interface Grant extends HostGrant {
  /**
   * For a program: what its name led to when it was granted. The grant is for that name: another name of the same
   * file may be another program (busybox), and so may another file behind the name.
   */
  readonly behind?: string;
}

export interface GateRequest {
  /** The grants as typed. */
  readonly grants: readonly Grant[];
  /** The folder where the command runs; grants are relative to it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the gate. Throws `bad-request` for a grant of something that does not exist, and for two that would make
 * each other boundless.
 */
export async function openGate({ grants, cwd, env }: GateRequest): Promise<Gate> {
  const search = searchPathOf(env);
  const real = await Promise.all(grants.map((grant) => realGrant(grant, cwd, search)));
  for (const code of real) if (code.effect === "run" || code.effect === "model") mustStayAsItIs(code, real);
  return new Gate(real);
}

export function searchPathOf(env: GateRequest["env"]): string {
  return env["PATH"] ?? env["Path"] ?? "";
}

/** Refuses a grant to write beside granted code: it could change what the code does, and so do anything. */
function mustStayAsItIs(program: Grant, grants: readonly Grant[]): void {
  const files = [program.path, program.behind ?? program.path];
  for (const { effect, path } of grants) {
    if (effect !== "write" || !files.some((file) => contains(path, file, effect))) continue;
    const word = program.effect === "run" ? "program" : "model";
    const what =
      `the grants ${program.effect}=${program.path} and write=${path} together would allow everything, because the ${word} could be ` +
      `changed: allow writing in another folder, or a ${word} in another folder`;
    throw new SessionFailure({ kind: "bad-request", what }, what);
  }
}

export class Gate {
  readonly #grants: readonly Grant[];
  readonly #decisions: Map<string, Decision>;

  /** The grants with real paths. */
  constructor(grants: readonly Grant[], decisions = new Map<string, Decision>()) {
    this.#grants = grants;
    this.#decisions = decisions;
  }

  /** Returns what was decided about a path; a caller that opens it later compares that with the opened file. */
  readonly decided: Decided = (path) => this.#decisions.get(resolve(path));

  /** Notes that `path` leads to `real`, wherever it leads when it is opened. */
  decide(path: string, real: string): void {
    this.#decisions.set(resolve(path), { real, exchanged: () => exchanged(path) });
  }

  isDecided(path: string): boolean {
    return this.#decisions.has(resolve(path));
  }

  /** Returns a gate that also lets files below a folder be read and written. */
  with(folder: string): Gate {
    const own = (["read", "write"] as const).map((effect) => ({ effect, path: folder }));
    return new Gate([...this.#grants, ...own], this.#decisions);
  }

  /** Throws `not-allowed`, with the grant that would permit it. `why` says what it is for. */
  demand(effect: Effect, resolved: ResolvedPath, why: string): void {
    const { path, exists } = resolved;
    if (this.covers(effect, resolved)) {
      if (effect === "write") this.#spareProgram(path);
      return;
    }
    // The narrowest grant is for the path itself if it exists, and for its folder if it must be created.
    const wanted = exists || effect === "run" ? path : dirname(path);
    const allow = `${effect}=${wanted}`;
    throw new SessionFailure(
      { kind: "not-allowed", effect, path, allow },
      `${why} ${path}, which is not allowed`,
    );
  }

  covers(effect: Effect, { path, behind = path }: ResolvedPath): boolean {
    return this.#grants.some(
      (grant) =>
        grant.effect === effect &&
        contains(grant.path, path, effect) &&
        (effect !== "run" || (grant.behind ?? grant.path) === behind),
    );
  }

  /** Refuses to write the code of a granted model, and files that it may load. */
  #spareModel(path: string): void {
    for (const { effect, path: model } of this.#grants) {
      if (effect !== "model") continue;
      if (path !== model && !(isLoadable(path) && contains(dirname(model), path, "write"))) continue;
      const reason = path === model ? "its code may run" : "the code of a model may load it";
      throw new SessionFailure(
        { kind: "refused-path", path, reason },
        `${path} is refused: ${reason}, so that nothing may write it`,
      );
    }
  }

  /** Refuses to write granted programs or files beside them, for then anything could be run. */
  #spareProgram(path: string): void {
    this.#spareModel(path);
    const programs = this.#grants.filter(({ effect }) => effect === "run");
    const files = programs.flatMap((program) => [program.path, program.behind ?? program.path]);
    const granted = this.#grants.some((grant) => grant.effect === "write" && grant.path === path);
    if (!files.some((file) => file === path || (!granted && dirname(file) === dirname(path)))) return;
    const reason = files.includes(path) ? "it may be run" : "a program that may be run lies in its folder";
    throw new SessionFailure(
      { kind: "refused-path", path, reason },
      `${path} is refused: ${reason}, so that nothing may write ${files.includes(path) ? "it" : "there"}`,
    );
  }
}

/** Tells a file that the code of a model could load, or that says how it is loaded. */
function isLoadable(path: string): boolean {
  return (
    /\.(?:[cm]?[jt]s|node|wasm)$|^package\.json$|^[^.]*$/i.test(basename(path)) ||
    path.includes(`${sep}node_modules${sep}`)
  );
}

/** Tells whether a grant contains a path. A program or a model is one file; a folder is all that is below it. */
export function contains(grant: string, path: string, effect: Effect): boolean {
  if (path === grant) return true;
  return (
    effect !== "run" && effect !== "model" && path.startsWith(grant.endsWith(sep) ? grant : `${grant}${sep}`)
  );
}

/** Resolves a grant from the command line to real paths. Throws `bad-request` for a path that does not exist. */
async function realGrant({ effect, path }: Grant, cwd: string, searchPath: string): Promise<Grant> {
  const bare = effect === "run" && !/[\\/]/.test(path);
  const found = (bare ? await findProgram(path, searchPath) : undefined) ?? resolve(cwd, path);
  const real = await realpath(found).catch(() => undefined);
  if (real !== undefined && effect === "run")
    return { effect, path: join(await realpath(dirname(found)), basename(found)), behind: real };
  if (real !== undefined) return { effect, path: real };
  const what = `the grant ${effect}=${path}: ${bare ? "no such program on PATH or in the working folder" : "no such file or folder"}`;
  throw new SessionFailure({ kind: "bad-request", what }, what);
}

/** Searches for a bare name as a shell does, but not in relative folders of PATH, which could be any folder. */
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
