/** A failure whose cause was found, on at most twelve lines of 80 columns: what and why, where, what was seen, what to try. */
import type { Diagnosis, Try } from "../../api/diagnosis.ts";
import { briefly } from "../../lib/fault.ts";
import type { Json } from "../../report/json.ts";
import { commandOf } from "./try-command.ts";

const COLUMNS = 80;
const LINES = 12;

/** With a newline at the end. */
export function failureScreen(
  error: unknown,
  found: Diagnosis,
  { argv, notes = [] }: { readonly argv: readonly string[]; readonly notes?: readonly string[] },
): string {
  const first = wrapped("error: ", found.says);
  const place = wrapped("  failed: ", briefly(error));
  const tries = triesOf(found.tries, argv).slice(0, 2);
  const end = tries.flatMap((one) => wrapped("  try: ", one));
  const room = LINES - first.length - place.length - end.length;
  const seen = [...notes, ...found.evidence]
    .flatMap((one) => wrapped("  seen: ", one))
    .slice(0, Math.max(0, room));
  return [...first, ...place, ...seen, ...end].map((line) => `${line}\n`).join("");
}

/** Commands before what is done by hand. */
export function triesOf(tries: readonly Try[], argv: readonly string[]): readonly string[] {
  return tries.map((one) => (one.kind === "by hand" ? one.says : (commandOf(one, argv) ?? "")));
}

function wrapped(mark: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = mark;
  const indent = " ".repeat(mark.length);
  for (const word of text.split(" ")) {
    const next = line === mark || line === indent ? `${line}${word}` : `${line} ${word}`;
    if (next.length <= COLUMNS || line === mark || line === indent) line = next;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line];
}

/** As data, its tries as commands of this command line. */
export function diagnosisJson(found: Diagnosis, argv: readonly string[]): Json {
  const { code, certainty, says, evidence, tries } = found;
  return { code, certainty, says, evidence, tries: triesOf(tries, argv) };
}
