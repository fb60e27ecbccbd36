/**
 * Walks through files that import one another: each counts once, and circles and too many imports are
 * refused.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Import } from "../language/tree.ts";
import type { Source } from "../lib/source.ts";
import { malformedInput } from "./faults.ts";

/** One script may lead to this many imports; each of them reads a file. */
const MOST_IMPORTS = 1000;
/** A longer circle of files is shown by its ends. */
const MOST_SHOWN = 20;

export class ImportWalk {
  readonly #read = new Set<string>();
  /** The files that are being read, each because the one before it imports it. */
  readonly #chain = new Set<string>();
  #imports = 0;

  hasRead(path: string): boolean {
    return this.#read.has(path);
  }

  /** Reads a file, and meanwhile what it imports. */
  async through<T>(path: string, work: () => Promise<T>): Promise<T> {
    this.#read.add(path);
    this.#chain.add(path);
    const done = await work();
    this.#chain.delete(path);
    return done;
  }

  /** Reads what an import leads to. Throws `malformed-input` if it may not be followed. */
  async follow(
    item: Import,
    from: Source,
    read: (path: string, from: Source) => Promise<Source>,
  ): Promise<Source> {
    const excess = this.excess(item);
    if (excess !== undefined) throw malformedInput([excess]);
    const imported = await read(item.path.text, from);
    const circle = this.circle(item, imported.path);
    if (circle !== undefined) throw malformedInput([circle]);
    return imported;
  }

  /** Returns the reason not to follow an import if too many came before it. */
  excess({ path: { span } }: Import): Diagnostic | undefined {
    this.#imports += 1;
    if (this.#imports <= MOST_IMPORTS) return undefined;
    const message = `more than ${MOST_IMPORTS} imports`;
    return { code: "too-complex", severity: "error", message, span, malformed: true };
  }

  /** Reports an import that leads to a file which leads back to this import. */
  circle({ path: { span } }: Import, imported: string): Diagnostic | undefined {
    if (!this.#chain.has(imported)) return undefined;
    const names = [...this.#chain, imported];
    const shown = names.length > MOST_SHOWN ? [...names.slice(0, 2), "...", ...names.slice(-2)] : names;
    const message = `this import leads in a circle: ${shown.join(" -> ")}`;
    return { code: "import-cycle", severity: "error", message, span, malformed: true };
  }
}
