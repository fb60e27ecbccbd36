/** Declares a finding as data. Knows no rendering: pure functions beside it make text, JSON and SARIF from it. */
import type { Span } from "../lib/source.ts";

export type Severity = "error" | "warning" | "note";

/** An edit of the text that the span is in. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  /** The code is stable, for example `undeclared-variable`, and documented in grammar/diagnostics. */
  readonly code: string;
  readonly severity: Severity;
  /** It is one sentence, with a lower case start and no full stop, that names what was found. */
  readonly message: string;
  /** The place that a reader must look at first. */
  readonly span: Span;
  /** Other places that explain it, for example the first definition. */
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  /** Says what to do about it. */
  readonly hint?: string;
  /** It certainly mends the finding; it is set if one small edit does. */
  readonly fix?: Fix;
  /**
   * True for input that could not be read or parsed (exit code 2), and not for a finding in something
   * readable (exit code 1).
   */
  readonly malformed?: boolean;
}
