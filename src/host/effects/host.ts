/** The user's machine for sequences: every effect is resolved, put to the gate and counted before it is done. */
import { dirname } from "node:path";
import { realpath } from "node:fs/promises";
import type { Ended, HostEffects, LoadedDebugInfo, HostProgram, Within } from "../../interpreter/ports.ts";
import { Failure, sentences } from "../../lib/fault.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { ReadPackFile } from "../../pack/files/pack-files.ts";
import { expand, type Places } from "../../project/placeholders.ts";
import { splitArguments } from "./arguments.ts";
import { runChild } from "./child.ts";
import { hostProblem, readResolved, writeResolved } from "./files.ts";
import { findProgram, Gate, openGate, searchPathOf, type GateRequest } from "./gate.ts";
import { refusal, refusedPath, resolvePath, resolveProgram, type ResolvedPath } from "./resolve.ts";

export interface HostRequest extends GateRequest {
  readonly places: Places;
  readonly readPackFile?: ReadPackFile;
  /** Takes the bytes of an executable. Says what was found, or throws if it cannot read them. */
  readonly takeDebugInfo?: (file: string, bytes: Uint8Array) => string;
}

/** The most effects in one run, more than any tool needs; a loop of small files ends here. */
const MOST_EFFECTS = 1000;
/** The most bytes that all files together take in one run. */
const MOST_WRITTEN = 64 * 1024 * 1024;
/** The most bytes of an executable with debug information. */
const MOST_DEBUG_INFO = 64 * 1024 * 1024;

/** Opens the host. Throws `bad-request` for grants that cannot be given. */
export async function openHost(request: HostRequest): Promise<HostEffects> {
  const { env, places } = request;
  const gate = await openGate(request);
  const project = await realpath(places.project).catch(() => places.project);
  return new UserMachine({ ...request, places: { ...places, project } }, gate, searchPathOf(env));
}

class UserMachine implements HostEffects {
  readonly #request: HostRequest;
  readonly #gate: Gate;
  readonly #search: string;
  #effects = 0;
  #written = 0;

  constructor(request: HostRequest, gate: Gate, search: string) {
    this.#request = request;
    this.#gate = gate;
    this.#search = search;
  }

