/** A finding as data. Knows no rendering: text, JSON and SARIF are made from this by pure functions beside it. */
import type { Span } from "../lib/source.ts";

export type Severity = "error" | "warning" | "note";

/** An edit of the text that the span is in. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  /** Stable, for example `undeclared-variable`; documented one by one in grammar/diagnostics. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence, lower case start, no full stop, names what was found. */
  readonly message: string;
  /** Where it is; the place that a reader must look at first. */
  readonly span: Span;
  /** Other places that explain it, for example the first definition. */
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  /** What to do about it. */
  readonly hint?: string;
  /** What mends it for sure, where one small edit does. */
  readonly fix?: Fix;
  /** Input that could not be read or parsed (exit code 2), not a finding in something readable (exit code 1). */
  readonly malformed?: boolean;
}
