/**
 * Prints a tree as the XML text of a PDSC: the same items, order and comments, by the schema's rules for
 * sequences.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { Lines, addRaw, printEntries, type EntryStyle } from "./lines.ts";
import { printInParentheses } from "./print-expression.ts";
import type {
  Attribute,
  Block,
  Comment,
  Control,
  DebugVars,
  Item,
  Scope,
  Script,
  Sequence,
  TraceSetup,
} from "../tree.ts";

/** Begins the comment that carries `requires`, for which a PDSC has no attribute; the pack reader takes it out again. */
const REQUIRES_MARK = "dbgseq-requires";

/**
 * Prints `<debugvars>` and `<sequences>`, wrapped in the levels of the scopes. Imports and bare statements
 * have no place in it.
 */
export function printScriptXml(script: Script): string {
  const lines = new Lines();
  printLevel(lines, script.items);
  for (const item of script.items) if (item.kind === "scope") printScopeXml(lines, item);
  return lines.toString();
}

export function printSequenceXml(sequence: Sequence): string {
  const lines = new Lines();
  printSequenceInto(lines, sequence);
  return lines.toString();
}

type LevelItem = Script["items"][number];

function printLevel(lines: Lines, items: readonly LevelItem[]): void {
  const traceSetup = items.find((item): item is TraceSetup => item.kind === "traceSetup");
  const isSequenceNext = (at: number): boolean => {
    const next = items.slice(at).find(({ kind }) => kind !== "comment");
    return next?.kind === "sequence";
  };
  const inside: (Sequence | Comment)[] = [];
  const outside: (DebugVars | Comment)[] = [];
  items.forEach((item, at) => {
    if (item.kind === "sequence") inside.push(item);
    else if (item.kind === "debugvars") outside.push(item);
    else if (item.kind === "comment") (isSequenceNext(at) || inside.length > 0 ? inside : outside).push(item);
  });
  for (const item of outside) {
    if (item.kind === "comment") addRaw(lines, asXml(item));
    else printDebugVarsInto(lines, item);
  }
  if (inside.length === 0 && traceSetup === undefined) return;
  const setup = traceSetup === undefined ? "" : ` traceSetup="${traceSetup.value}"`;
  lines.add(`<sequences${setup}>`);
  lines.indented(() => {
    let before: Sequence | Comment | undefined;
    for (const item of inside) {
      if (item.kind === "comment" && item.trailing && before?.kind === "sequence")
        lines.extend(` ${asXml(item)}`);
      else {
        lines.gap(before?.span, item.span);
        if (item.kind === "comment") addRaw(lines, asXml(item));
        else printSequenceInto(lines, item);
      }
      before = item;
    }
  });
  lines.add("</sequences>");
}

function printScopeXml(lines: Lines, scope: Scope): void {
  const levels: readonly [string, string | undefined][] = [
    ["family Dfamily", scope.family?.text],
    ["subFamily DsubFamily", scope.subFamily?.text],
    ["device Dname", scope.device?.text],
    ["variant Dvariant", scope.variant?.text],
  ];
  const wrap = (at: number): void => {
    const level = levels[at];
    if (level === undefined) {
      printLevel(lines, scope.items);
      return;
    }
    const [opening, name] = level;
    if (name === undefined) {
      wrap(at + 1);
      return;
    }
    lines.add(`<${opening}="${attributeText(name)}">`);
    lines.indented(() => {
      wrap(at + 1);
    });
    lines.add(`</${opening.split(" ")[0] ?? ""}>`);
  };
  wrap(0);
}

function printDebugVarsInto(lines: Lines, { configFile, version, entries, attributes }: DebugVars): void {
  const head = tag("debugvars", [
    ["configfile", configFile?.text],
    ["version", version?.text],
    ...others(attributes),
  ]);
  printContent(lines, head, "debugvars", entries);
}

