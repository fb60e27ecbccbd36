/** The findings of the pack reader, one function each, so that their sentences are the same everywhere. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { listed } from "../../lib/listed.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Span } from "../../lib/source.ts";
import type { XmlAttribute, XmlElement } from "../../lib/formats/xml.ts";

export function unknownElement(element: XmlElement, parent: XmlElement): Diagnostic {
  return {
    code: "unknown-element",
    severity: "warning",
    message: `<${element.name}> has no meaning inside <${parent.name}> and is left out`,
    span: element.openSpan,
  };
}

export function unknownAttribute(
  attribute: XmlAttribute,
  element: XmlElement,
  known: readonly string[],
): Diagnostic {
  const guess = nearest(attribute.name, known);
  return {
    code: "unknown-attribute",
    severity: "warning",
    message: `<${element.name}> has no attribute "${attribute.name}"; it is left out`,
    span: attribute.nameSpan,
    ...(guess === undefined ? {} : { hint: `did you mean "${guess}"?` }),
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

export function missingElement(parent: XmlElement, name: string): Diagnostic {
  return {
    code: "missing-element",
    severity: "error",
    message: `<${parent.name}> lacks the element <${name}>`,
    span: parent.openSpan,
  };
}

/** Conditions and loops are attributes of `<control>`; on a block they would silently do nothing. */
export function ineffectiveAttribute(attribute: XmlAttribute): Diagnostic {
  return {
    code: "ineffective-attribute",
    severity: "warning",
    message: `"${attribute.name}" has no effect on a <block>`,
    span: attribute.span,
    hint: "put the block into a <control> with this attribute",
  };
}

export function textOutsideBlock(span: Span, parent: XmlElement): Diagnostic {
  return {
    code: "text-outside-block",
    severity: "error",
    message: `text directly inside <${parent.name}> is never executed`,
    span,
    hint: "put statements into a <block>",
  };
}

export function unknownProcessor(
  attribute: XmlAttribute,
  element: XmlElement,
  known: readonly string[],
): Diagnostic {
  const guess = nearest(attribute.value.text, known);
  const choice = known.length === 0 ? "its processor has no name" : `there are ${listed(known)}`;
  return {
    code: "unknown-processor",
    severity: "warning",
    message: `<${element.name}> names the processor "${attribute.value.text}", which the device does not have`,
    span: attribute.span,
    hint: guess === undefined ? choice : `did you mean "${guess}"?`,
  };
}

export function notAPack(message: string, span: Span): Diagnostic {
  return { code: "not-a-pack", severity: "error", message, span, malformed: true };
}

export function duplicateDevice(name: string, span: Span, before: Span): Diagnostic {
  return {
    code: "duplicate-device",
    severity: "warning",
    message: `the pack has a device "${name}" already, and this one is never found`,
    span,
    related: [{ span: before, message: "the one that counts" }],
  };
}

export function duplicateElement(element: XmlElement, attribute: string, before: XmlElement): Diagnostic {
  return {
    code: "duplicate-element",
    severity: "warning",
    message: `<${element.name}> with ${attribute}="${element.value(attribute) ?? ""}" stands here twice, and the first one counts`,
    span: element.openSpan,
    related: [{ span: before.openSpan, message: "the one that counts" }],
  };
}
