/** Reads the argument that names a sequence: NAME, FILE.seq, FILE.seq#NAME, or a script that ships in the place of FILE.seq. */
import { isScriptName, readSource } from "../../api/node/files.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Source } from "../../lib/source.ts";
import { badRequest } from "../bad-request.ts";

export interface NamedSequence {
  /** The script that was named. */
  readonly script?: Source;
  /** The sequence's name; empty if a script was named alone. */
  readonly wanted: string;
}

export async function namedSequence(text: string): Promise<NamedSequence> {
  const [file = "", wanted = ""] = text.split("#", 2);
  return isScriptName(file) ? { script: await readSource(file), wanted } : { wanted: text };
}

/** Chooses among the sequences of a script. Throws `bad-request` for a name that it does not have. */
export function chosenOf(file: string, wanted: string, names: readonly string[]): string {
  if (wanted !== "") {
    if (names.includes(wanted)) return wanted;
    const near = nearest(wanted, names);
    const meant = near === undefined ? "" : `, did you mean "${near}"?`;
    throw badRequest(`${file} has no sequence "${wanted}"${meant}; it has ${names.join(", ")}`);
  }
  const [only] = names;
  if (only === undefined) throw badRequest(`${file} has no sequence for this device`);
  if (names.length === 1) return only;
  const each = names.map((one) => `${file}#${one}`).join(", ");
  throw badRequest(`${file} has ${names.length} sequences; pick one: ${each}`);
}
