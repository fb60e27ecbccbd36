/** The data of this folder, chapter by chapter. */
import { readdirSync, readFileSync } from "node:fs";
import { Source } from "../../src/lib/source.ts";
import { readChapter, type Chapter } from "./schema.ts";

const FOLDER = new URL("./", import.meta.url);

export const chapters: readonly Chapter[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .toSorted()
  .map((name) => readChapter(new Source(name, readFileSync(new URL(name, FOLDER), "utf8"))));

export const requirements = chapters.flatMap((chapter) => chapter.requirements);
