/** Real vendor files, where they stand beside the project. They are not part of it, so tests that need them may be skipped. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { Source } from "../../src/lib/source.ts";

const ROOT = new URL("../../../shared/corpus/", import.meta.url);

/** The place of one file of the corpus, for example `pdsc/Nuvoton__Nuvoton.Gerda.pdsc`. */
export function corpus(path: string): URL {
  return new URL(path, ROOT);
}

export function corpusPath(path: string): string {
  return fileURLToPath(corpus(path));
}

export function corpusText(path: string): Source {
  return new Source(path, readFileSync(corpus(path), "utf8"));
}

/** Paths below the corpus of all files in one of its folders. */
export function corpusFiles(folder: string): readonly string[] {
  if (!existsSync(corpus(folder))) return [];
  return readdirSync(corpus(folder))
    .toSorted()
    .map((name) => `${folder}/${name}`);
}

/** Tests over real files; the name of a skipped suite says why it was skipped. */
export function describeCorpus(name: string, body: () => void): void {
  const missing = !existsSync(ROOT);
  describe.skipIf(missing)(missing ? `${name} (skipped: no ../shared/corpus here)` : name, body);
}
