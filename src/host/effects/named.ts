/**
 * Paths that a file names: a recipe, a dbgseq.yaml, a cbuild-run.yml. What lies in its folder is its own;
 * anything else, by `..`, by a link or by its full path, needs a grant of the user. The gate decides and
 * remembers; nothing is opened.
 */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../lib/fault.ts";
import type { Gate } from "./gate.ts";
import { resolveNative } from "./resolve.ts";

export class NamedPaths {
  readonly #file: string;
  readonly #gate: Gate;

  private constructor(file: string, gate: Gate) {
    this.#file = file;
    this.#gate = gate;
  }

  /** `file` is the name for messages; `folders` are more folders that belong to what it is about. */
  static async of(file: string, gate: Gate, folders: readonly string[] = []): Promise<NamedPaths> {
    let whole = gate;
    for (const folder of [dirname(file), ...folders])
      whole = whole.with(await realpath(folder).catch(() => folder));
    return new NamedPaths(file, whole);
  }

  /** Throws `not-allowed` or `refused-path`. */
  async mayRead(path: string): Promise<void> {
    const resolved = await resolveNative(path, process.cwd());
    this.#gate.demand("read", resolved, `${this.#file} wants to read`);
    this.#gate.decide(path, resolved.path);
    // The files of a pack lie beside its description.
    const folder = dirname(path);
    if (!this.#gate.isDecided(folder))
      this.#gate.decide(folder, (await resolveNative(folder, process.cwd())).path);
  }

  /** Returns the real path of the file to write. Throws as `mayRead`. */
  async mayWrite(path: string): Promise<string> {
    const resolved = await resolveNative(path, process.cwd());
    this.#gate.demand("write", resolved, `${this.#file} wants to write`);
    this.#gate.decide(path, resolved.path);
    return resolved.path;
  }

  /** Returns the paths that may not be read, each with its failure, for files that may never be read. */
  async refusals(paths: readonly string[]): Promise<ReadonlyMap<string, Failure>> {
    const found = new Map<string, Failure>();
    for (const path of paths)
      await this.mayRead(path).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        found.set(path, error as Failure);
      });
    return found;
  }
}
