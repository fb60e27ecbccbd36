/** A PDSC `<sequence>` element as the one tree of the language. Knows the elements; the text inside is language/'s. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseBlock, parseExpression } from "../language/parse.ts";
import type {
  Attribute,
  Block,
  Comment,
  Control,
  DebugVars,
  Expression,
  Item,
  Sequence,
  Text,
  Timeout,
} from "../language/tree.ts";
import { spanIn } from "../lib/source.ts";
import type { XmlAttribute, XmlComment, XmlElement } from "../lib/xml.ts";
import { unknownElement, wrongValue } from "./diagnostics.ts";

export interface ReadSequence {
  readonly sequence: Sequence;
  readonly diagnostics: readonly Diagnostic[];
}

/** One bad block costs only its own sequence: its diagnostics travel with it and with nothing else. */
export function readSequence(element: XmlElement): ReadSequence {
  const diagnostics: Diagnostic[] = [];
  const pname = text(element.attribute("Pname"));
  const info = text(element.attribute("info"));
  const sequence: Sequence = {
    kind: "sequence",
    name: text(element.attribute("name")) ?? { text: "", span: element.openSpan },
    ...(pname === undefined ? {} : { pname }),
    ...(info === undefined ? {} : { info }),
    disabled: flag(element.attribute("disable"), diagnostics),
    requires: [],
    items: items(element, diagnostics),
    attributes: others(element, ["name", "Pname", "info", "disable"]),
    span: element.span,
  };
  return { sequence, diagnostics };
}

export interface ReadDebugVars {
  readonly vars: DebugVars;
  readonly diagnostics: readonly Diagnostic[];
}

export function readDebugVars(element: XmlElement): ReadDebugVars {
  const { entries, diagnostics } = parseBlock(element.excerpt(asBlockComment));
  const configFile = text(element.attribute("configfile"));
  const version = text(element.attribute("version"));
  const vars: DebugVars = {
    kind: "debugvars",
    ...(configFile === undefined ? {} : { configFile }),
    ...(version === undefined ? {} : { version }),
    entries,
    attributes: others(element, ["configfile", "version"]),
    span: element.span,
  };
  return { vars, diagnostics };
}

function items(parent: XmlElement, diagnostics: Diagnostic[]): readonly Item[] {
  const found: Item[] = [];
  for (const child of parent.children) {
    if (child.kind === "comment") found.push(comment(child, parent));
    else if (child.kind !== "element") continue;
    else if (child.name === "block") found.push(block(child, diagnostics));
    else if (child.name === "control") found.push(control(child, diagnostics));
    else diagnostics.push(unknownElement(child, parent));
  }
  return found;
}

function block(element: XmlElement, diagnostics: Diagnostic[]): Block {
  const parsed = parseBlock(element.excerpt(asBlockComment));
  diagnostics.push(...parsed.diagnostics);
  for (const child of element.elements()) diagnostics.push(unknownElement(child, element));
  const info = text(element.attribute("info"));
  return {
    kind: "block",
    atomic: flag(element.attribute("atomic"), diagnostics),
    ...(info === undefined ? {} : { info }),
    entries: parsed.entries,
    attributes: others(element, ["info", "atomic"]),
    span: element.span,
  };
}

function control(element: XmlElement, diagnostics: Diagnostic[]): Control {
  const condition = expression(element.attribute("if"), diagnostics);
  const loop = expression(element.attribute("while"), diagnostics);
  const timeout = duration(element.attribute("timeout"), diagnostics);
  const info = text(element.attribute("info"));
  return {
    kind: "control",
    ...(condition === undefined ? {} : { if: condition }),
    ...(loop === undefined ? {} : { while: loop }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(info === undefined ? {} : { info }),
    items: items(element, diagnostics),
    comments: [],
    attributes: others(element, ["if", "while", "timeout", "info"]),
    span: element.span,
  };
}

function expression(attribute: XmlAttribute | undefined, diagnostics: Diagnostic[]): Expression | undefined {
  if (attribute === undefined) return undefined;
  const parsed = parseExpression(attribute.value);
  diagnostics.push(...parsed.diagnostics);
  return parsed.expression;
}

const LONGEST_TIMEOUT_US = 0xffff_ffff;

/** Decimal or hexadecimal microseconds; more than 32 bits is an error (LANGUAGE.md rule 8). */
function duration(attribute: XmlAttribute | undefined, diagnostics: Diagnostic[]): Timeout | undefined {
  if (attribute === undefined) return undefined;
  const { value } = attribute;
  const us = /^\s*(?:0[xX][0-9a-fA-F]+|\d+)\s*$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (us >= 0 && us <= LONGEST_TIMEOUT_US) return { us, span: spanIn(value, 0, value.text.length) };
  diagnostics.push(wrongValue(attribute, "a time of 0 to 4294967295 microseconds"));
  return undefined;
}

/** The spellings of xs:boolean. */
function flag(attribute: XmlAttribute | undefined, diagnostics: Diagnostic[]): boolean {
  const value = attribute?.value.text.trim();
  if (attribute === undefined || value === "0" || value === "false") return false;
  if (value !== "1" && value !== "true") diagnostics.push(wrongValue(attribute, "0, 1, false or true"));
  return true;
}

export function text(attribute: XmlAttribute | undefined): Text | undefined {
  if (attribute === undefined) return undefined;
  const { value } = attribute;
  return { text: value.text, span: spanIn(value, 0, value.text.length) };
}

function others(element: XmlElement, known: readonly string[]): readonly Attribute[] {
  return element.attributes
    .filter(({ name }) => !known.includes(name))
    .map((attribute) => ({
      name: { text: attribute.name, span: attribute.nameSpan },
      value: text(attribute) ?? { text: "", span: attribute.span },
    }));
}

function comment(node: XmlComment, parent: XmlElement): Comment {
  const lineStart = parent.source.text.lastIndexOf("\n", node.span.start - 1) + 1;
  const trailing = parent.source.text.slice(lineStart, node.span.start).trim() !== "";
  return { kind: "comment", style: "block", text: node.text, span: node.span, trailing };
}

/** Inside a block an XML comment reads as a comment of the language, so that it keeps its place among statements. */
function asBlockComment(node: XmlComment): string {
  return `/*${node.text.replaceAll("*/", "* /")}*/`;
}
