/**
 * Expands `$P #P $L %L $S $D` in paths and arguments of sequences, and `$$ ## %%` to the signs themselves
 * (specification 1.7.60).
 */
import { SessionFailure } from "./faults.ts";

/** The values of the placeholders; a value is absent if it is not known. Folders have no slash at their end. */
export interface Places {
  /** The folder of the project: the one with dbgseq.yaml, else the working folder. */
  readonly project: string;
  readonly projectName: string;
  /** The main output file of the project. */
  readonly output?: string;
  /** The folder into which the device support pack is unpacked. */
  readonly pack?: string;
  readonly device?: string;
}

/** These end with a separator; a separator that follows in the text is not a second one. */
const FOLDERS = new Set(["$P", "$L", "$S"]);

const MEANINGS: Readonly<Record<string, (places: Places) => string | undefined>> = {
  $P: ({ project }) => slashed(project),
  "#P": ({ project, projectName }) => `${slashed(project)}${projectName}`,
  $L: ({ output }) => (output === undefined ? undefined : slashed(folderOf(output))),
  "%L": ({ output }) => output,
  $S: ({ pack }) => (pack === undefined ? undefined : slashed(pack)),
  $D: ({ device }) => device,
};

const WANTED: Readonly<Record<string, string>> = {
  $L: "name the project's main output file",
  "%L": "name the project's main output file",
  $S: "name a pack that lies in a folder, not an archive",
  $D: "name a device",
};

/**
 * Throws `no-place` for a placeholder without a known value. Any other sign after `$`, `#` or `%` stays as it
 * is.
 */
export function expand(text: string, places: Places): string {
  return text.replace(/([$#%](?:[$#%]|[A-Za-z]))([\\/]?)/g, (whole, found: string, separator: string) => {
    if (found === "$$" || found === "##" || found === "%%") return `${found.charAt(0)}${separator}`;
    const meaning = Object.hasOwn(MEANINGS, found) ? MEANINGS[found] : undefined;
    if (meaning === undefined) return whole;
    const value = meaning(places);
    if (value !== undefined) return FOLDERS.has(found) ? value : `${value}${separator}`;
    throw new SessionFailure(
      { kind: "no-place", placeholder: found },
      `${found} has no value; ${WANTED[found] ?? ""}`,
    );
  });
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, "");
}

function slashed(folder: string): string {
  return /[\\/]$/.test(folder) ? folder : `${folder}/`;
}
