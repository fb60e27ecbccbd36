/** Parses .seq files around the statements: sequences, controls, blocks, scopes. Opens no file. */
import type { IToken, ParserMethod } from "chevrotain";
import type { Part } from "./arrange.ts";
import { asXmlComment, weave } from "./comments.ts";
import { nameElse, withElse, type Branch } from "./else-sugar.ts";
import { endOf } from "./lexer.ts";
import { ScriptBase, type Body, type FileItem, type Tail } from "./script-base.ts";
import { readRequirement, readTimeout } from "./script-words.ts";
import * as t from "./tokens.ts";
import type {
  Block,
  DebugVars,
  Expression,
  Import,
  Scope,
  ScopeItem,
  Sequence,
  Statement,
  Text,
  TraceSetup,
} from "../tree.ts";

type Levels = Partial<Record<"family" | "subFamily" | "device" | "variant", Text>>;

export class ScriptParser extends ScriptBase {
  constructor(skipValidations: boolean) {
    super(skipValidations);
    this.performSelfAnalysis();
  }

  readonly script: ParserMethod<[], FileItem[]> = this.RULE("script", () => {
    const found: (FileItem | Part)[] = [];
    do {
      this.MANY(() => {
        this.attemptItem(() => {
          this.OR([
            {
              ALT: () => {
                this.SUBRULE(this.attribute);
              },
            },
            { ALT: () => found.push(this.SUBRULE(this.importItem)) },
            { ALT: () => found.push(this.SUBRULE(this.traceSetup)) },
            { ALT: () => found.push(this.SUBRULE(this.scope)) },
            { ALT: () => found.push(this.SUBRULE(this.sequence)) },
            { ALT: () => found.push(this.SUBRULE(this.debugvars)) },
            {
              ALT: () => {
                this.gather(found, this.SUBRULE(this.item));
              },
            },
          ]);
        });
      });
    } while (this.skipStray());
    return this.ACTION(() => this.fileItems(found));
  });

  readonly importItem: ParserMethod<[], Import> = this.RULE("importItem", () => {
    const first = this.CONSUME(t.words.import);
    const path = this.CONSUME(t.StringToken);
    const last = this.CONSUME(t.Semicolon);
    return this.ACTION((): Import => ({
      kind: "import",
      path: this.text(path),
      span: this.between(first, last),
    }));
  });

  readonly traceSetup: ParserMethod<[], TraceSetup> = this.RULE("traceSetup", () => {
    const first = this.CONSUME(t.words.traceSetup);
    const value = this.OR([
      { ALT: () => this.CONSUME(t.words.full) },
      { ALT: () => this.CONSUME(t.words.legacy) },
    ]);
    const last = this.CONSUME(t.Semicolon);
    return this.ACTION((): TraceSetup => ({
      kind: "traceSetup",
      value: value.image === "full" ? "full" : "legacy",
      span: this.between(first, last),
    }));
  });

  readonly scope: ParserMethod<[], Scope> = this.RULE("scope", () => {
    const first = this.CONSUME(t.words.scope);
    const levels: Levels = {};
    const found: ScopeItem[] = [];
    this.AT_LEAST_ONE(() => {
      const word = this.OR([
        { ALT: () => this.CONSUME(t.words.family) },
        { ALT: () => this.CONSUME(t.words.subFamily) },
        { ALT: () => this.CONSUME(t.words.device) },
        { ALT: () => this.CONSUME(t.words.variant) },
      ]);
      const name = this.CONSUME(t.StringToken);
      this.ACTION(() => (levels[word.image as keyof Levels] = this.text(name)));
    });
    const open = this.CONSUME(t.LeftBrace);
    do {
      this.MANY(() => {
        this.attemptItem(() => {
          this.OR2([
            {
              ALT: () => {
                this.SUBRULE(this.attribute);
              },
            },
            { ALT: () => found.push(this.SUBRULE(this.traceSetup)) },
            { ALT: () => found.push(this.SUBRULE(this.sequence)) },
            { ALT: () => found.push(this.SUBRULE(this.debugvars)) },
          ]);
        });
      });
    } while (this.insideBraces() && this.skipStray());
    const last = this.closing(open, () => this.CONSUME(t.RightBrace));
    return this.ACTION((): Scope => {
      const items = weave(found, this.comments.take(endOf(open), endOf(last)).map(asXmlComment));
      return { kind: "scope", ...levels, items, span: this.between(first, last) };
    });
  });

