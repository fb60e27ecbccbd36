/**
 * Prints a tree as .seq text, in the one style of `fmt`, `show` and `convert`. Printing its own output
 * changes nothing.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { elseShape, type ElseShape } from "../text/else-sugar.ts";
import { addRaw, Lines, printEntries, type EntryStyle } from "./lines.ts";
import { durationText } from "../text/literals.ts";
import { printInParentheses, quote } from "./print-expression.ts";
import type {
  Attribute,
  Block,
  Comment,
  Control,
  DebugVars,
  Expression,
  Item,
  Scope,
  ScopeItem,
  Script,
  Sequence,
  Text,
} from "../tree.ts";
import { append } from "../../lib/lists.ts";

export function printScript(script: Script): string {
  const lines = new Lines();
  printFileItems(lines, script.items);
  return lines.toString();
}

export function printSequence(sequence: Sequence): string {
  const lines = new Lines();
  printSequenceInto(lines, sequence);
  return lines.toString();
}

type FileItem = Script["items"][number];

function printFileItems(lines: Lines, items: readonly FileItem[]): void {
  let before: FileItem | undefined;
  for (const item of items) {
    if (item.kind === "comment") {
      if (item.trailing && before !== undefined && before.kind !== "comment" && !isLong(item)) {
        lines.extend(` ${asLine(item)}`);
        before = item;
        continue;
      }
    }
    lines.gap(before?.span, item.span);
    printFileItem(lines, item);
    before = item;
  }
}

function printFileItem(lines: Lines, item: FileItem): void {
  switch (item.kind) {
    case "comment":
      addRaw(lines, isLong(item) ? asBlock(item) : asLine(item));
      break;
    case "import":
      lines.add(`import ${quote(item.path.text)};`);
      break;
    case "traceSetup":
      lines.add(`traceSetup ${item.value};`);
      break;
    case "debugvars":
      printDebugVars(lines, item);
      break;
    case "scope":
      printScope(lines, item);
      break;
    case "sequence":
      if (item.name.text === "") printItems(lines, item.items);
      else printSequenceInto(lines, item);
      break;
    default:
      assertNever(item);
  }
}

function printScope(lines: Lines, scope: Scope): void {
  const levels = (["family", "subFamily", "device", "variant"] as const).flatMap((level) => {
    const name = scope[level];
    return name === undefined ? [] : [`${level} ${quote(name.text)}`];
  });
  lines.add(`scope ${levels.join(" ")} {`);
  lines.indented(() => {
    printFileItems(lines, scope.items satisfies readonly ScopeItem[]);
  });
  lines.add("}");
}

function printDebugVars(lines: Lines, { configFile, version, entries, attributes }: DebugVars): void {
  printAttributes(lines, attributes);
  const config = configFile === undefined ? "" : ` config ${quote(configFile.text)}`;
  const edition = version === undefined ? "" : ` version ${quote(version.text)}`;
  lines.add(`debugvars${config}${edition} {`);
  lines.indented(() => {
    printEntries(lines, entries, ENTRIES);
  });
  lines.add("}");
}

function printSequenceInto(lines: Lines, sequence: Sequence): void {
  const { name, pname, info, disabled, requires, items, attributes } = sequence;
  printAttributes(lines, attributes);
  const head = [
    ...(disabled ? ["disable"] : []),
    "sequence",
    word(name),
    ...(pname === undefined ? [] : ["for", quote(pname.text)]),
    ...(info === undefined ? [] : [quote(info.text)]),
    ...(requires.length === 0 ? [] : ["requires", ...requires.map(({ text }) => text)]),
  ].join(" ");
  const lead: Comment[] = [];
  for (const item of items) {
    if (item.kind !== "comment" || !item.trailing || isLong(item)) break;
    lead.push(item);
  }
  const rest = items.slice(lead.length);
  if (lead.length === 0 && rest.length === 0) {
    lines.add(`${head} { }`);
    return;
  }
  lines.add(`${head} {${behind(lead)}`);
  lines.indented(() => {
    printItems(lines, rest);
  });
  lines.add("}");
}

function printAttributes(lines: Lines, attributes: readonly Attribute[]): void {
  for (const { name, value } of attributes) lines.add(`@${word(name)}(${quote(value.text)})`);
}

function printItems(lines: Lines, items: readonly Item[]): void {
  let before: Item | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined) break;
    switch (item.kind) {
      case "comment":
        lines.gap(before?.span, item.span);
        addRaw(lines, asBlock(item));
        break;
      case "block": {
        const sugar = sugarAt(items, at);
        if (sugar === undefined) {
          lines.gap(before?.span, item.span);
          printBlock(lines, item, hasNeighbour(items, at));
          break;
        }
        const entries = item.entries.slice(0, -1);
        const last = entries.at(-1);
        if (entries.length > 0) {
          lines.gap(before?.span, item.span);
          printBlock(lines, { ...item, entries }, false);
        }
        lines.gap(entries.length > 0 ? last?.span : before?.span, sugar.head);
        printBranches(lines, sugar);
        before = sugar.negative;
        at = sugar.end - 1;
        continue;
      }
      case "control":
        lines.gap(before?.span, item.span);
        printControl(lines, item);
        break;
      default:
        assertNever(item);
    }
    before = item;
  }
}

function hasNeighbour(items: readonly Item[], at: number): boolean {
  const step = (by: number): boolean => {
    for (let next = at + by; ; next += by) {
      const item = items[next];
      if (item === undefined) return false;
      if (item.kind !== "comment") return item.kind === "block";
    }
  };
  return step(-1) || step(1);
}

function printBlock(lines: Lines, block: Block, hasBlockBeside: boolean): void {
  const { atomic, info, entries, attributes } = block;
  const plain = !atomic && info === undefined && attributes.length === 0 && !hasBlockBeside && holds(entries);
  if (plain) {
    printEntries(lines, entries, ENTRIES);
    return;
  }
  printAttributes(lines, attributes);
  const head = `${atomic ? "atomic" : "block"}${info === undefined ? "" : ` ${quote(info.text)}`}`;
  if (entries.length === 0) {
    lines.add(`${head} { }`);
    return;
  }
  lines.add(`${head} {`);
  lines.indented(() => {
    printEntries(lines, entries, ENTRIES);
  });
  lines.add("}");
}

/** Returns true if bare statements hold a block; a block comment at their edge would stand outside of it. */
function holds(entries: Block["entries"]): boolean {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || (first.kind === "comment" && first.style === "block")) return false;
  return last?.kind !== "comment" || last.style === "line" || staysBehind(entries);
}