  async exists(text: string): Promise<boolean> {
    const resolved = await this.#resolve(text);
    // A grant to write already tells whether the file exists.
    if (!this.#gate.covers("write", resolved)) this.#gate.demand("read", resolved, "it wants to look for");
    return resolved.exists;
  }

  async readFile(text: string, { most, limitUs }: Within & { readonly most: number }): Promise<Uint8Array> {
    this.#count();
    const resolved = await this.#resolve(text);
    this.#gate.demand("read", resolved, "it wants to read");
    return readResolved(resolved.path, most, { limitUs });
  }

  async writeFile(
    text: string,
    bytes: Uint8Array,
    how: Within & { readonly append: boolean },
  ): Promise<void> {
    this.#count();
    const resolved = await this.#resolve(text);
    this.#gate.demand("write", resolved, "it wants to write");
    this.#written += bytes.length;
    if (this.#written > MOST_WRITTEN)
      throw limit(
        "written",
        MOST_WRITTEN,
        `sequences may write ${MOST_WRITTEN / 1024 / 1024} MiB in one run`,
      );
    await writeResolved(resolved.path, bytes, how);
  }

  async run(
    { python, path, args, folder, limitUs }: HostProgram,
    signal: AbortSignal | undefined,
  ): Promise<Ended> {
    this.#count();
    const wanted = await (python ? this.#script(path) : this.#program(path));
    this.#gate.demand("run", wanted, "it wants to run");
    if (!wanted.exists) throw hostProblem(wanted.path, "there is no such program");
    const words = splitArguments(args).map((word) => this.#expand(word));
    const started = {
      folder: await this.#workFolder(folder, wanted),
      env: this.#request.env,
      limitUs,
      signal,
    };
    if (!python) return runChild({ file: wanted.path, args: words, ...started });
    return runChild({ file: await this.#python(), args: [wanted.path, ...words], ...started });
  }

  async loadDebugInfo(text: string): Promise<LoadedDebugInfo> {
    this.#count();
    const { takeDebugInfo } = this.#request;
    try {
      const bytes = await this.#packFile(this.#expand(text));
      return { note: takeDebugInfo?.(text, bytes) ?? "" };
    } catch (error) {
      const { kind } = error instanceof Failure ? (error as Failure).fault : { kind: "" };
      // A lack of consent is not for the sequence to judge; any other failure is the 1 that it yields.
      if (!(error instanceof Failure) || kind === "not-allowed" || kind === "refused-path") throw error;
      return { problem: sentences(error).join("; ") };
    }
  }

  /** Reads a file of the pack, which is part of what the user gave; any other is read like any other file. */
  async #packFile(text: string): Promise<Uint8Array> {
    const { places, readPackFile } = this.#request;
    const plain = text.replaceAll("\\", "/");
    const reason = refusal(plain, process.platform);
    if (reason !== undefined) throw refusedPath(text, reason);
    if (places.pack === undefined) {
      if (readPackFile !== undefined && !plain.startsWith("/") && !plain.split("/").includes(".."))
        return readPackFile(plain);
      throw refusedPath(text, "it is not in the pack");
    }
    const folder = await realpath(places.pack);
    const resolved = await resolvePath(plain, folder);
    const own = new Gate([{ effect: "read", path: folder }]);
    if (!own.covers("read", resolved)) this.#gate.demand("read", resolved, "it wants to load");
    return readResolved(resolved.path, MOST_DEBUG_INFO, { limitUs: undefined });
  }

  /**
   * Finds a program. A name without a folder is searched on PATH, as in a shell, but never in the folder where
   * the run happens to be.
   */
  async #program(text: string): Promise<ResolvedPath> {
    const path = this.#expand(text);
    if (/[\\/]/.test(path)) return this.#script(text);
    const reason = refusal(path, process.platform);
    if (reason !== undefined) throw refusedPath(path, reason);
    const found = await findProgram(path, this.#search);
    if (found === undefined) throw hostProblem(path, "there is no such program on PATH");
    return resolveProgram(found, this.#request.places.project);
  }

  #script(text: string): Promise<ResolvedPath> {
    return resolveProgram(this.#expand(text), this.#request.places.project);
  }

  /** Resolves the folder to work in. Programs look there for more than their arguments, so it must be allowed too. */
  async #workFolder(text: string, program: ResolvedPath): Promise<string> {
    const { project, pack } = this.#request.places;
    if (text === "") return project;
    const folder = await this.#resolve(text);
    const own = [program.path, program.behind ?? program.path].map((path) => dirname(path));
    const known = [project, ...own, ...(pack === undefined ? [] : [await realpath(pack)])];
    const allowed = known.includes(folder.path) || this.#gate.covers("write", folder);
    if (!allowed) this.#gate.demand("read", folder, "it wants to run a program in");
    if (!folder.exists) throw hostProblem(folder.path, "there is no such folder to run in");
    return folder.path;
  }

  async #python(): Promise<string> {
    for (const name of ["python3", "python"]) {
      const found = await findProgram(name, this.#search);
      if (found !== undefined) return found;
    }
    throw hostProblem("python3", "there is no Python on PATH");
  }

  #resolve(text: string): Promise<ResolvedPath> {
    return resolvePath(this.#expand(text), this.#request.places.project);
  }

  #expand(text: string): string {
    return expand(text, this.#request.places);
  }

  #count(): void {
    this.#effects += 1;
    if (this.#effects > MOST_EFFECTS)
      throw limit(
        "effects",
        MOST_EFFECTS,
        `sequences may touch this machine ${MOST_EFFECTS} times in one run`,
      );
  }
}

function limit(what: "written" | "effects", most: number, sentence: string): SessionFailure {
  return new SessionFailure({ kind: "host-limit", what, limit: most }, `${sentence} at most`);
}
