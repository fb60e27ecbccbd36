/**
 * Checks Message: the format and its arguments must agree in number and kind, as the specification lists
 * them.
 */
import type { Builtin } from "../builtins.ts";
import type { Expression } from "../tree.ts";
import type { Report } from "./report.ts";

/** These are the specification's; `%d`, `%i`, `%c` and lengths of C are shown too, but no other tool needs to. */
const SPECIFIER = /%(?:%|[-0+ #]*\d*(?:\.\d*)?(?:hh|h|ll|l|L)?(?<conversion>[A-Za-z])?)/g;

export function checkFormat(builtin: Builtin, args: readonly Expression[], report: Report): void {
  const at = builtin.parameters.findIndex(({ kind }) => kind === "format");
  const format = at < 0 ? undefined : args[at];
  if (format?.kind !== "string") return;
  const values = args.slice(at + 1);
  const specifiers = [...format.raw.matchAll(SPECIFIER)].filter(([text]) => text !== "%%");
  let next = 0;
  for (const found of specifiers) {
    const [text] = found;
    const conversion = found.groups?.["conversion"];
    if (conversion === undefined || !"diuxXobcsf".includes(conversion)) {
      report("message-format", `'${text}' is not a specifier of the specification`, format.span, {
        hint: "write %% for a percent sign; specifiers are %u %x %X %o %b %f %s, 64-bit with ll",
      });
      return;
    }
    const value = values[next++];
    if (value === undefined) continue;
    if (conversion === "s" && value.kind !== "string") {
      report("message-format", `'${text}' shows a string, and its argument is a number`, value.span, {
        hint: "write %llx or %u",
      });
    }
    if (conversion !== "s" && value.kind === "string") {
      report("message-format", `'${text}' shows a number, and its argument is a string`, value.span, {
        hint: "write %s",
      });
    }
  }
  if (specifiers.length !== values.length) {
    const wanted = `${specifiers.length} value${specifiers.length === 1 ? "" : "s"}`;
    report("message-format", `the format shows ${wanted}, and ${values.length} are given`, format.span);
  }
}
