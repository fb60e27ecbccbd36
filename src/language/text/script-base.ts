/**
 * Holds what the rules of .seq files share: braces, attributes that wait for their item, comments, the file
 * as a whole.
 */
import { EOF, type IToken } from "chevrotain";
import { join, spanIn } from "../../lib/source.ts";
import { arrange, type Part } from "./arrange.ts";
import { asXmlComment, CommentStore, weave } from "./comments.ts";
import { withElse, nameElse, type Branch, type ElseNames } from "./else-sugar.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { endOf } from "./lexer.ts";
import { unquote } from "./literals.ts";
import * as t from "./tokens.ts";
import type {
  Attribute,
  Comment,
  Control,
  Expression,
  Item,
  Script,
  Sequence,
  Text,
  Timeout,
} from "../tree.ts";
import { append, greatest } from "../../lib/lists.ts";

export type FileItem = Script["items"][number];

export interface Body {
  /**
   * The offsets at which the content begins and ends; they are equal for the `;` that stands for an empty
   * body.
   */
  readonly start: number;
  readonly end: number;
  readonly last: IToken;
  readonly parts: readonly Part[];
}

/** The tail may follow a head, as in `timeout 1s "info" { ... }`. */
export interface Tail {
  readonly timeout?: Timeout;
  readonly info?: Text;
  readonly body?: Body;
}

interface ControlParts {
  readonly first: IToken;
  readonly attributes: readonly Attribute[];
  readonly if: Expression | undefined;
  readonly while: Expression | undefined;
  readonly tail: Tail;
}

export class ScriptBase extends ExpressionParser {
  readonly comments = new CommentStore();
  protected elseNames: ElseNames = { next: 0, used: new Set() };
  private waiting: Attribute[] = [];
  private unclosed = false;

  override start(...input: Parameters<ExpressionParser["start"]>): void {
    super.start(...input);
    this.unclosed = false;
    this.quietBraces = false;
    this.waiting = [];
    this.comments.fill([]);
    const used = input[1].map(({ image }) => image).filter((image) => image.startsWith("_else"));
    this.elseNames = { next: 0, used: new Set(used) };
  }

  protected text(token: IToken): Text {
    const text = this.is(token, t.StringToken) ? unquote(this.stringText(token)) : token.image;
    return { text, span: this.spanOf(token) };
  }

  /** Keeps an attribute for the item that follows it. */
  protected wait(attribute: Attribute): void {
    this.waiting.push(attribute);
  }

