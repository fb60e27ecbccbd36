/** Every text of src/ that reads as words, by what it is: a failure with its kind, a finding with its code, help, or other. */
import ts from "typescript";
import { isText, textsIn, type SourceFile, type Text } from "./source-texts.ts";

export type Section = "Failures" | "Findings" | "Help" | "Other texts";

export interface Message {
  readonly section: Section;
  readonly path: string;
  /** The kind of a failure or the code of a finding, if the text stands beside it. */
  readonly name?: string;
  readonly says: string;
}

export function messagesOf(file: SourceFile): readonly Message[] {
  const roots = new Set(textsIn(file).map(whole));
  return [...roots].flatMap((node) => {
    const says = worded(node).replace(/\s*\n\s*/g, " ⏎ ");
    if (!isWorded(says) || isType(node)) return [];
    return [{ path: file.path, says, ...contextOf(node, file.path) }];
  });
}

/** Two words and a space between: a name, a path or a pattern is no sentence. */
function isWorded(text: string): boolean {
  return (
    !/^[01]{4,}/.test(text) && /[a-z]{2,}[,;:)"}]? ["({]*[a-z]+/i.test(text.replaceAll(/\{[^}]*\}/g, "{x}"))
  );
}

function isType(node: ts.Node): boolean {
  return ts.isLiteralTypeNode(node.parent);
}

type Sum = ts.BinaryExpression;

function isSum(node: ts.Node): node is Sum {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** A text that is broken into lines by `+` is one. */
function whole(node: Text): Text | Sum {
  let at: Text | Sum = node;
  while (isSum(at.parent)) at = at.parent;
  return at;
}

function worded(node: ts.Expression): string {
  if (isSum(node)) return worded(node.left) + worded(node.right);
  if (!isText(node)) return `{${short(node)}}`;
  if (!ts.isTemplateExpression(node)) return node.text;
  return (
    node.head.text +
    node.templateSpans.map(({ expression, literal }) => `{${short(expression)}}${literal.text}`).join("")
  );
}

/** The last name of `a.b.c`; a call by what is called. Choices stand in lines of their own. */
function short(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node)) return node.arguments[0] === undefined ? "..." : short(node.arguments[0]);
  return "...";
}

const HELP_CALLS = /^(?:description|summary|option|requiredOption|argument|addHelpText|usage|help\w*)$/;

function contextOf(node: ts.Node, path: string): Pick<Message, "section" | "name"> {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isNewExpression(at) && /(?:Failure|Error)$/.test(at.expression.getText())) return failure(at);
    if (ts.isCallExpression(at)) {
      const called = at.expression.getText().split(".").at(-1) ?? "";
      if (/^(?:bad|fail|refuse|malformed)\w*$|Failure$/.test(called)) return failure(at);
      if (HELP_CALLS.test(called)) return { section: "Help" };
    }
    if (ts.isObjectLiteralExpression(at)) {
      const code = property(at, "code");
      if (code !== undefined) return { section: "Findings", name: code };
      if (property(at, "flag") !== undefined) return { section: "Help", name: property(at, "flag") ?? "" };
    }
    if (ts.isCaseClause(at) && isText(at.expression) && /faults\.ts$/.test(path))
      return { section: "Failures", name: worded(at.expression) };
  }
  if (/(?:^|\/)(?:\w+-)?faults\.ts$/.test(path)) return { section: "Failures" };
  return { section: /^(?:manual|options)\//.test(path) ? "Help" : "Other texts" };
}

function failure(call: ts.CallExpression | ts.NewExpression): Pick<Message, "section" | "name"> {
  const facts = call.arguments?.find(ts.isObjectLiteralExpression);
  const kind = facts === undefined ? undefined : property(facts, "kind");
  return { section: "Failures", ...(kind === undefined ? {} : { name: kind }) };
}

function property(object: ts.ObjectLiteralExpression, name: string): string | undefined {
  for (const each of object.properties)
    if (ts.isPropertyAssignment(each) && each.name.getText() === name && isText(each.initializer))
      return worded(each.initializer);
  return undefined;
}
