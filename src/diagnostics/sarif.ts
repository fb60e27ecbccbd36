/** Findings as a SARIF 2.1.0 log (OASIS), which code hosts and editors read. Pure. */
import { CODES } from "./codes.ts";
import type { Diagnostic, Fix, Severity } from "./diagnostic.ts";
import { placeJson } from "./json.ts";
import type { Span } from "../lib/source.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  note: "note",
};

/** `toolVersion` is the version of dbgseq. */
export function toSarif(diagnostics: readonly Diagnostic[], toolVersion: string): object {
  const used = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const titles = new Map<string, string>(CODES.map(({ code, title }) => [code, title]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "dbgseq",
            version: toolVersion,
            rules: used.map((code) => ({ id: code, shortDescription: { text: titles.get(code) ?? code } })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: used.indexOf(diagnostic.code),
          level: LEVELS[diagnostic.severity],
          message: { text: [diagnostic.message, diagnostic.hint].filter(Boolean).join("\n") },
          locations: [location(diagnostic.span)],
          ...(diagnostic.fix === undefined ? {} : { fixes: [sarifFix(diagnostic.fix)] }),
          ...(diagnostic.related === undefined
            ? {}
            : {
                relatedLocations: diagnostic.related.map(({ span, message }, id) => ({
                  id,
                  message: { text: message },
                  ...location(span),
                })),
              }),
        })),
      },
    ],
  };
}

function sarifFix({ span, text }: Fix): object {
  return {
    artifactChanges: [
      {
        artifactLocation: artifact(span),
        replacements: [{ deletedRegion: region(span), insertedContent: { text } }],
      },
    ],
  };
}

function location(span: Span): object {
  return { physicalLocation: { artifactLocation: artifact(span), region: region(span) } };
}

function artifact({ source }: Span): object {
  return { uri: source.path.split(/[\\/]/).map(encodeURIComponent).join("/") };
}

function region(span: Span): object {
  const { line, column, endLine, endColumn } = placeJson(span);
  return {
    startLine: line,
    startColumn: column,
    endLine,
    endColumn,
    charOffset: span.start,
    charLength: span.end - span.start,
  };
}
