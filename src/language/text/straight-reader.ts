/**
 * Reads statements and expressions without mistakes, in one pass without looking back. Returns undefined at
 * the first irregularity: the parser, whose grammar this is, then reads the same tokens and explains.
 */
import { createTokenInstance, EOF, type IToken, type TokenType } from "chevrotain";
import { join, spanIn, type Excerpt, type Span } from "../../lib/source.ts";
import { endOf } from "./lexer.ts";
import { readNumber } from "./literals.ts";
import { PRECEDENCE } from "../precedence.ts";
import * as t from "./tokens.ts";
import { assignment, binary, call, conditional, foldUnary, parenthesized } from "./tree-builder.ts";
import type { Declaration, Expression, Statement } from "../tree.ts";

export class StraightReader {
  readonly #excerpt: Excerpt;
  /** Returns the token so many places ahead; 1 is the next. After the last one it returns tokens of the end. */
  readonly #look: (ahead: number) => IToken;
  /** The number of tokens that were taken. */
  taken = 0;

  constructor(excerpt: Excerpt, look: (ahead: number) => IToken) {
    this.#excerpt = excerpt;
    this.#look = look;
  }

  /** Reads a statement with its semicolon. */
  statement(): Statement | undefined {
    const first = this.next;
    if (first.tokenType === t.Var) return this.#declaration(first);
    const expression = this.expression();
    if (expression === undefined) return undefined;
    const last = this.#take(t.Semicolon);
    return last === undefined
      ? undefined
      : { kind: "expression", expression, span: this.#between(first, last) };
  }

  get next(): IToken {
    return this.#look(this.taken + 1);
  }

  #declaration(first: IToken): Declaration | undefined {
    this.taken++;
    const name = this.next;
    if (NAMES[name.tokenTypeIdx] !== true) return undefined;
    this.taken++;
    let value: Expression | undefined;
    if (this.next.tokenType === t.Assign) {
      this.taken++;
      value = this.expression();
      if (value === undefined) return undefined;
    }
    const last = this.#take(t.Semicolon);
    if (last === undefined) return undefined;
    const text = { text: name.image, span: this.#span(name) };
    const span = this.#between(first, last);
    return value === undefined
      ? { kind: "declaration", name: text, span }
      : { kind: "declaration", name: text, value, span };
  }

  expression(): Expression | undefined {
    const left = this.#conditional();
    if (left === undefined) return undefined;
    const operator = this.next;
    if (ASSIGNMENTS[operator.tokenTypeIdx] !== true) return left;
    this.taken++;
    const value = this.expression();
    return value === undefined ? undefined : assignment(left, operator.image, value);
  }

  #conditional(): Expression | undefined {
    const test = this.#binary(1);
    if (test === undefined || this.next.tokenType !== t.Question) return test;
    this.taken++;
    const then = this.expression();
    if (then === undefined || this.#take(t.Colon) === undefined) return undefined;
    const otherwise = this.#conditional();
    return otherwise === undefined ? undefined : conditional(test, then, otherwise);
  }

  /** Reads operators that bind at least so tightly. */
  #binary(least: number): Expression | undefined {
    let left = this.#unary();
    while (left !== undefined) {
      const operator = this.next;
      const precedence = PRECEDENCES[operator.tokenTypeIdx] ?? 0;
      if (precedence < least) return left;
      this.taken++;
      const right = this.#binary(precedence + 1);
      if (right === undefined) return undefined;
      left = binary(left, operator.image, right);
    }
    return undefined;
  }

