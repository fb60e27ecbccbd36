/** Formats .seq files in the one style. */
import { readSource } from "../../../host/files/input-files.ts";
import { replaceFile } from "../../../host/files/output-files.ts";
import { mustNotShip } from "../../../host/files/shipped.ts";
import { filesOf } from "../../../host/files/walk.ts";
import { isScriptName } from "../../../project/script-names.ts";
import {
  signal,
  call,
  listOf,
  options as named,
  optional,
  work,
  text as string,
  yesOrNo,
} from "../../arguments.ts";
import { formatScript } from "../../calls/format-script.ts";

const FORMAT = call({
  paths: listOf(string),
  options: named({
    write: optional(yesOrNo, true),
    signal,
    onFile: optional(work),
    onNote: optional(work),
  }),
});

export interface FormatOptions {
  /** Files whose text changes are written. With false, the result only says what would change. */
  readonly write?: boolean;
  /** Ends the job between two files; it rejects with the reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each file as soon as it is formatted, before it is written. */
  readonly onFile?: (file: FormattedFile) => void;
  /** Called with a sentence about each link that is skipped. */
  readonly onNote?: (text: string) => void;
}

export interface FormattedFile {
  readonly path: string;
  /** The text in the one style. */
  readonly text: string;
  /** True if the formatted text differs. */
  readonly changed: boolean;
}

/**
 * Formats .seq files, and those in folders. A file is written whole or not at all, and only if its text changes.
 * Returns the paths that changed, or would. The first file with errors ends the job; earlier files are written.
 * Rejects with `malformed-input`, `unreadable-file`, `unwritable-file`.
 *
 * `const changed = await formatFiles(["sequences"], { write: false });`
 */
export async function formatFiles(
  paths: readonly string[],
  options: FormatOptions = {},
): Promise<readonly string[]> {
  const { write } = FORMAT({ paths, options }).options;
  const { signal, onFile, onNote } = options;
  const changed: string[] = [];
  for (const { path } of await filesOf(paths, onNote ?? (() => undefined))) {
    signal?.throwIfAborted();
    if (!isScriptName(path)) continue;
    if (write) mustNotShip(path);
    const source = await readSource(path);
    const text = formatScript(source);
    const isChanged = text !== source.text;
    onFile?.({ path, text, changed: isChanged });
    if (isChanged) changed.push(path);
    if (isChanged && write) await replaceFile(path, text);
  }
  return changed;
}
