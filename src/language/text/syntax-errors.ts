/** Explains in plain words why the parser failed, and what a C programmer should write instead. */
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import { spanIn, type Excerpt, type Span } from "../../lib/source.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { endOf } from "./lexer.ts";
import type { NumberProblem } from "./literals.ts";
import { table } from "../../lib/table.ts";

const found = (token: IToken | undefined): string =>
  token === undefined || token.tokenType === EOF ? "the text ends here" : `found '${shortened(token.image)}'`;

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

const RULE_WANTS: Readonly<Record<string, string>> = table({
  primary: "a value",
  unary: "a value",
  statement: "a statement",
  item: "a statement or a control",
  braces: "a statement or a control",
  script: "a sequence, a statement or a control",
  scope: "a sequence or debugvars",
  sequence: "the name of the sequence",
  block: "'block' or 'atomic'",
  elseBranch: "'{' or 'if' behind 'else'",
  controlHead: "'if', 'while' or 'group'",
  body: "'{' or ';'",
  traceSetup: "'full' or 'legacy'",
});

/** These sentences do without the names of tokens and rules. */
export const errorMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) =>
    expected === EOF
      ? `unexpected '${shortened(actual.image)}'`
      : `expected ${expected.LABEL ?? expected.name}, ${found(actual)}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }) => `unexpected '${shortened(firstRedundant.image)}'`,
  buildNoViableAltMessage: ({ actual, ruleName }) =>
    `expected ${RULE_WANTS[ruleName] ?? "something else"}, ${found(actual[0])}`,
  buildEarlyExitMessage: ({ actual, ruleName }) =>
    `expected ${RULE_WANTS[ruleName] ?? "at least one more"}, ${found(actual[0])}`,
};

/** A place at which the parser could not go on. */
export interface Stumble {
  readonly message: string;
  readonly token: IToken;
  readonly before: IToken | undefined;
  /** The first token of the statement, if it is in one. */
  readonly first: IToken | undefined;
}

/** Returns an error with its place, which is after the last good token if something is missing. */
export function explain({ message, token, before: previous, first }: Stumble, excerpt: Excerpt): Diagnostic {
  const before = previous !== undefined && Number.isFinite(previous.startOffset) ? previous : undefined;
  const missing = token.tokenType === EOF || /^expected '[;)}]'/.test(message);
  const special = explainWord(first, token, excerpt) ?? explainC(token, before, excerpt);
  if (special !== undefined) return special;
  const span =
    missing && before !== undefined
      ? spanIn(excerpt, endOf(before) - 1, endOf(before))
      : token.tokenType === EOF
        ? spanIn(excerpt, excerpt.text.length, excerpt.text.length)
        : spanIn(excerpt, token.startOffset, endOf(token));
  const hint = message.startsWith("expected '{' or ';'")
    ? { hint: "what depends on the condition stands in braces" }
    : {};
  return { code: "syntax", severity: "error", message, span, ...hint, malformed: true };
}

const C_STATEMENTS: Readonly<Record<string, string>> = table({
  for: "write __var i = 0; and while (i < n) { ... i += 1; }",
  do: "write while (condition) { ... }",
  switch: "write if (x == 1) { ... } else if (x == 2) { ... }",
  case: "write if (x == 1) { ... } else if (x == 2) { ... }",
  goto: 'put the statements into a sequence and call Sequence("name")',
  return: "a sequence ends at its end; set __Result = -1; to report failure",
});

/** Explains a statement of C that the language does not have. */
function explainWord(first: IToken | undefined, token: IToken, excerpt: Excerpt): Diagnostic | undefined {
  const hint = first === undefined || first === token ? undefined : C_STATEMENTS[first.image];
  if (first === undefined || hint === undefined) return undefined;
  return {
    code: "c-syntax",
    severity: "error",
    message: `there is no '${first.image}'`,
    span: spanIn(excerpt, first.startOffset, endOf(first)),
    hint,
    malformed: true,
  };
}

/** Explains what a C programmer writes by habit, and what it is here. */
function explainC(token: IToken, before: IToken | undefined, excerpt: Excerpt): Diagnostic | undefined {
  if (token.tokenType === EOF) return undefined;
  const at = (first: IToken, last: IToken): Span => spanIn(excerpt, first.startOffset, endOf(last));
  const say = (message: string, hint: string, span = at(token, token)): Diagnostic => ({
    code: "c-syntax",
    severity: "error",
    message,
    span,
    hint,
    malformed: true,
  });
  const name = before?.image ?? "x";
  switch (token.image) {
    case "++":
    case "--": {
      const variable = before !== undefined && /^[A-Za-z_]\w*$/.test(name) ? name : "x";
      const sign = token.image.charAt(0);
      return say(`there is no '${token.image}'`, `write ${variable} ${sign}= 1;`);
    }
    case "[":
      return say("there are no arrays", "use BufferSet and BufferGet, or one variable for each value");
    case "->":
    case ".":
      return say(
        "there are no structures",
        "read the register by its address, for example Read32(0xE000EDF0)",
      );
    default:
  }
  if (before === undefined) return undefined;
  const C_TYPE =
    /^(?:u?int(?:8|16|32|64)?(?:_t)?|unsigned|signed|long|short|char|bool|const|volatile|static|auto|var|let)$/;
  if (C_TYPE.test(before.image) && /^[A-Za-z_]\w*$/.test(token.image)) {
    const variable = C_TYPE.test(token.image) ? "x" : token.image;
    return say(
      `'${before.image}' is not a type here; every variable is an unsigned 64-bit number`,
      `write __var ${variable} = ...;`,
      at(before, token),
    );
  }
  return undefined;
}

const NUMBER_PROBLEMS: Readonly<
  Record<NumberProblem, Omit<Diagnostic, "span" | "message"> & { says: string }>
> = {
  malformed: {
    code: "malformed-number",
    severity: "error",
    says: "is not a number",
    hint: "numbers are decimal, 0x hexadecimal or 0b binary, with suffixes u and l",
    malformed: true,
  },
  float: {
    code: "malformed-number",
    severity: "error",
    says: "is not a whole number",
    hint: "all values are unsigned 64-bit integers",
    malformed: true,
  },
  duration: {
    code: "malformed-number",
    severity: "error",
    says: "has a unit, which only a timeout may have",
    hint: "access functions take microseconds as a plain number",
    malformed: true,
  },
  "too-large": {
    code: "number-too-large",
    severity: "error",
    says: "needs more than 64 bits",
    hint: "the largest value is 0xFFFFFFFFFFFFFFFF",
    malformed: true,
  },
  "looks-octal": {
    code: "looks-octal",
    severity: "warning",
    says: "is read as a decimal number, although C would take it as octal",
    hint: "remove the leading zero",
  },
};

export function numberProblem(problem: NumberProblem, raw: string, span: Span): Diagnostic {
  const { says, ...rest } = NUMBER_PROBLEMS[problem];
  return { ...rest, message: `'${shortened(raw)}' ${says}`, span };
}
