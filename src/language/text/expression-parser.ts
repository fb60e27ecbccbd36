/**
 * Parses statements and expressions, which PDSC blocks and .seq share, and skips a broken statement so that
 * the next one is still read. Knows no .seq words; script-parser.ts adds them.
 */
import { EmbeddedActionsParser, EOF, isRecognitionException, tokenMatcher } from "chevrotain";
import type { IRecognitionException, IToken, ParserMethod, TokenType } from "chevrotain";
import { Source, spanIn, whole, type Excerpt, type Span } from "../../lib/source.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { endOf } from "./lexer.ts";
import { readNumber } from "./literals.ts";
import { errorMessages, explain, numberProblem, type Stumble } from "./syntax-errors.ts";
import { assignment, call, conditional, foldBinary, foldUnary, parenthesized } from "./tree-builder.ts";
import { StraightReader } from "./straight-reader.ts";
import * as t from "./tokens.ts";
import type { Declaration, Expression, Statement } from "../tree.ts";

export class ExpressionParser extends EmbeddedActionsParser {
  protected excerpt: Excerpt = whole(new Source("", ""));
  readonly findings: Diagnostic[] = [];
  /** True if a statement was left before an opening brace, so that the brace is not a second mistake. */
  protected quietBraces = false;

  constructor(skipValidations: boolean) {
    super([...t.allTokens], {
      maxLookahead: 2,
      recoveryEnabled: false,
      nodeLocationTracking: "none",
      errorMessageProvider: errorMessages,
      skipValidations,
    });
  }

  /** Sets what is read next. */
  start(excerpt: Excerpt, tokens: IToken[]): void {
    this.input = tokens;
    this.excerpt = excerpt;
    this.findings.length = 0;
  }

  protected spanOf(token: IToken): Span {
    return spanIn(this.excerpt, token.startOffset, endOf(token));
  }

  protected between(first: IToken, last: IToken): Span {
    return spanIn(this.excerpt, first.startOffset, endOf(last));
  }

  protected is(token: IToken, type: TokenType): boolean {
    return tokenMatcher(token, type);
  }

  /** Parses the content of a `<block>` or of debugvars. */
  readonly blockText: ParserMethod<[], Statement[]> = this.RULE("blockText", () => {
    const statements: Statement[] = [];
    do {
      this.MANY(() => {
        const statement = this.SUBRULE(this.statement);
        if (statement !== undefined) statements.push(statement);
      });
    } while (this.skipStray());
    return statements;
  });

  /** Parses an `if` or `while` attribute, or the argument of `eval`. */
  readonly wholeExpression: ParserMethod<[], Expression | undefined> = this.RULE("wholeExpression", () =>
    this.attempt(
      () => {
        const expression = this.SUBRULE(this.expression);
        this.CONSUME(EOF);
        return expression;
      },
      () => {
        while (this.LA(1).tokenType !== EOF) this.SKIP_TOKEN();
      },
    ),
  );

  readonly statement: ParserMethod<[], Statement | undefined> = this.RULE("statement", () => {
    const straight = this.straight((reader) => reader.statement());
    if (straight !== undefined) return straight;
    const first = this.LA(1);
    const second = this.LA(2);
    const read = this.attempt<Statement>(
      () =>
        this.OR([{ ALT: () => this.SUBRULE(this.declaration) }, { ALT: () => this.SUBRULE(this.action) }]),
      (error) => {
        this.leaveStatement(first, error);
      },
      first,
    );
    if (read !== undefined || this.RECORDING_PHASE) return read;
    return this.is(first, t.Var) && this.is(second, t.Identifier) ? this.nameOnly(first, second) : undefined;
  });

  readonly declaration: ParserMethod<[], Declaration> = this.RULE("declaration", () => {
    const first = this.CONSUME(t.Var);
    const name = this.CONSUME(t.Identifier);
    const value = this.OPTION(() => {
      this.CONSUME(t.Assign);
      return this.SUBRULE(this.expression);
    });
    const last = this.CONSUME(t.Semicolon);
    return this.ACTION((): Declaration => ({
      kind: "declaration",
      name: { text: name.image, span: this.spanOf(name) },
      ...(value === undefined ? {} : { value }),
      span: this.between(first, last),
    }));
  });

  readonly action: ParserMethod<[], Statement> = this.RULE("action", () => {
    const first = this.LA(1);
    const expression = this.SUBRULE(this.expression);
    const last = this.CONSUME(t.Semicolon);
    return this.ACTION((): Statement => ({
      kind: "expression",
      expression,
      span: this.between(first, last),
    }));
  });

  readonly expression: ParserMethod<[], Expression> = this.RULE("expression", () => {
    const straight = this.straight((reader) => reader.expression());
    if (straight !== undefined) return straight;
    const left = this.SUBRULE(this.conditional);
    let result = left;
    this.OPTION(() => {
      const operator = this.CONSUME(t.AssignmentOperatorToken);
      const value = this.SUBRULE(this.expression);
      this.ACTION(() => {
        const made = assignment(left, operator.image, value);
        if (made === undefined) {
          this.findings.push({
            code: "assignment-target",
            severity: "error",
            message: "only a variable can be assigned",
            span: left.span,
            hint: operator.image === "=" ? "to compare, write ==" : "put a variable on the left",
            malformed: true,
          });
        } else result = made;
      });
    });
    return result;
  });

