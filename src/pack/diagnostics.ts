/** The findings of the pack reader, one function each, so that their words are the same everywhere. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../lib/source.ts";
import type { XmlAttribute, XmlElement } from "../lib/xml.ts";

export function unknownElement(element: XmlElement, parent: XmlElement): Diagnostic {
  return {
    code: "unknown-element",
    severity: "warning",
    message: `<${element.name}> has no meaning inside <${parent.name}> and is left out`,
    span: element.openSpan,
  };
}

export function wrongValue(attribute: XmlAttribute, wanted: string): Diagnostic {
  return {
    code: "wrong-value",
    severity: "error",
    message: `${attribute.name}="${attribute.value.text}" is not ${wanted}`,
    span: attribute.span,
  };
}

export function missingAttribute(element: XmlElement, name: string): Diagnostic {
  return {
    code: "missing-attribute",
    severity: "error",
    message: `<${element.name}> lacks the attribute ${name}`,
    span: element.openSpan,
  };
}

export function notAPack(message: string, span: Span): Diagnostic {
  return { code: "not-a-pack", severity: "error", message, span, malformed: true };
}
