/**
 * Reads a PDSC `<sequence>` element into the one tree of the language. Knows the elements; language/ reads
 * the text inside.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { adoptComments } from "../../language/text/comments.ts";
import { parseBlock, parseExpression } from "../../language/text/parse.ts";
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
} from "../../language/tree.ts";
import { spanIn } from "../../lib/source.ts";
import type { XmlAttribute, XmlComment, XmlElement, XmlText } from "../../lib/formats/xml.ts";
import {
  ineffectiveAttribute,
  missingAttribute,
  textOutsideBlock,
  unknownElement,
  wrongValue,
} from "./diagnostics.ts";
import { Fields, given } from "./fields.ts";
import { LineScanner } from "./line-scanner.ts";
import { append } from "../../lib/lists.ts";

type Report = Diagnostic[];

export interface ReadSequence {
  readonly sequence: Sequence;
  readonly diagnostics: readonly Diagnostic[];
}

/** The first comment of a sequence may say what `requires` says in .seq: `<!-- dbgseq-requires erase -->`. */
const REQUIRES = /^\s*dbgseq-requires((?:\s+[A-Za-z]+)+)\s*$/;

/** One bad block costs only its own sequence, and its diagnostics belong to that sequence alone. */
export function readSequence(element: XmlElement): ReadSequence {
  const report: Report = [];
  const name = element.attribute("name");
  if (name === undefined) report.push(missingAttribute(element, "name"));
  const marked = element.children.filter((child) => child.kind === "comment" && REQUIRES.test(child.text));
  const sequence: Sequence = {
    kind: "sequence",
    name: text(name) ?? { text: "", span: element.openSpan },
    disabled: new Fields([element], report).flag("disable") ?? false,
    requires: marked.flatMap((child) => (child.kind === "comment" ? requirements(child) : [])),
    items: items(element, report),
    attributes: others(element, ["name", "Pname", "info", "disable"]),
    span: element.span,
    ...given({ pname: text(element.attribute("Pname")), info: text(element.attribute("info")) }),
  };
  return { sequence, diagnostics: readable(report) };
}

export interface ReadDebugVars {
  readonly vars: DebugVars;
  readonly diagnostics: readonly Diagnostic[];
}

export function readDebugVars(element: XmlElement): ReadDebugVars {
  const { entries, diagnostics } = parseBlock(element.excerpt(blockComments()));
  const report = [...element.elements()].map((child) => unknownElement(child, element));
  const vars: DebugVars = {
    kind: "debugvars",
    entries,
    attributes: others(element, ["configfile", "version"]),
    span: element.span,
    ...given({
      configFile: text(element.attribute("configfile")),
      version: text(element.attribute("version")),
    }),
  };
  return { vars, diagnostics: readable([...diagnostics, ...report]) };
}

/** The file itself could be read, so an error inside one sequence is a finding and not a malformed input. */
function readable(report: readonly Diagnostic[]): readonly Diagnostic[] {
  return report.map((diagnostic) => {
    const { malformed, ...finding } = diagnostic;
    return malformed === undefined ? diagnostic : finding;
  });
}

function items(parent: XmlElement, report: Report): readonly Item[] {
  const found: Item[] = [];
  for (const child of parent.children) {
    switch (child.kind) {
      case "comment":
        if (!(parent.name === "sequence" && REQUIRES.test(child.text))) found.push(comment(child, parent));
        break;
      case "element":
        if (child.name === "block") found.push(block(child, report));
        else if (child.name === "control") found.push(control(child, report));
        else report.push(unknownElement(child, parent));
        break;
      case "text":
      case "cdata":
        reportText(child, parent, report);
        break;
    }
  }
  return adoptComments(found);
}

function reportText(node: XmlText, parent: XmlElement, report: Report): void {
  const { source, start, end } = node.span;
  const raw = source.text.slice(start, end);
  const trimmed = raw.trim();
  if (trimmed === "") return;
  const first = start + raw.indexOf(trimmed);
  report.push(textOutsideBlock({ source, start: first, end: first + trimmed.length }, parent));
}