  readonly conditional: ParserMethod<[], Expression> = this.RULE("conditional", () => {
    const test = this.SUBRULE(this.binary);
    let result = test;
    this.OPTION(() => {
      this.CONSUME(t.Question);
      const then = this.SUBRULE(this.expression);
      this.CONSUME(t.Colon);
      const otherwise = this.SUBRULE(this.conditional);
      this.ACTION(() => {
        result = conditional(test, then, otherwise);
      });
    });
    return result;
  });

  /** Parses operands and operators in a row; the precedence table makes the tree. */
  readonly binary: ParserMethod<[], Expression> = this.RULE("binary", () => {
    const operands = [this.SUBRULE(this.unary)];
    const operators: string[] = [];
    this.MANY(() => {
      operators.push(this.CONSUME(t.BinaryOperatorToken).image);
      operands.push(this.SUBRULE2(this.unary));
    });
    return this.ACTION(() => foldBinary(operands, operators));
  });

  readonly unary: ParserMethod<[], Expression> = this.RULE("unary", () => {
    const prefixes: IToken[] = [];
    this.MANY(() => {
      prefixes.push(this.CONSUME(t.PrefixOperatorToken));
    });
    const operand = this.SUBRULE(this.primary);
    return this.ACTION(() =>
      foldUnary(
        prefixes.map((token) => ({ operator: token.image, span: this.spanOf(token) })),
        operand,
      ),
    );
  });

