/** Reads input files as texts and writes output files as wholes, for callers that keep scripts and results in files. */
import { readBytes as bytesOf, readSource as readText } from "../../host/files/input-files.ts";
import { importsAround } from "../../host/imports.ts";
import type { Source } from "../../lib/source.ts";
import type { ReadImport } from "../../project/scripts.ts";
import { bytes, call, either, listOf, options as named, optional, text, yesOrNo } from "../arguments.ts";
export { isScriptName } from "../../project/script-names.ts";
import { createFile, replaceFile, writeNewFile } from "../../host/files/output-files.ts";

const READ = call({ path: text });
const FOLLOW = call({ paths: listOf(text), cwd: text });
const SAVE_NEW = call({ path: text, bytes });
const SAVE = call({
  path: text,
  content: either(text, bytes, "a string or bytes"),
  options: named({ replace: optional(yesOrNo, true) }),
});

/**
 * Reads a text file as a Source, whose `path` messages show. It must be UTF-8, or else Latin-1; a byte order mark
 * is dropped. Rejects with `unreadable-file` if it is missing, not a file, or not text.
 *
 * `const context = await deviceContext({ seq: [await readSource("mine.seq")] });`
 */
export async function readSource(path: string): Promise<Source> {
  return readText(READ({ path }).path);
}

/**
 * Reads a file's bytes. Rejects with `unreadable-file` if it is missing, not a file, or larger than 256 MiB.
 *
 * `await deriveModel(context, { svd: { path: "EX52.svd", bytes: await readBytes("EX52.svd") } })`
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  return bytesOf(READ({ path }).path);
}

/**
 * Returns a reader of imports, from the disk, relative to the file that has the import. `paths` are the files and
 * folders that the user named; a file outside of them is used, but messages show none of its lines. `cwd` counts
 * as named if a path lies in it.
 *
 * `await scriptToPack(await readSource("mine.seq"), await followImports(["mine.seq"]))`
 */
export async function followImports(
  paths: readonly string[],
  cwd: string = process.cwd(),
): Promise<ReadImport> {
  FOLLOW({ paths, cwd });
  return importsAround(paths, cwd);
}

/**
 * Writes a file whole or not at all: a reader never sees half of it, and a failure leaves the old one as it was.
 * `content` is text (UTF-8) or bytes. With `replace: false`, an existing file is an error. Rejects with
 * `unwritable-file`.
 *
 * `await saveFile("override.seq", text, { replace: false });`
 */
export async function saveFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly replace?: boolean } = {},
): Promise<void> {
  const given = SAVE({ path, content, options });
  await (given.options.replace ? replaceFile : createFile)(given.path, given.content);
}

/**
 * Writes bytes as a new file, under the name or, if that is taken, under a similar one: `kept.hex`, `kept-2.hex`,
 * ... Returns the path. Rejects with `unwritable-file`.
 *
 * `const path = await saveNewFile("report.json", bytes);`
 */
export async function saveNewFile(path: string, bytes: Uint8Array): Promise<string> {
  const given = SAVE_NEW({ path, bytes });
  return writeNewFile(given.path, given.bytes);
}
