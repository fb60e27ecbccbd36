/** How large a statement and how deep a nesting may be, so that no input can exhaust the stack of who walks the tree. */
import type { IToken } from "chevrotain";
import { spanIn, type Excerpt } from "../lib/source.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { endOf } from "./lexer.ts";

/** Parentheses, braces, `?:` and assignments inside one another; real packs need 6. */
export const MAX_NESTING = 100;
/** Signs in one statement; real packs need about 20. */
export const MAX_OPERATORS = 500;

/** One pass over the tokens, before anything recursive sees them. */
export function exceededLimit(excerpt: Excerpt, tokens: readonly IToken[]): Diagnostic | undefined {
  let depth = 0;
  let operators = 0;
  let rightward = 0;
  for (const token of tokens) {
    const { image } = token;
    switch (image) {
      case "(":
      case "{":
        depth++;
        break;
      case ")":
      case "}":
        depth = Math.max(0, depth - 1);
        break;
      default:
    }
    if (image === ";" || image === "{" || image === "}") {
      operators = 0;
      rightward = 0;
    } else if (!/^[\w"(),]/.test(image)) {
      operators++;
      if (image === "?" || /^(?:[-+*/%&|^]|<<|>>)?=$/.test(image)) rightward++;
    } else if (image === "else") rightward++;
    const what =
      depth + rightward > MAX_NESTING
        ? `more than ${MAX_NESTING} levels of nesting`
        : operators > MAX_OPERATORS
          ? `more than ${MAX_OPERATORS} operators in one statement`
          : undefined;
    if (what !== undefined) {
      return {
        code: "too-complex",
        severity: "error",
        message: what,
        span: spanIn(excerpt, token.startOffset, endOf(token)),
        hint: "split it into several statements or sequences",
        malformed: true,
      };
    }
  }
  return undefined;
}