/** Returns true if the last comment follows a statement on its line, and so stays in the run of a bare block. */
function staysBehind(entries: readonly Block["entries"][number][]): boolean {
  const last = entries.at(-1);
  const before = entries.at(-2);
  if (last?.kind !== "comment" || before === undefined || !last.trailing || last.text.includes("\n"))
    return false;
  return before.kind !== "comment" || (before.style === "block" && staysBehind(entries.slice(0, -1)));
}

function printControl(lines: Lines, control: Control): void {
  printAttributes(lines, control.attributes);
  printHead(lines, control, control.if);
  printBodyEnd(lines, control);
}

/** Prints `if (a) while (b) timeout 1s "info" {` with its comments, then the body, without the closing brace. */
function printHead(
  lines: Lines,
  control: Control,
  condition: Expression | undefined,
  prefix = "",
  open = false,
): void {
  const { while: loop, timeout, info, items } = control;
  const head = [
    ...(condition === undefined ? [] : [`if (${printInParentheses(condition)})`]),
    ...(loop === undefined ? [] : [`while (${printInParentheses(loop)})`]),
    ...(condition === undefined && loop === undefined ? ["group"] : []),
    ...(timeout === undefined ? [] : ["timeout", durationText(timeout.us)]),
    ...(info === undefined ? [] : [quote(info.text)]),
  ].join(" ");
  const inHead = control.comments.filter((comment) => comment.span.start < control.span.end);
  if (items.length === 0 && inHead.length === 0) {
    const empty = condition === undefined && loop === undefined ? " { }" : open ? " {" : ";";
    lines.add(`${prefix}${head}${empty}`);
    return;
  }
  printOpening(lines, `${prefix}${head}`, inHead, items);
}

function printOpening(
  lines: Lines,
  head: string,
  comments: readonly Comment[],
  items: readonly Item[],
): void {
  const short = comments.filter((comment) => !isLong(comment));
  lines.add(`${head} {${behind(short)}`);
  lines.indented(() => {
    for (const comment of comments) if (isLong(comment)) addRaw(lines, asBlock(comment));
    printItems(lines, items);
  });
}

function printBodyEnd(lines: Lines, control: Control): void {
  const { items, comments, span } = control;
  const inHead = comments.some((comment) => comment.span.start < span.end);
  if (items.length > 0 || inHead) lines.add("}");
  const atEnd = comments.filter((comment) => comment.span.start >= span.end);
  lines.extend(behind(atEnd.filter((comment) => !isLong(comment))));
}