  /** Parses `@name("value")`, or `@"xml:lang"("value")`; it waits for the element after it. */
  readonly attribute: ParserMethod<[], void> = this.RULE("attribute", () => {
    this.CONSUME(t.At);
    const name = this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      { ALT: () => this.CONSUME1(t.StringToken) },
    ]);
    this.CONSUME(t.LeftParen);
    const value = this.CONSUME2(t.StringToken);
    this.CONSUME(t.RightParen);
    this.ACTION(() => {
      this.wait({ name: this.text(name), value: this.text(value) });
    });
  });

  readonly debugvars: ParserMethod<[], DebugVars> = this.RULE("debugvars", () => {
    const attributes = this.takeAttributes();
    const first = this.CONSUME(t.words.debugvars);
    const configFile = this.OPTION(() => {
      this.CONSUME(t.words.config);
      return this.CONSUME1(t.StringToken);
    });
    const version = this.OPTION2(() => {
      this.CONSUME(t.words.version);
      return this.CONSUME2(t.StringToken);
    });
    const open = this.CONSUME(t.LeftBrace);
    const found: Statement[] = [];
    do {
      this.MANY(() => {
        const statement = this.SUBRULE(this.statement);
        if (statement !== undefined) found.push(statement);
      });
    } while (this.insideBraces() && this.skipStray());
    const last = this.closing(open, () => this.CONSUME(t.RightBrace));
    return this.ACTION((): DebugVars => ({
      kind: "debugvars",
      ...(configFile === undefined ? {} : { configFile: this.text(configFile) }),
      ...(version === undefined ? {} : { version: this.text(version) }),
      entries: weave(found, this.comments.take(endOf(open), endOf(last))),
      attributes,
      span: this.between(first, last),
    }));
  });

  readonly sequence: ParserMethod<[], Sequence> = this.RULE("sequence", () => {
    const first = this.LA(1);
    this.elseNames.next = 0;
    const attributes = this.takeAttributes();
    const disabled = this.OPTION(() => this.CONSUME(t.words.disable)) !== undefined;
    this.CONSUME(t.words.sequence);
    const name = this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      { ALT: () => this.CONSUME1(t.StringToken) },
    ]);
    const pname = this.OPTION2(() => {
      this.CONSUME(t.words.for);
      return this.CONSUME2(t.StringToken);
    });
    const info = this.OPTION3(() => this.CONSUME3(t.StringToken));
    const requires: IToken[] = [];
    this.OPTION4(() => {
      this.CONSUME(t.words.requires);
      this.AT_LEAST_ONE(() => requires.push(this.CONSUME2(t.Identifier)));
    });
    const body = this.SUBRULE(this.body);
    return this.ACTION((): Sequence => ({
      kind: "sequence",
      name: this.text(name),
      ...(pname === undefined ? {} : { pname: this.text(pname) }),
      ...(info === undefined ? {} : { info: this.text(info) }),
      disabled,
      requires: requires.map((token) => readRequirement(this.text(token), this.findings)),
      items: this.sequenceItems(first, body),
      attributes,
      span: this.between(first, body.last),
    }));
  });

  /** Parses `{ items }`, or `;` for nothing. */
  readonly body: ParserMethod<[], Body> = this.RULE("body", () =>
    this.OR([
      { ALT: () => this.SUBRULE(this.braces) },
      {
        ALT: () => {
          const last = this.CONSUME(t.Semicolon);
          return { start: endOf(last), end: endOf(last), last, parts: [] };
        },
      },
    ]),
  );

  readonly braces: ParserMethod<[], Body> = this.RULE("braces", () => {
    const open = this.CONSUME(t.LeftBrace);
    const parts: Part[] = [];
    do {
      this.MANY(() => {
        this.attemptItem(() => {
          this.OR([
            {
              ALT: () => {
                this.SUBRULE(this.attribute);
              },
            },
            {
              ALT: () => {
                this.gather(parts, this.SUBRULE(this.item));
              },
            },
          ]);
        });
      });
    } while (this.insideBraces() && this.skipStray());
    const last = this.closing(open, () => this.CONSUME(t.RightBrace));
    return {
      start: endOf(open),
      end: this.ACTION(() => Math.max(endOf(open), last.startOffset)),
      last,
      parts,
    };
  });

  /** Parses what may stand in a sequence or a control. */
  readonly item: ParserMethod<[], Part[]> = this.RULE("item", () =>
    this.OR([
      { ALT: () => this.branches(this.SUBRULE(this.ifControl)) },
      { ALT: () => this.SUBRULE(this.whileControl) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => [this.SUBRULE(this.block)] },
      { ALT: () => this.SUBRULE(this.misplacedBraces) },
      {
        ALT: () => {
          this.ACTION(() => {
            this.refuseAttributes();
          });
          const statement = this.SUBRULE(this.statement);
          return statement === undefined ? [] : [statement];
        },
      },
    ]),
  );

  /** Always reports an error, except after a head that was one already. */
  readonly misplacedBraces: ParserMethod<[], Part[]> = this.RULE("misplacedBraces", () => {
    const quiet = this.quietBraces;
    this.quietBraces = false;
    const body = this.SUBRULE(this.braces);
    return this.ACTION(() => this.misplaced(body, quiet));
  });

  readonly block: ParserMethod<[], Block> = this.RULE("block", () => {
    const attributes = this.takeAttributes();
    const word = this.OR([
      { ALT: () => this.CONSUME(t.words.block) },
      { ALT: () => this.CONSUME(t.words.atomic) },
    ]);
    const info = this.OPTION(() => this.CONSUME(t.StringToken));
    const open = this.CONSUME(t.LeftBrace);
    const found: Statement[] = [];
    do {
      this.MANY(() => {
        const statement = this.SUBRULE(this.statement);
        if (statement !== undefined) found.push(statement);
      });
    } while (this.insideBraces() && this.skipStray());
    const last = this.closing(open, () => this.CONSUME(t.RightBrace));
    return this.ACTION((): Block => ({
      kind: "block",
      atomic: word.image === "atomic",
      ...(info === undefined ? {} : { info: this.text(info) }),
      entries: weave(found, this.comments.take(word.startOffset, endOf(last))),
      attributes,
      span: this.between(word, last),
    }));
  });

  /** Parses `if`, perhaps with `while` on the same control, perhaps with `else`. */
  readonly ifControl: ParserMethod<[], Branch> = this.RULE("ifControl", () => {
    const attributes = this.takeAttributes();
    const first = this.CONSUME(t.If);
    const condition = this.SUBRULE(this.condition);
    const loop = this.OPTION(() => {
      this.CONSUME(t.While);
      return { condition: this.SUBRULE2(this.condition) };
    });
    const tail = this.SUBRULE(this.tail);
    const head = this.ACTION(() => this.between(first, first));
    const control = this.ACTION(() =>
      this.control({ first, attributes, if: condition, while: loop?.condition, tail }),
    );
    const otherwise = this.OPTION2(() => this.SUBRULE(this.elseBranch));
    return otherwise === undefined ? { control, head } : { control, head, otherwise };
  });

  readonly elseBranch: ParserMethod<[], NonNullable<Branch["otherwise"]>> = this.RULE("elseBranch", () => {
    const first = this.CONSUME(t.Else);
    const nested = this.OR<{ readonly branch?: Branch; readonly body?: Body }>([
      { ALT: () => ({ branch: this.SUBRULE(this.ifControl) }) },
      { ALT: () => ({ body: this.SUBRULE(this.braces) }) },
    ]);
    return this.ACTION((): NonNullable<Branch["otherwise"]> => this.otherwise(first, nested));
  });

  readonly whileControl: ParserMethod<[], Part[]> = this.RULE("whileControl", () => {
    const attributes = this.takeAttributes();
    const first = this.CONSUME(t.While);
    const loop = this.SUBRULE(this.condition);
    const tail = this.SUBRULE(this.tail);
    return this.ACTION(() => [this.control({ first, attributes, if: undefined, while: loop, tail })]);
  });

  /** Parses a control without a condition. It always has braces, because `group;` is a variable. */
  readonly group: ParserMethod<[], Part[]> = this.RULE("group", () => {
    const attributes = this.takeAttributes();
    const first = this.CONSUME(t.words.group);
    const manners = this.SUBRULE(this.manners);
    const body = this.SUBRULE(this.braces);
    return this.ACTION(() => [
      this.control({ first, attributes, if: undefined, while: undefined, tail: { ...manners, body } }),
    ]);
  });

  readonly condition: ParserMethod<[], Expression | undefined> = this.RULE("condition", () => {
    this.CONSUME(t.LeftParen);
    return this.attempt(
      () => {
        const expression = this.SUBRULE(this.expression);
        this.CONSUME(t.RightParen);
        return expression;
      },
      () => {
        this.skipCondition();
      },
    );
  });

  readonly tail: ParserMethod<[], Tail> = this.RULE("tail", () => {
    const manners = this.SUBRULE(this.manners);
    const body = this.attempt(
      () => this.SUBRULE(this.body),
      () => undefined,
    );
    return body === undefined ? manners : { ...manners, body };
  });

  /** Parses `timeout 50ms "info"`, both of which may be missing. */
  readonly manners: ParserMethod<[], Tail> = this.RULE("manners", () => {
    const limit = this.OPTION(() => {
      this.CONSUME(t.words.timeout);
      return this.CONSUME(t.NumberToken);
    });
    const info = this.OPTION2(() => this.CONSUME(t.StringToken));
    return this.ACTION((): Tail => {
      const timeout =
        limit === undefined ? undefined : readTimeout(limit.image, this.spanOf(limit), this.findings);
      return {
        ...(timeout === undefined ? {} : { timeout }),
        ...(info === undefined ? {} : { info: this.text(info) }),
      };
    });
  });

  /** Turns an `if` and its `else` into the parts that the tree has for them. */
  private branches(branch: Branch): Part[] {
    return this.ACTION(() => withElse(branch, () => nameElse(this.elseNames)));
  }
}
