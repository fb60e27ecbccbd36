/** What people read in the source: string literals, templates and comments, by the TypeScript syntax tree. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

export const SRC = new URL("../../src/", import.meta.url).pathname;

export interface SourceFile {
  /** Below src/, with slashes. */
  readonly path: string;
  readonly tree: ts.SourceFile;
}

export function sourceFiles(folder = SRC): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => name.replaceAll("\\", "/"))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      return { path: relative(SRC, file).replaceAll("\\", "/"), tree };
    });
}

export type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;

export function isText(node: ts.Node): node is Text {
  return (
    ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)
  );
}

/** The words of a literal. What a template puts in stands as `{}`. */
export function textOf(node: Text): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join("");
}

/** All literals but names of modules. Those inside of a template come too, on their own. */
export function textsIn({ tree }: SourceFile): readonly Text[] {
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (isText(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

export function commentsIn({ tree }: SourceFile): readonly string[] {
  const { text } = tree;
  const found = new Map<number, string>();
  const keep = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) found.set(pos, text.slice(pos, end));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isToken(node)) {
      keep(ts.getLeadingCommentRanges(text, node.pos));
      keep(ts.getTrailingCommentRanges(text, node.end));
      return;
    }
    for (const child of node.getChildren(tree)) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(tree);
  return [...found.values()];
}