function printSequenceInto(lines: Lines, sequence: Sequence): void {
  const { name, pname, info, disabled, requires, items, attributes } = sequence;
  const head = tag("sequence", [
    ["name", name.text],
    ["Pname", pname?.text],
    ["disable", disabled ? "1" : undefined],
    ["info", info?.text],
    ...others(attributes),
  ]);
  if (items.length === 0 && requires.length === 0) {
    lines.add(`<${head}/>`);
    return;
  }
  lines.add(`<${head}>`);
  // It is on the line of the tag, so that a comment after the head still follows something.
  if (requires.length > 0)
    lines.extend(` <!-- ${REQUIRES_MARK} ${requires.map(({ text }) => text).join(" ")} -->`);
  lines.indented(() => {
    printItems(lines, items, true);
  });
  lines.add("</sequence>");
}

/** `leads` says that the first comments may follow the opening tag. */
function printItems(lines: Lines, items: readonly Item[], leads: boolean): void {
  let before: Item | undefined;
  let leading = leads;
  for (const item of items) {
    if (
      item.kind === "comment" &&
      item.trailing &&
      !item.text.includes("\n") &&
      (leading || before !== undefined)
    ) {
      lines.extend(` ${asXml(item)}`);
      before = item;
      continue;
    }
    leading = false;
    lines.gap(before?.span, item.span);
    switch (item.kind) {
      case "comment":
        addRaw(lines, asXml(item));
        break;
      case "block":
        printBlock(lines, item);
        break;
      case "control":
        printControl(lines, item);
        break;
      default:
        assertNever(item);
    }
    before = item;
  }
}

function printBlock(lines: Lines, { atomic, info, entries, attributes }: Block): void {
  const head = tag("block", [
    ["atomic", atomic ? "1" : undefined],
    ["info", info?.text],
    ...others(attributes),
  ]);
  printContent(lines, head, "block", entries);
}

function printContent(lines: Lines, head: string, name: string, entries: Block["entries"]): void {
  if (entries.length === 0) {
    lines.add(`<${head}/>`);
    return;
  }
  lines.add(`<${head}>`);
  lines.indented(() => {
    printEntries(lines, entries, ENTRIES);
  });
  lines.add(`</${name}>`);
}

function printControl(lines: Lines, control: Control): void {
  const { timeout, info, items, attributes, comments, span } = control;
  const head = tag("control", [
    ["if", control.if === undefined ? undefined : printInParentheses(control.if)],
    ["while", control.while === undefined ? undefined : printInParentheses(control.while)],
    ["timeout", timeout === undefined ? undefined : String(timeout.us)],
    ["info", info?.text],
    ...others(attributes),
  ]);
  const inHead = comments.filter((comment) => comment.span.start < span.end);
  const atEnd = comments.filter((comment) => comment.span.start >= span.end);
  if (items.length === 0 && inHead.length === 0) lines.add(`<${head}/>`);
  else {
    lines.add(`<${head}>${inHead.map((comment) => ` ${asXml(comment)}`).join("")}`);
    lines.indented(() => {
      printItems(lines, items, false);
    });
    lines.add("</control>");
  }
  lines.extend(atEnd.map((comment) => ` ${asXml(comment)}`).join(""));
}

function tag(name: string, attributes: readonly (readonly [string, string | undefined])[]): string {
  const given = attributes.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}="${attributeText(value)}"`],
  );
  return [name, ...given].join(" ");
}

function others(attributes: readonly Attribute[]): [string, string][] {
  return attributes.map(({ name, value }) => [name.text, value.text]);
}

const ENTRIES: EntryStyle = {
  comment: (comment) => (comment.style === "line" ? `//${elementText(comment.text)}` : asXml(comment)),
  statement: elementText,
};

function asXml({ style, text }: Comment): string {
  return style === "line" ? `<!-- ${text.trim()} -->` : `<!--${text}-->`;
}

function elementText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A line break or tab of an attribute would be read as a space. */
function attributeText(text: string): string {
  return elementText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
