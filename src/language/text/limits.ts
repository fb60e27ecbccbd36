/**
 * Limits how large a statement and how deep a nesting may be, so that no input can exhaust the stack of code
 * that walks the tree.
 */
import type { IToken } from "chevrotain";
import { spanIn, type Excerpt } from "../../lib/source.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { endOf } from "./lexer.ts";

/** The limit for parentheses, braces, `?:` and assignments inside one another; real packs need 6. */
export const MAX_NESTING = 100;
/** The limit for signs in one statement; real packs need about 20. */
export const MAX_OPERATORS = 500;

/**
 * The limit for letters of one text: a .seq file, a block, a condition. All sequences of the largest real
 * pack have a quarter of it.
 */
export const MAX_LETTERS = 1 << 20;

/** The limit for the parser's findings in one text. */
export const MAX_FINDINGS = 1000;

/** Runs before a text becomes tokens, each of which takes a hundred times the memory of a letter. */
export function exceededLength(excerpt: Excerpt): Diagnostic | undefined {
  if (excerpt.text.length <= MAX_LETTERS) return undefined;
  return {
    code: "too-complex",
    severity: "error",
    message: `more than ${MAX_LETTERS} letters of text`,
    span: spanIn(excerpt, MAX_LETTERS, MAX_LETTERS + 1),
    hint: "split it into several files or sequences",
    malformed: true,
  };
}

/** Makes one pass over the tokens, before anything recursive sees them. */
export function exceededLimit(excerpt: Excerpt, tokens: readonly IToken[]): Diagnostic | undefined {
  const counter = new Counter();
  for (const token of tokens) {
    const what = counter.add(token.image);
    if (what === undefined) continue;
    return {
      code: "too-complex",
      severity: "error",
      message: what,
      span: spanIn(excerpt, token.startOffset, endOf(token)),
      hint: "split it into several statements or sequences",
      malformed: true,
    };
  }
  return undefined;
}

/** First letters of what is not an operator: names, numbers, strings, and the signs around arguments. */
const NO_OPERATOR: ReadonlySet<number> = new Set(
  Array.from({ length: 128 }, (_, code) => code).filter((code) => /[\w"(),]/.test(String.fromCharCode(code))),
);
const RIGHTWARD: ReadonlySet<string> = new Set([
  "?",
  ...["", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"].map((operator) => `${operator}=`),
]);

class Counter {
  /**
   * The length of the chain of `else` at the level of each open bracket: each link lies inside the one
   * before.
   */
  readonly #chains: number[] = [];
  #chain = 0;
  #links = 0;
  #operators = 0;
  /** `?:` and assignments bind to the right, so that each lies inside the one before. */
  #rightward = 0;
  #before = "";

  /** Returns what is too much with this token, if anything. */
  add(image: string): string | undefined {
    if ((this.#before === "}" || this.#before === ";") && image !== "else") this.#endChain();
    this.#before = image;
    if (image === "(" || image === "{") this.#open();
    else if (image === ")" || image === "}") this.#close();
    else if (image === "else") this.#lengthenChain();
    if (image === ";" || image === "{" || image === "}") {
      this.#operators = 0;
      this.#rightward = 0;
    } else if (!NO_OPERATOR.has(image.charCodeAt(0))) {
      this.#operators++;
      if (RIGHTWARD.has(image)) this.#rightward++;
    }
    const nesting = this.#chains.length + this.#links + this.#rightward;
    if (nesting > MAX_NESTING) return `more than ${MAX_NESTING} levels of nesting`;
    if (this.#operators > MAX_OPERATORS) return `more than ${MAX_OPERATORS} operators in one statement`;
    return undefined;
  }

  #open(): void {
    this.#chains.push(this.#chain);
    this.#chain = 0;
  }

  #close(): void {
    this.#endChain();
    this.#chain = this.#chains.pop() ?? 0;
  }

  #lengthenChain(): void {
    this.#chain++;
    this.#links++;
  }

  #endChain(): void {
    this.#links -= this.#chain;
    this.#chain = 0;
  }
}
