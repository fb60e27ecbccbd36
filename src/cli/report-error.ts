/** One failure on the terminal: a sentence for each layer, findings with their source lines, never a stack trace. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { renderText } from "../diagnostics/text.ts";
import { Failure, sentences } from "../lib/fault.ts";
import { exitCodeOf } from "../session/exit-codes.ts";
import type { Io } from "./io.ts";

export function reportError(error: unknown, io: Io, hints: readonly string[] = []): void {
  const diagnostics = diagnosticsOf(error);
  if (diagnostics.length > 0) {
    for (const diagnostic of diagnostics) io.err(`${renderText(diagnostic, { color: false })}\n`);
    return;
  }
  if (exitCodeOf(error) === undefined) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    io.err(
      `internal error: ${what}\nThis is a defect of dbgseq. Please report it with the command that showed it.\n`,
    );
    return;
  }
  const [first = "", ...causes] = sentences(error);
  io.err(`error: ${first}\n`);
  for (const cause of causes) io.err(`  because ${cause}\n`);
  for (const hint of hints) io.err(`  note: ${hint}\n`);
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof Failure)) return [];
  const fault = error.fault as { readonly diagnostics?: readonly Diagnostic[] };
  return fault.diagnostics ?? [];
}
