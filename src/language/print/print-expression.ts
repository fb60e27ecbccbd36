/**
 * Prints expressions and statements as text, the same in both spellings. Numbers and strings stay as they
 * were written.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { precedenceOf } from "../precedence.ts";
import type { Declaration, Expression, Statement } from "../tree.ts";

/** Binds tighter than every binary operator. */
const UNARY = 11;
const ASSIGNMENT = -1;
const CONDITIONAL = 0;
const ATOM = 12;

/** Parentheses that were written are kept; those that the tree needs are added. */
export function printExpression(expression: Expression): string {
  const text = bare(expression);
  return isParenthesized(expression) ? `(${text})` : text;
}

/** Prints what stands inside parentheses that belong to something else, such as `if (...)`. */
export function printInParentheses(expression: Expression): string {
  return bare(expression);
}

function isParenthesized(expression: Expression): boolean {
  return "parenthesized" in expression && expression.parenthesized;
}

function bare(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return expression.raw;
    case "string":
      return `"${expression.raw}"`;
    case "variable":
      return expression.name;
    case "unary": {
      const operand = within(expression.operand, UNARY);
      // `- -x` must not become `--x`.
      const space = operand.startsWith(expression.operator) && "+-".includes(expression.operator) ? " " : "";
      return `${expression.operator}${space}${operand}`;
    }
    case "binary":
    case "logical": {
      const level = precedenceOf(expression.operator);
      return `${within(expression.left, level)} ${expression.operator} ${within(expression.right, level + 1)}`;
    }
    case "conditional": {
      const { test, then, otherwise } = expression;
      return `${within(test, CONDITIONAL + 1)} ? ${within(then, ASSIGNMENT)} : ${within(otherwise, CONDITIONAL)}`;
    }
    case "assignment": {
      const { target, operator = "", value } = expression;
      return `${target.text} ${operator}= ${within(value, ASSIGNMENT)}`;
    }
    case "call":
      return `${expression.name.text}(${expression.args.map((arg) => within(arg, ASSIGNMENT)).join(", ")})`;
    default:
      return assertNever(expression);
  }
}

function within(expression: Expression, level: number): string {
  const text = bare(expression);
  return isParenthesized(expression) || levelOf(expression) < level ? `(${text})` : text;
}

function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case "assignment":
      return ASSIGNMENT;
    case "conditional":
      return CONDITIONAL;
    case "binary":
    case "logical":
      return precedenceOf(expression.operator);
    case "unary":
      return UNARY;
    default:
      return ATOM;
  }
}

/** `nameWidth` pads the name, so that the `=` of neighbouring declarations are aligned. */
export function printStatement(statement: Statement, nameWidth = 0): string {
  if (statement.kind === "expression") return `${printExpression(statement.expression)};`;
  return printDeclaration(statement, nameWidth);
}

function printDeclaration({ name, value }: Declaration, nameWidth: number): string {
  if (value === undefined) return `__var ${name.text};`;
  return `__var ${name.text.padEnd(nameWidth)} = ${printExpression(value)};`;
}

/** Quotes a string of a head for .seq: info, processor, path. */
export function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
