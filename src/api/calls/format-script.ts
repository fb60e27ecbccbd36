/** The one style of .seq text. Pure. */
import { printScript } from "../../language/print/printer.ts";
import { parseScript } from "../../language/text/parse.ts";
import type { Source } from "../../lib/source.ts";
import { malformedInput } from "../../project/faults.ts";
import { call, sourceOrText } from "../arguments.ts";

const FORMAT = call({ script: sourceOrText });

/**
 * Formats a .seq text in the one style, with its comments in their places; a formatted text stays as it is.
 * Throws `malformed-input` for a text with errors.
 *
 * `formatScript("sequence   A{ }")` is `"sequence A { }\n"`.
 */
export function formatScript(script: string | Source): string {
  const read = parseScript(FORMAT({ script }).script);
  const errors = read.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw malformedInput(errors);
  return printScript(read.script);
}