function block(element: XmlElement, report: Report): Block {
  const parsed = parseBlock(element.excerpt(blockComments()));
  append(report, parsed.diagnostics);
  for (const child of element.elements()) report.push(unknownElement(child, element));
  for (const attribute of element.attributes) {
    if (/^(?:if|while|timeout)$/.test(attribute.name)) report.push(ineffectiveAttribute(attribute));
  }
  return {
    kind: "block",
    atomic: new Fields([element], report).flag("atomic") ?? false,
    entries: parsed.entries,
    attributes: others(element, ["info", "atomic"]),
    span: element.span,
    ...given({ info: text(element.attribute("info")) }),
  };
}

function control(element: XmlElement, report: Report): Control {
  return {
    kind: "control",
    items: items(element, report),
    comments: [],
    attributes: others(element, ["if", "while", "timeout", "info"]),
    span: element.span,
    ...given({
      if: expression(element.attribute("if"), report),
      while: expression(element.attribute("while"), report),
      timeout: timeout(element.attribute("timeout"), report),
      info: text(element.attribute("info")),
    }),
  };
}

function expression(attribute: XmlAttribute | undefined, report: Report): Expression | undefined {
  if (attribute === undefined) return undefined;
  const parsed = parseExpression(attribute.value);
  append(report, parsed.diagnostics);
  return parsed.expression;
}

/** This is the schema's xs:unsignedInt. */
const LONGEST_TIMEOUT_US = 0xffff_ffff;

/** Reads decimal microseconds; hexadecimal is understood as everywhere else in a pack. */
function timeout(attribute: XmlAttribute | undefined, report: Report): Timeout | undefined {
  if (attribute === undefined) return undefined;
  const { value } = attribute;
  const us = /^\s*\+?(?:0[xX][0-9a-fA-F]+|[0-9]+)\s*$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (us <= LONGEST_TIMEOUT_US) return { us, span: spanIn(value, 0, value.text.length) };
  report.push(wrongValue(attribute, "a time of 0 to 4294967295 microseconds"));
  return undefined;
}

function text(attribute: XmlAttribute | undefined): Text | undefined {
  if (attribute === undefined) return undefined;
  const { value } = attribute;
  return { text: value.text, span: spanIn(value, 0, value.text.length) };
}

function others(element: XmlElement, known: readonly string[]): readonly Attribute[] {
  return element.attributes
    .filter(({ name }) => !known.includes(name))
    .map(({ name, nameSpan, value }) => ({
      name: { text: name, span: nameSpan },
      value: { text: value.text, span: spanIn(value, 0, value.text.length) },
    }));
}

function comment(node: XmlComment, parent: XmlElement): Comment {
  const lineStart = parent.source.text.lastIndexOf("\n", node.span.start - 1) + 1;
  const trailing = parent.source.text.slice(lineStart, node.span.start).trim() !== "";
  return { kind: "comment", style: "block", text: node.text, span: node.span, trailing };
}

function requirements({ text: raw, span }: XmlComment): readonly Text[] {
  const start = span.start + "<!--".length;
  return [...raw.matchAll(/[A-Za-z-]+/g)].slice(1).map(({ 0: word, index }) => ({
    text: word,
    span: { ...span, start: start + index, end: start + index + word.length },
  }));
}

/**
 * Inside a block an XML comment reads as a comment of the language, so that it keeps its place among
 * statements. After `//` it stays on one line, because the rest of it would become statements. Inside a
 * string it is left out, as in XML.
 */
function blockComments(): (node: XmlComment, added: string) => string {
  const line = new LineScanner();
  return ({ text: raw }, added) => {
    line.push(added);
    const written = `/*${raw.replaceAll("*/", "* /")}*/`;
    if (line.isComment) return written.replace(/[\r\n]+/g, " ");
    return line.isString ? "" : written;
  };
}