interface Sugar {
  readonly shape: ElseShape;
  readonly head: Control["span"];
  readonly positive: Control;
  /** The comments on lines of their own before `else`. */
  readonly between: readonly Comment[];
  readonly negative: Control;
  /** The offset after its last item. */
  readonly end: number;
}

function sugarAt(items: readonly Item[], at: number): Sugar | undefined {
  const block = items[at];
  const positive = items[at + 1];
  const between: Comment[] = [];
  let end = at + 2;
  for (let comments = onlyComments(items[end]); comments !== undefined; comments = onlyComments(items[end])) {
    append(between, comments);
    end++;
  }
  const negative = items[end++];
  if (block?.kind !== "block" || positive?.kind !== "control" || negative?.kind !== "control")
    return undefined;
  const kept = block.entries.at(-1);
  if (
    kept?.kind !== "declaration" ||
    block.atomic ||
    block.info !== undefined ||
    block.attributes.length > 0
  ) {
    return undefined;
  }
  // A block that must be explicit cannot give its last statement to a following `if`.
  const rest = block.entries.slice(0, -1);
  if (rest.length > 0 && (hasNeighbour(items, at) || !holds(rest))) return undefined;
  if (positive.attributes.length > 0) return undefined;
  const shape = elseShape(kept, positive, negative);
  return shape === undefined ? undefined : { shape, head: positive.span, positive, between, negative, end };
}

function printBranches(lines: Lines, { shape, positive, between, negative }: Sugar, prefix = ""): void {
  printHead(lines, positive, shape.condition, prefix, true);
  const atEnd = positive.comments.filter((comment) => comment.span.start >= positive.span.end);
  const apart = atEnd.length > 0 || between.length > 0;
  if (apart) {
    lines.add("}");
    lines.extend(behind(atEnd));
  }
  between.forEach((comment, at) => {
    lines.gap(between[at - 1]?.span, comment.span);
    addRaw(lines, ENTRIES.comment(comment));
  });
  const next = apart ? "else" : "} else";
  const { items, comments } = negative;
  const only = items[0];
  if (comments.length === 0 && items.length === 1 && only?.kind === "control" && isPlainIf(only)) {
    printHead(lines, only, only.if, `${next} `, true);
    lines.add("}");
    lines.extend(behind(only.comments.filter((comment) => comment.span.start >= only.span.end)));
    return;
  }
  const nested = sugarAt(items, 0);
  if (comments.length === 0 && nested?.end === items.length && onlyEntry(items[0])) {
    printBranches(lines, nested, `${next} `);
    return;
  }
  printOpening(
    lines,
    next,
    comments.filter((comment) => comment.span.start < negative.span.end),
    items,
  );
  lines.add("}");
  lines.extend(behind(comments.filter((comment) => comment.span.start >= negative.span.end)));
}

/** Returns comments by themselves, in a block of their own or without one. */
function onlyComments(item: Item | undefined): readonly Comment[] | undefined {
  if (item?.kind === "comment") return [item];
  if (item?.kind !== "block" || item.atomic || item.info !== undefined || item.attributes.length > 0)
    return undefined;
  const comments = item.entries.filter((entry) => entry.kind === "comment");
  return comments.length > 0 && comments.length === item.entries.length ? comments : undefined;
}

function isPlainIf(control: Control): boolean {
  return control.if !== undefined && control.attributes.length === 0;
}

function onlyEntry(item: Item | undefined): boolean {
  return item?.kind === "block" && item.entries.length === 1;
}

const ENTRIES: EntryStyle = {
  comment: (comment) => (comment.style === "line" ? `//${comment.text}` : asBlock(comment)),
  statement: (text) => text,
};

/** Prints comments after something: only the last one may be `//`. */
function behind(comments: readonly Comment[]): string {
  return comments
    .map((comment, at) => ` ${at < comments.length - 1 ? asBlock(comment) : asLine(comment)}`)
    .join("");
}

function isLong({ text }: Comment): boolean {
  return /[\r\n]/.test(text);
}

/** Prints a name in a place that also takes a string. */
function word({ text }: Text): string {
  return /^(?!(?:if|while|else|__var)$)[A-Za-z_]\w*$/.test(text) ? text : quote(text);
}

function asLine({ text }: Comment): string {
  return `// ${text.trim()}`.trimEnd();
}

function asBlock({ text }: Comment): string {
  return `/*${text.replaceAll("*/", "* /")}*/`;
}
