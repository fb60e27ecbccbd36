/** Writes a finding for programs: plain data with 1-based places. Pure. */
import { shortened } from "../lib/shown-text.ts";
import type { Span } from "../lib/source.ts";
import type { Diagnostic } from "./diagnostic.ts";

export interface PlaceJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** The column is one past the last character. */
  readonly endColumn: number;
}

export interface FindingJson extends PlaceJson {
  readonly code: string;
  readonly severity: Diagnostic["severity"];
  readonly message: string;
  readonly hint?: string;
  /** The edit that mends it. */
  readonly fix?: PlaceJson & { readonly text: string };
  readonly related?: readonly (PlaceJson & { readonly message: string })[];
}

export function findingJson({ code, severity, message, span, related, hint, fix }: Diagnostic): FindingJson {
  return {
    ...{ code, severity, message: shortened(message) },
    ...placeJson(span),
    ...(hint === undefined ? {} : { hint: shortened(hint) }),
    ...(fix === undefined ? {} : { fix: { ...placeJson(fix.span), text: fix.text } }),
    ...(related === undefined
      ? {}
      : {
          related: related.map((other) => ({ message: shortened(other.message), ...placeJson(other.span) })),
        }),
  };
}

export function placeJson({ source, start, end }: Span): PlaceJson {
  const first = source.position(start);
  const last = source.position(end);
  return { file: source.path, ...first, endLine: last.line, endColumn: last.column };
}