  #unary(): Expression | undefined {
    const token = this.next;
    if (PREFIXES[token.tokenTypeIdx] !== true) return this.#primary(token);
    this.taken++;
    const operand = this.#unary();
    if (operand === undefined) return undefined;
    return foldUnary([{ operator: token.image, span: this.#span(token) }], operand);
  }

  #primary(token: IToken): Expression | undefined {
    this.taken++;
    if (NAMES[token.tokenTypeIdx] === true) return this.#named(token);
    switch (token.tokenType) {
      case t.NumberToken: {
        const { value, problem } = readNumber(token.image);
        if (problem !== undefined) return undefined;
        return { kind: "number", value, raw: token.image, span: this.#span(token) };
      }
      case t.LeftParen: {
        const inner = this.expression();
        const close = inner === undefined ? undefined : this.#take(t.RightParen);
        if (inner === undefined || close === undefined) return undefined;
        return parenthesized(inner, this.#between(token, close));
      }
      case t.StringToken: {
        const { image } = token;
        if (image.length < 2 || !image.endsWith('"') || image.includes("\\")) return undefined;
        return { kind: "string", raw: image.slice(1, -1), span: this.#span(token) };
      }
      default:
        return undefined;
    }
  }

  #named(name: IToken): Expression | undefined {
    const span = this.#span(name);
    if (this.next.tokenType !== t.LeftParen) return { kind: "variable", name: name.image, span };
    this.taken++;
    const args: Expression[] = [];
    if (this.next.tokenType !== t.RightParen) {
      for (;;) {
        const argument = this.expression();
        if (argument === undefined) return undefined;
        args.push(argument);
        if (this.next.tokenType !== t.Comma) break;
        this.taken++;
      }
    }
    const close = this.#take(t.RightParen);
    if (close === undefined) return undefined;
    return call({ text: name.image, span }, args, join(span, this.#span(close)));
  }

  #take(type: TokenType): IToken | undefined {
    const token = this.next;
    if (token.tokenType !== type) return undefined;
    this.taken++;
    return token;
  }

  #span(token: IToken): Span {
    return spanIn(this.#excerpt, token.startOffset, endOf(token));
  }

  #between(first: IToken, last: IToken): Span {
    return spanIn(this.#excerpt, first.startOffset, endOf(last));
  }
}

/** Returns the statements of a whole text, or undefined. */
export function readStraightBlock(excerpt: Excerpt, tokens: readonly IToken[]): Statement[] | undefined {
  const reader = readerOf(excerpt, tokens);
  const statements: Statement[] = [];
  while (reader.taken < tokens.length) {
    const statement = reader.statement();
    if (statement === undefined) return undefined;
    statements.push(statement);
  }
  return statements;
}

/** Returns the expression of a whole text, or undefined. */
export function readStraightExpression(excerpt: Excerpt, tokens: readonly IToken[]): Expression | undefined {
  const reader = readerOf(excerpt, tokens);
  const expression = reader.expression();
  return reader.taken === tokens.length ? expression : undefined;
}

function readerOf(excerpt: Excerpt, tokens: readonly IToken[]): StraightReader {
  return new StraightReader(excerpt, (ahead) => tokens[ahead - 1] ?? END);
}

const END = createTokenInstance(EOF, "", NaN, NaN, NaN, NaN, NaN, NaN);

/** Makes a look-up by the number of a token type; it also holds for the type's categories. */
function byType<Value>(of: (type: TokenType) => Value): readonly Value[] {
  const values: Value[] = [];
  for (const type of t.allTokens) if (type.tokenTypeIdx !== undefined) values[type.tokenTypeIdx] = of(type);
  return values;
}

const belongsTo = (type: TokenType, category: TokenType): boolean =>
  type === category || type.CATEGORIES?.includes(category) === true;

const NAMES = byType((type) => belongsTo(type, t.Identifier));
const PREFIXES = byType((type) => belongsTo(type, t.PrefixOperatorToken));
const ASSIGNMENTS = byType((type) => belongsTo(type, t.AssignmentOperatorToken));
const PRECEDENCES = byType((type) =>
  typeof type.PATTERN === "string" && belongsTo(type, t.BinaryOperatorToken)
    ? (PRECEDENCE[type.PATTERN] ?? 0)
    : 0,
);
