/** Finds the files of a pack by the paths in its description, for any kind of storage. Opens nothing itself. */
import { nearest } from "../../lib/nearest.ts";
import { PackFailure } from "../faults.ts";
import { least } from "../../lib/lists.ts";
import type { FileHome } from "../../device/description.ts";

export interface PackFiles {
  /** The path of the archive or the folder, for messages. */
  readonly path: string;
  /**
   * True if a file that is missing here exists nowhere: an archive is a whole pack, but a description in a
   * folder may lie there alone.
   */
  readonly complete: boolean;
  /** True if `read` would find the file. */
  has(file: string): Promise<boolean>;
  /** Reads a file without regard to case and kind of separator. Throws a PackFailure that names the file. */
  read(file: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Makes `Flash\X.FLM`, `./Flash/X.FLM` and `Flash//X.FLM` one path; `..` leads nowhere. */
export function normalized(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") return undefined;
    parts.push(part);
  }
  return parts.join("/");
}

/** Finds a name among the existing ones: as written if it is there, else without regard to case. */
export class FileNames {
  readonly #exact: ReadonlySet<string>;
  readonly #folded = new Map<string, string>();

  constructor(names: Iterable<string>) {
    this.#exact = new Set(names);
    for (const name of this.#exact) {
      const folded = name.toLowerCase();
      if (!this.#folded.has(folded)) this.#folded.set(folded, name);
    }
  }

  /**
   * `base` is the folder of the description ("" for the top). Paths are relative to it and, failing that, to
   * the top.
   */
  find(file: string, base: string): string | undefined {
    const path = normalized(file);
    if (path === undefined || path === "") return undefined;
    const candidates = base === "" ? [path] : [`${base}/${path}`, path];
    return (
      candidates.find((name) => this.#exact.has(name)) ??
      candidates.map((name) => this.#folded.get(name.toLowerCase())).find((name) => name !== undefined)
    );
  }

  all(): Iterable<string> {
    return this.#exact;
  }

  /** Returns the places of the same file elsewhere, or of one with nearly the same name. */
  near(file: string): readonly string[] {
    const wanted = baseName(file).toLowerCase();
    const same = [...this.#exact].filter((name) => baseName(name).toLowerCase() === wanted);
    if (same.length > 0) return same.slice(0, 3);
    const guess = nearest(wanted, new Set([...this.#exact].map(baseName)));
    return guess === undefined ? [] : [...this.#exact].filter((name) => baseName(name) === guess).slice(0, 3);
  }
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "" : path.slice(0, end);
}

export function missingFile(path: string, file: string, near: readonly string[]): PackFailure {
  const hint = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
  return new PackFailure({ kind: "missing-file", path, file, near }, `${path} has no file ${file}${hint}`);
}

/** Returns the one description among the files of a pack: the one nearest to the top. */
export function descriptionAmong(path: string, names: Iterable<string>): string {
  const found = [...names].filter((name) => /\.pdsc$/i.test(name));
  const depth = (name: string): number => name.split("/").length;
  const shallowest = least(found.map(depth));
  const [only, ...others] = found.filter((name) => depth(name) === shallowest);
  if (only !== undefined && others.length === 0) return only;
  const what =
    only === undefined
      ? "holds no pack description (.pdsc)"
      : `holds several: ${[only, ...others].join(", ")}`;
  throw new PackFailure({ kind: "no-description", path, found }, `${path} ${what}`);
}

/** Reads a file of the device's pack, or of the other place that is given for it. */
export type ReadPackFile = (path: string, from?: FileHome) => Promise<Uint8Array>;
