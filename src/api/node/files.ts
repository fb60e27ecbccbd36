/** Input files as texts and output files as wholes, for callers that keep their scripts and results in files. */
import { createFile, replaceFile } from "../../host/output-files.ts";

export { readSource } from "../../host/files.ts";

/**
 * Writes a file whole or not at all: a reader never sees half of it, and a failure leaves the old one as it was. `content` is text
 * (UTF-8) or bytes. With `replace: false` a file that is there already is an error. Rejects with `unwritable-file`.
 *
 * `await saveFile("override.seq", text, { replace: false });`
 */
export async function saveFile(
  path: string,
  content: string | Uint8Array,
  { replace = true }: { readonly replace?: boolean } = {},
): Promise<void> {
  await (replace ? replaceFile(path, content) : createFile(path, content));
}