  readonly primary: ParserMethod<[], Expression> = this.RULE("primary", () =>
    this.OR([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.named) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.string) },
    ]),
  );

  readonly number: ParserMethod<[], Expression> = this.RULE("number", () => {
    const token = this.CONSUME(t.NumberToken);
    return this.ACTION((): Expression => {
      const span = this.spanOf(token);
      const { value, problem } = readNumber(token.image);
      if (problem !== undefined) this.findings.push(numberProblem(problem, token.image, span));
      return { kind: "number", value, raw: token.image, span };
    });
  });

  readonly string: ParserMethod<[], Expression> = this.RULE("string", () => {
    const token = this.CONSUME(t.StringToken);
    return this.ACTION((): Expression => ({
      kind: "string",
      raw: this.stringText(token),
      span: this.spanOf(token),
    }));
  });

  readonly parenthesized: ParserMethod<[], Expression> = this.RULE("parenthesized", () => {
    const open = this.CONSUME(t.LeftParen);
    const inner = this.SUBRULE(this.expression);
    const close = this.CONSUME(t.RightParen);
    return this.ACTION(() => parenthesized(inner, this.between(open, close)));
  });

  /** Parses a variable or a call. */
  readonly named: ParserMethod<[], Expression> = this.RULE("named", () => {
    const name = this.CONSUME(t.Identifier);
    let args: Expression[] | undefined;
    let close = name;
    this.OPTION(() => {
      this.CONSUME(t.LeftParen);
      const list: Expression[] = [];
      this.MANY_SEP({ SEP: t.Comma, DEF: () => list.push(this.SUBRULE(this.expression)) });
      close = this.CONSUME(t.RightParen);
      args = list;
    });
    return this.ACTION((): Expression => {
      const span = this.spanOf(name);
      if (args === undefined) return { kind: "variable", name: name.image, span };
      return call({ text: name.image, span }, args, this.between(name, close));
    });
  });

  /** Reads what is unambiguous. If anything is odd it takes nothing, and the rule reads the text. */
  protected straight<Read>(read: (reader: StraightReader) => Read | undefined): Read | undefined {
    if (this.RECORDING_PHASE) return undefined;
    const reader = new StraightReader(this.excerpt, (ahead) => this.LA(ahead));
    const found = read(reader);
    if (found !== undefined) for (let taken = 0; taken < reader.taken; taken++) this.SKIP_TOKEN();
    return found;
  }

  /** Returns the raw text between the quotes. */
  protected stringText(token: IToken): string {
    const { image } = token;
    if (image.length > 1 && /[^\\](?:\\\\)*"$/.test(image.slice(-64)) && image.endsWith('"')) {
      return image.slice(1, -1);
    }
    this.findings.push({
      code: "unterminated-string",
      severity: "error",
      message: "the string has no closing quote on its line",
      span: this.spanOf(token),
      hint: 'end it with ", and write \\" for a quote inside',
      malformed: true,
    });
    return image.slice(1);
  }

  /** Runs a part of a rule; a thrown error is reported once, and `leave` finds a place to go on from. */
  protected attempt<T>(
    part: () => T,
    leave: (error: IRecognitionException) => void,
    first?: IToken,
  ): T | undefined {
    if (this.RECORDING_PHASE) return part();
    try {
      return part();
    } catch (error) {
      if (!(error instanceof Error) || !isRecognitionException(error)) throw error;
      this.findings.push(explain(this.stumble(error as IRecognitionException, first), this.excerpt));
      leave(error as IRecognitionException);
      return undefined;
    }
  }

  /** Keeps the name of a declaration that could not be read, so that later uses are not a second mistake. */
  private nameOnly(first: IToken, name: IToken): Declaration {
    const span = this.spanOf(name);
    return {
      kind: "declaration",
      name: { text: name.image, span },
      value: { kind: "number", value: 0n, raw: "0", span },
      span: this.between(first, name),
    };
  }

  /** If nothing fits, the name at the beginning may be right and the next word wrong. */
  private stumble(error: IRecognitionException, first: IToken | undefined): Stumble {
    const { message, token } = error;
    const { previousToken } = error as { previousToken?: IToken };
    const second = this.LA(2);
    if (error.name !== "NoViableAltException" || this.LA(1) !== token || !this.is(token, t.Identifier)) {
      return { message, token, before: previousToken, first };
    }
    const found = second.tokenType === EOF ? "the text ends here" : `found '${second.image}'`;
    return { message: `expected ';' or an operator, ${found}`, token: second, before: token, first: token };
  }

  /** Skips a broken statement: to the end of its semicolon, or to what clearly begins something new. */
  protected leaveStatement(first: IToken, error: IRecognitionException): void {
    const missingSemicolon = error.name === "MismatchedTokenException" && this.beginsLine(this.LA(1));
    if (missingSemicolon && this.LA(1) !== first && error.message.startsWith("expected ';'")) return;
    if (this.LA(1) === first) this.SKIP_TOKEN();
    if (first.image === "for") this.leaveForHead();
    for (;;) {
      const next = this.LA(1);
      if (next.tokenType === EOF || this.is(next, t.RightBrace)) return;
      this.quietBraces = this.is(next, t.LeftBrace);
      if (this.quietBraces || (this.beginsLine(next) && this.beginsStatement())) return;
      this.SKIP_TOKEN();
      if (this.is(next, t.Semicolon)) return;
    }
  }

  /** The semicolons in the head of a C `for` do not end a statement. */
  private leaveForHead(): void {
    for (let depth = 1; depth > 0;) {
      const next = this.LA(1);
      if (next.tokenType === EOF || this.is(next, t.RightBrace) || this.is(next, t.LeftBrace)) return;
      if (this.is(next, t.LeftParen)) depth++;
      if (this.is(next, t.RightParen)) depth--;
      this.SKIP_TOKEN();
    }
  }

  private beginsStatement(): boolean {
    const next = this.LA(1);
    if ([t.Var, t.If, t.While].some((type) => this.is(next, type))) return true;
    return this.is(next, t.Identifier) && this.is(this.LA(2), t.AssignmentOperatorToken);
  }

  protected beginsLine(token: IToken): boolean {
    if (token.tokenType === EOF) return true;
    for (let at = token.startOffset - 1; at >= 0; at--) {
      const letter = this.excerpt.text.charCodeAt(at);
      if (letter === 10 || letter === 13) return true;
      if (letter !== 32 && letter !== 9) return false;
    }
    return true;
  }

  /** Reports and skips a token that cannot begin anything here. Returns false at the end of the text. */
  protected skipStray(): boolean {
    if (this.RECORDING_PHASE) return false;
    const next = this.LA(1);
    if (next.tokenType === EOF) return false;
    if (this.is(next, t.Semicolon)) {
      this.findings.push({
        code: "empty-statement",
        severity: "warning",
        message: "a semicolon with no statement before it",
        span: this.spanOf(next),
        hint: "remove it",
        fix: { span: this.spanOf(next), text: "" },
      });
      this.SKIP_TOKEN();
      return true;
    }
    this.findings.push(strayToken(next, this.spanOf(next)));
    this.SKIP_TOKEN();
    if (!this.is(next, t.RightBrace) && !this.is(next, t.LeftBrace)) this.leaveStray();
    return true;
  }

  private leaveStray(): void {
    for (;;) {
      const next = this.LA(1);
      if (next.tokenType === EOF || this.is(next, t.RightBrace) || this.is(next, t.LeftBrace)) return;
      if (this.beginsLine(next)) return;
      this.SKIP_TOKEN();
      if (this.is(next, t.Semicolon)) return;
    }
  }
}

function strayToken(token: IToken, span: Span): Diagnostic {
  const word = token.image;
  const base = { code: "syntax", severity: "error", span, malformed: true } as const;
  if (word === "if" || word === "while") {
    return {
      ...base,
      message: `'${word}' is not a statement of a block`,
      hint: `end the block before it; in a PDSC write <control ${word}="..."> around the blocks that depend on it`,
    };
  }
  if (word === "else") {
    return { ...base, message: "'else' without an 'if' before it", hint: "it follows the '}' of an if" };
  }
  if (word === "}" || word === ")") {
    return {
      ...base,
      message: `'${word}' closes nothing`,
      hint: "remove it, or look for what is missing before it",
    };
  }
  return { ...base, message: `no statement begins with '${word}'` };
}