  protected takeAttributes(): readonly Attribute[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** Attributes belong to elements of a PDSC, and a statement is not an element. */
  protected refuseAttributes(): void {
    for (const { name } of this.takeAttributes()) {
      this.findings.push({
        code: "misplaced-attribute",
        severity: "error",
        message: `'@${name.text}' stands before no sequence, control or block`,
        span: name.span,
        hint: "write block { } around the statements to give them an attribute",
        malformed: true,
      });
    }
  }

  protected insideBraces(): boolean {
    const next = this.LA(1);
    return !this.RECORDING_PHASE && next.tokenType !== EOF && !this.is(next, t.RightBrace);
  }

  /** Reads the closing brace; if the text ends without it, the opening one is reported, once. */
  protected closing(open: IToken, consume: () => IToken): IToken {
    this.ACTION(() => {
      this.refuseAttributes();
    });
    if (this.RECORDING_PHASE || this.is(this.LA(1), t.RightBrace)) return consume();
    if (!this.unclosed) {
      this.findings.push({
        code: "syntax",
        severity: "error",
        message: "'{' is never closed",
        span: this.spanOf(open),
        hint: "write '}' where it ends",
        malformed: true,
      });
    }
    this.unclosed = true;
    return this.LA(0);
  }

  /** Returns the items of a body, with the comments that stand in it. */
  protected itemsOf(body: Body | undefined): Item[] {
    if (body === undefined) return [];
    return arrange(body.parts, this.comments.take(body.start, body.end));
  }

  /** Returns the control's own comments: those in and after a head, and after the end of a control. */
  protected ownComments(first: IToken, body: Body | undefined): Comment[] {
    if (body === undefined) return [];
    const inside = this.comments.take(first.startOffset, body.start);
    const behindHead = body.end > body.start ? this.comments.takeBehind(body.start) : [];
    const behindEnd = this.comments.takeBehind(endOf(body.last));
    return [...inside, ...behindHead, ...behindEnd].map(asXmlComment);
  }

  /** A sequence's comment after its head is an XML comment too; it comes first among the items. */
  protected sequenceItems(first: IToken, body: Body | undefined): Item[] {
    if (body === undefined) return [];
    const inside = this.comments.take(first.startOffset, body.start);
    const behind = body.end > body.start ? this.comments.takeBehind(body.start) : [];
    const lead = [...inside, ...behind].map((comment) => ({ ...asXmlComment(comment), trailing: true }));
    return [...lead, ...this.itemsOf(body)];
  }

  /** Bare statements of a file become one sequence without a name. */
  protected fileItems(found: readonly (FileItem | Part)[]): FileItem[] {
    this.refuseAttributes();
    const items: FileItem[] = [];
    const bare: Part[] = [];
    for (const thing of found) {
      switch (thing.kind) {
        case "declaration":
        case "expression":
        case "block":
        case "control":
          bare.push(thing);
          break;
        default:
          items.push(thing);
      }
    }
    const first = bare[0];
    const last = bare.at(-1);
    if (first === undefined || last === undefined)
      return weave(items, this.comments.take(0, Infinity).map(asXmlComment));
    const named = items.find((item): item is Sequence => item.kind === "sequence");
    if (named !== undefined) {
      this.findings.push({
        code: "outside-sequence",
        severity: "error",
        message: "a statement outside of every sequence of this file",
        span: first.span,
        related: [{ span: named.name.span, message: "a sequence of this file" }],
        hint: "put it into a sequence; only a file without sequences may consist of bare statements",
        malformed: true,
      });
    }
    const start = Math.max(
      0,
      greatest(items.filter((item) => item.span.end <= first.span.start).map((item) => item.span.end)),
    );
    const body = arrange(bare, this.comments.take(start, Infinity));
    const span = join(first.span, last.span);
    const unnamed: Sequence = {
      kind: "sequence",
      name: { text: "", span: { ...first.span, end: first.span.start } },
      disabled: false,
      requires: [],
      items: body,
      attributes: [],
      span,
    };
    const comments = this.comments.take(0, Infinity).map(asXmlComment);
    return weave(
      [...items, unnamed].sort((a, b) => a.span.start - b.span.start),
      comments,
    );
  }

  /** Skips a condition that could not be read, so that nothing is concluded from it. */
  protected skipCondition(): void {
    let depth = 1;
    for (;;) {
      const next = this.LA(1);
      if (
        next.tokenType === EOF ||
        [t.LeftBrace, t.RightBrace, t.Semicolon].some((type) => this.is(next, type))
      )
        return;
      if (this.is(next, t.LeftParen)) depth++;
      if (this.is(next, t.RightParen)) depth--;
      this.SKIP_TOKEN();
      if (depth === 0) return;
    }
  }

  protected control({ first, attributes, if: condition, while: loop, tail }: ControlParts): Control {
    const { body, timeout, info } = tail;
    return {
      kind: "control",
      ...(condition === undefined ? {} : { if: condition }),
      ...(loop === undefined ? {} : { while: loop }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(info === undefined ? {} : { info }),
      comments: this.ownComments(first, body),
      items: this.itemsOf(body),
      attributes,
      span: this.between(first, body?.last ?? this.LA(0)),
    };
  }

  /** Reads what follows `else`: the items of braces, or another `if`. */
  protected otherwise(
    first: IToken,
    { branch, body }: { readonly branch?: Branch; readonly body?: Body },
  ): NonNullable<Branch["otherwise"]> {
    const span = this.between(first, this.LA(0));
    if (branch !== undefined) {
      const parts = withElse(branch, () => nameElse(this.elseNames));
      const comments = this.comments.take(first.startOffset, branch.head.start).map(asXmlComment);
      return { items: arrange(parts, this.comments.take(branch.head.start, span.end)), comments, span };
    }
    return { comments: this.ownComments(first, body), items: this.itemsOf(body), span };
  }

  /** Reports braces without a head; after a head that could not be read they are not a second mistake. */
  protected misplaced(body: Body, quiet: boolean): Part[] {
    if (quiet) return [];
    this.findings.push({
      code: "bare-braces",
      severity: "error",
      message: "braces without a head",
      span: spanIn(this.excerpt, body.start - 1, body.start),
      hint: "write group { } for a scope of its own, or block { } for statements that belong together",
      malformed: true,
    });
    return [...body.parts];
  }

  /** A rule's answer is not a list while the grammar is recorded. */
  protected gather<T>(list: T[], more: readonly T[]): void {
    this.ACTION(() => {
      append(list, more);
    });
  }

  /** Reads one item of a file or of braces; a broken one is skipped. */
  protected attemptItem(part: () => unknown): void {
    this.attempt(part, () => {
      this.skipToBody();
      if (this.is(this.LA(1), t.Semicolon)) this.SKIP_TOKEN();
      else this.quietBraces = this.is(this.LA(1), t.LeftBrace);
    });
  }

  protected skipToBody(): void {
    for (;;) {
      const next = this.LA(1);
      if (
        next.tokenType === EOF ||
        [t.LeftBrace, t.RightBrace, t.Semicolon].some((type) => this.is(next, type))
      )
        return;
      this.SKIP_TOKEN();
    }
  }
}
