/** Splits a text into tokens and comments. Knows what cannot be a token; knows no grammar and no file. */
import { Lexer, type IToken } from "chevrotain";
import { allTokens } from "./tokens.ts";

export interface StrayText {
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly tokens: IToken[];
  /** The comments are in the order of the text. */
  readonly comments: readonly IToken[];
  /** Characters that cannot begin a token; they are skipped. */
  readonly stray: readonly StrayText[];
}

let lexer: Lexer | undefined;

export function tokenize(text: string): Tokens {
  lexer ??= new Lexer([...allTokens], {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: true,
  });
  const { tokens, groups, errors } = lexer.tokenize(text);
  return {
    tokens,
    comments: groups["comments"] ?? [],
    stray: errors.map(({ offset, length }) => ({ start: offset, end: offset + length })),
  };
}

/** Returns the offset after a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}
