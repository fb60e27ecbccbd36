/**
 * Makes one script of a script and all it imports, as a pack needs it, which has no imports. If two files
 * declare the same name, the stronger declaration stays, as in a run: that of the importing file, then that
 * of the earlier import.
 */
import { uncarried } from "../language/text/carried.ts";
import { parseScript } from "../language/text/parse.ts";
import type { Import, Scope, Script } from "../language/tree.ts";
import type { Source } from "../lib/source.ts";
import { malformedInput } from "./faults.ts";
import { ImportWalk } from "./import-walk.ts";
import { errorsOf, type ReadImport } from "./scripts.ts";
import { append } from "../lib/lists.ts";

type FileItem = Script["items"][number];

/**
 * Throws for what cannot be parsed, followed or carried by XML, and for any import if there is no
 * `readImport`.
 */
export async function flatten(source: Source, readImport: ReadImport | undefined): Promise<Script> {
  const flattening = new Flattening(readImport);
  await flattening.file(source);
  return { kind: "script", items: flattening.items, span: { source, start: 0, end: source.text.length } };
}

class Flattening {
  readonly items: FileItem[] = [];
  readonly #readImport: ReadImport | undefined;
  readonly #walk = new ImportWalk();
  /** The declarations of stronger files: sequences by scope, name and processor, debugvars by scope and name. */
  readonly #taken = new Set<string>();

  constructor(readImport: ReadImport | undefined) {
    this.#readImport = readImport;
  }

  async file(source: Source, by?: Import): Promise<void> {
    const { script, diagnostics } = parseScript(source);
    const errors = errorsOf(source, diagnostics, by);
    const lost = errors.length > 0 ? errors : uncarried(script);
    if (lost.length > 0) throw malformedInput(lost);
    // The declarations of this file are stronger than those it imports, wherever the import stands.
    const declared: string[] = [];
    const own = script.items.map((item) => this.#left(item, "", declared));
    for (const key of declared) this.#taken.add(key);
    await this.#walk.through(source.path, async () => {
      for (const [at, item] of script.items.entries())
        if (item.kind === "import") await this.#follow(item, source);
        else append(this.items, own[at] ?? []);
    });
  }

  async #follow(item: Import, source: Source): Promise<void> {
    if (this.#readImport === undefined) {
      const message = "a pack has no imports";
      const { span } = item;
      throw malformedInput([
        { code: "import-in-convert", severity: "error", message, span, malformed: true },
      ]);
    }
    const imported = await this.#walk.follow(item, source, this.#readImport);
    if (!this.#walk.hasRead(imported.path)) await this.file(imported, item);
  }

  /** Returns the item without what a stronger file declares, or nothing if nothing is left. */
  #left(item: FileItem, scope: string, declared: string[]): readonly FileItem[] {
    const isLeft = (...name: readonly (string | undefined)[]): boolean => {
      const key = JSON.stringify([scope, ...name]);
      declared.push(key);
      return !this.#taken.has(key);
    };
    switch (item.kind) {
      case "sequence":
        return isLeft("sequence", item.name.text, item.pname?.text) ? [item] : [];
      case "debugvars": {
        const entries = item.entries.filter(
          (entry) => entry.kind !== "declaration" || isLeft("variable", entry.name.text),
        );
        return entries.length > 0 || item.entries.length === 0 ? [{ ...item, entries }] : [];
      }
      case "scope": {
        const items = item.items.flatMap((one) => this.#left(one, `${scope}/${keyOf(item)}`, declared));
        return items.length > 0 || item.items.length === 0
          ? [{ ...item, items: items as Scope["items"] }]
          : [];
      }
      default:
        return [item];
    }
  }
}

function keyOf({ family, subFamily, device, variant }: Scope): string {
  return JSON.stringify([family?.text, subFamily?.text, device?.text, variant?.text]);
}
