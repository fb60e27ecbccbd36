/** Writes findings as workflow commands, which GitHub shows at the lines of a pull request. Pure. */
import { shortened } from "../lib/shown-text.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { placeJson } from "./json.ts";

const COMMANDS = { error: "error", warning: "warning", note: "notice" } as const;

/** Writes one line without its ending. */
export function renderGithub({ code, severity, message, span, hint }: Diagnostic): string {
  const { file, line, column, endLine, endColumn } = placeJson(span);
  // Columns are only understood within one line.
  const columns = line === endLine ? `,col=${column},endColumn=${endColumn}` : "";
  const text = [message, ...(hint === undefined ? [] : [hint])].map((part) => shortened(part)).join("\n");
  const place = `file=${property(file)},line=${line},endLine=${endLine}${columns},title=${property(code)}`;
  return `::${COMMANDS[severity]} ${place}::${data(text)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
