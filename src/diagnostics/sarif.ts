/** Writes findings as a SARIF 2.1.0 log (OASIS), which code hosts and editors read. Pure. */
import { CODES } from "./codes.ts";
import type { Diagnostic, Fix, Severity } from "./diagnostic.ts";
import { placeJson } from "./json.ts";
import { PAGES } from "./pages.ts";
import { shortened } from "../lib/shown-text.ts";
import type { Span } from "../lib/source.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  note: "note",
};

/** `toolVersion` is the version of dbgseq. */
export function toSarif(diagnostics: readonly Diagnostic[], toolVersion: string): object {
  const used = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "dbgseq",
            version: toolVersion,
            rules: used.map(rule),
          },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: used.indexOf(diagnostic.code),
          level: LEVELS[diagnostic.severity],
          message: {
            text: [diagnostic.message, diagnostic.hint]
              .flatMap((part) => (part === undefined ? [] : [shortened(part)]))
              .join("\n"),
          },
          locations: [location(diagnostic.span)],
          ...(diagnostic.fix === undefined ? {} : { fixes: [sarifFix(diagnostic.fix)] }),
          ...(diagnostic.related === undefined
            ? {}
            : {
                relatedLocations: diagnostic.related.map(({ span, message }, id) => ({
                  id,
                  message: { text: shortened(message) },
                  ...location(span),
                })),
              }),
        })),
      },
    ],
  };
}

/** Returns what `dbgseq doc CODE` shows, for the page that a code host makes of it. */
function rule(id: string): object {
  const code = CODES.find((one) => one.code === id);
  if (code === undefined) throw new Error(`the code ${id} is not registered`);
  const { bad, good } = PAGES[code.code];
  return {
    id,
    shortDescription: { text: code.title },
    help: { text: `Found in:\n\n${bad}\n\nNot in:\n\n${good}` },
    defaultConfiguration: { level: LEVELS[code.severity] },
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
