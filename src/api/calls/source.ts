/** Texts that callers hand in, as sources: a plain string gets a name by which messages show it. */
import { Source } from "../../lib/source.ts";
import { badArgument } from "../arguments.ts";

/** Throws `bad-argument` for what is neither a string nor a Source. */
export function sourceOf(text: string | Source, path: string): Source {
  if (text instanceof Source) return text;
  if (typeof text === "string") return new Source(path, text);
  throw badArgument(`${path}: a string or a Source must be given`);
}
