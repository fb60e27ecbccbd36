/** Defines the words and signs of the language. Knows how text splits into tokens; knows no grammar. */
import { createToken, Lexer, type TokenType } from "chevrotain";

const any = (name: string, label: string): TokenType => createToken({ name, label, pattern: Lexer.NA });

/** Every sign that may stand between two operands; the precedence table tells them apart. */
export const BinaryOperatorToken = any("BinaryOperator", "an operator");
export const PrefixOperatorToken = any("PrefixOperator", "an operator");
export const AssignmentOperatorToken = any("AssignmentOperator", "an assignment");

export const Identifier = createToken({ name: "Identifier", label: "a name", pattern: /[A-Za-z_]\w*/ });

const reserved = (name: string, word: string): TokenType =>
  createToken({ name, label: `'${word}'`, pattern: new RegExp(word), longer_alt: Identifier });

/** Makes a word that means something in some places only, and is a name everywhere else. */
const contextual = (word: string): TokenType =>
  createToken({
    name: `Word_${word}`,
    label: `'${word}'`,
    pattern: new RegExp(word),
    longer_alt: Identifier,
    categories: [Identifier],
  });

export const Var = reserved("Var", "__var");
export const If = reserved("If", "if");
export const While = reserved("While", "while");
export const Else = reserved("Else", "else");

export const words = {
  sequence: contextual("sequence"),
  disable: contextual("disable"),
  for: contextual("for"),
  requires: contextual("requires"),
  import: contextual("import"),
  debugvars: contextual("debugvars"),
  config: contextual("config"),
  version: contextual("version"),
  traceSetup: contextual("traceSetup"),
  full: contextual("full"),
  legacy: contextual("legacy"),
  scope: contextual("scope"),
  family: contextual("family"),
  subFamily: contextual("subFamily"),
  device: contextual("device"),
  variant: contextual("variant"),
  block: contextual("block"),
  atomic: contextual("atomic"),
  group: contextual("group"),
  timeout: contextual("timeout"),
} as const;

/**
 * The letters and dots after the digits belong to it, so that `10ms`, `0x1FUL` and `1.5` are judged as one
 * token.
 */
export const NumberToken = createToken({ name: "Number", label: "a number", pattern: /\d(?:[\w.]*)/ });

/** Without its closing quote it ends with the line, and the parser reports it. */
export const StringToken = createToken({
  name: "String",
  label: "a string",
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"?/,
});

const sign = (name: string, text: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, label: `'${text}'`, pattern: text, categories });

const binary = (name: string, text: string): TokenType => sign(name, text, [BinaryOperatorToken]);
const prefix = (name: string, text: string): TokenType => sign(name, text, [PrefixOperatorToken]);
const assign = (name: string, text: string): TokenType => sign(name, text, [AssignmentOperatorToken]);

export const LeftParen = sign("LeftParen", "(");
export const RightParen = sign("RightParen", ")");
export const LeftBrace = sign("LeftBrace", "{");
export const RightBrace = sign("RightBrace", "}");
export const Semicolon = sign("Semicolon", ";");
export const Comma = sign("Comma", ",");
export const Question = sign("Question", "?");
export const Colon = sign("Colon", ":");
export const At = sign("At", "@");

/** The language does not have these signs of C; they are tokens so that a message can name them. */
const Increment = sign("Increment", "++");
const Decrement = sign("Decrement", "--");
const LeftBracket = sign("LeftBracket", "[");
const RightBracket = sign("RightBracket", "]");
const Arrow = sign("Arrow", "->");
const Dot = sign("Dot", ".");

export const Assign = assign("Assign", "=");

/** The longest comes first, because the lexer takes the first that fits. */
const signs: readonly TokenType[] = [
  assign("ShiftLeftAssign", "<<="),
  assign("ShiftRightAssign", ">>="),
  assign("AddAssign", "+="),
  assign("SubtractAssign", "-="),
  assign("MultiplyAssign", "*="),
  assign("DivideAssign", "/="),
  assign("RemainderAssign", "%="),
  assign("AndAssign", "&="),
  assign("OrAssign", "|="),
  assign("XorAssign", "^="),
  binary("LogicalAnd", "&&"),
  binary("LogicalOr", "||"),
  binary("ShiftLeft", "<<"),
  binary("ShiftRight", ">>"),
  binary("LessOrEqual", "<="),
  binary("GreaterOrEqual", ">="),
  binary("Equal", "=="),
  binary("NotEqual", "!="),
  Increment,
  Decrement,
  Arrow,
  Assign,
  binary("Less", "<"),
  binary("Greater", ">"),
  sign("Plus", "+", [BinaryOperatorToken, PrefixOperatorToken]),
  sign("Minus", "-", [BinaryOperatorToken, PrefixOperatorToken]),
  binary("Multiply", "*"),
  binary("Divide", "/"),
  binary("Remainder", "%"),
  binary("And", "&"),
  binary("Or", "|"),
  binary("Xor", "^"),
  prefix("Complement", "~"),
  prefix("Not", "!"),
  LeftParen,
  RightParen,
  LeftBrace,
  RightBrace,
  LeftBracket,
  RightBracket,
  Semicolon,
  Comma,
  Question,
  Colon,
  At,
  Dot,
];

const space = createToken({
  name: "Space",
  pattern: /[ \t\r\n\f\v\u00a0\u3000\ufeff]+/,
  group: Lexer.SKIPPED,
});
const lineComment = createToken({ name: "LineComment", pattern: /\/\/[^\r\n]*/, group: "comments" });
/** Without its end it takes the rest of the text, and the parser reports it. */
const blockComment = createToken({
  name: "BlockComment",
  pattern: /\/\*[^*]*(?:\*+(?:[^/*][^*]*|$))*(?:\*\/|$)?/,
  group: "comments",
  line_breaks: true,
});

export const allTokens: readonly TokenType[] = [
  BinaryOperatorToken,
  PrefixOperatorToken,
  AssignmentOperatorToken,
  space,
  lineComment,
  blockComment,
  Var,
  If,
  While,
  Else,
  ...Object.values(words),
  Identifier,
  NumberToken,
  StringToken,
  ...signs,
];
