/**
 * The one tree of debug sequences. A PDSC `<sequence>` and a `.seq` sequence both become this; spans point
 * into the real file. Knows neither spelling. It is plain data; every switch over a kind ends in assertNever.
 */
import type { Span } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";

/**
 * A word, or a string of a head without its quotes and escapes (as the attribute of a PDSC has it), with its
 * place.
 */
export interface Text {
  readonly text: string;
  readonly span: Span;
}

/** `line` is `// ...` (block text), and `block` is an XML comment or `/* ... *\/`. The text has no markers. */
export interface Comment {
  readonly kind: "comment";
  readonly style: "line" | "block";
  readonly text: string;
  readonly span: Span;
  /** True if it follows something on the same line. */
  readonly trailing: boolean;
}

/** An attribute of a PDSC element that the language does not know; it is `@name("value")` in .seq. */
export interface Attribute {
  readonly name: Text;
  readonly value: Text;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly name: Text;
  readonly pname?: Text;
  readonly info?: Text;
  readonly disabled: boolean;
  /** They come from `requires erase` and `requires host`. */
  readonly requires: readonly Text[];
  readonly items: readonly Item[];
  readonly attributes: readonly Attribute[];
  /** The span covers the whole element or declaration. */
  readonly span: Span;
}

export type Item = Block | Control | Comment;

/** A run of statements. `explicit` is false for the bare form of .seq; the PDSC form is always `<block>`. */
export interface Block {
  readonly kind: "block";
  readonly atomic: boolean;
  readonly info?: Text;
  readonly entries: readonly (Statement | Comment)[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

/** A control has `if`, `while`, both, or neither (a group). */
export interface Control {
  readonly kind: "control";
  readonly if?: Expression;
  readonly while?: Expression;
  readonly timeout?: Timeout;
  readonly info?: Text;
  readonly items: readonly Item[];
  /** The comments after the head or the end of the control. */
  readonly comments: readonly Comment[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface Timeout {
  readonly us: number;
  readonly span: Span;
}

export type Statement = Declaration | ExpressionStatement;

/** It is `__var name = value;`, and without a value it is 0 (with a warning). */
export interface Declaration {
  readonly kind: "declaration";
  readonly name: Text;
  readonly value?: Expression;
  readonly span: Span;
}

export interface ExpressionStatement {
  readonly kind: "expression";
  readonly expression: Expression;
  readonly span: Span;
}

export type Expression =
  NumberLiteral | StringLiteral | Variable | Unary | Binary | Logical | Conditional | Assignment | Call;

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: U64;
  /** The text as written: base, case and suffix are kept for the formatter. */
  readonly raw: string;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: "string";
  readonly raw: string;
  readonly span: Span;
}

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly span: Span;
}

export type UnaryOperator = "-" | "+" | "~" | "!";

export interface Unary {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly parenthesized?: boolean;
  readonly span: Span;
}

export type BinaryOperator =
  "*" | "/" | "%" | "+" | "-" | "<<" | ">>" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "&" | "^" | "|";

export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly parenthesized?: boolean;
  readonly span: Span;
}

/** It evaluates its right side only if needed, so it is not in the operator table. */
export interface Logical {
  readonly kind: "logical";
  readonly operator: "&&" | "||";
  readonly left: Expression;
  readonly right: Expression;
  readonly parenthesized?: boolean;
  readonly span: Span;
}

export interface Conditional {
  readonly kind: "conditional";
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
  readonly parenthesized?: boolean;
  readonly span: Span;
}

/** `=` has no operator, and `+=` has `+`. It yields the value that was stored. */
export interface Assignment {
  readonly kind: "assignment";
  readonly target: Text;
  readonly operator?: BinaryOperator;
  readonly value: Expression;
  readonly parenthesized?: boolean;
  readonly span: Span;
}

export interface Call {
  readonly kind: "call";
  /** The name is as written; the builtin is found without regard to case. */
  readonly name: Text;
  readonly args: readonly Expression[];
  readonly span: Span;
}

/** The `debugvars` of one scope have constants only, and are read-only inside sequences. */
export interface DebugVars {
  readonly kind: "debugvars";
  readonly configFile?: Text;
  readonly version?: Text;
  readonly entries: readonly (Statement | Comment)[];
  readonly attributes: readonly Attribute[];
  readonly span: Span;
}

export interface Import {
  readonly kind: "import";
  readonly path: Text;
  readonly span: Span;
}

export interface TraceSetup {
  readonly kind: "traceSetup";
  readonly value: "full" | "legacy";
  readonly span: Span;
}

/** It is `scope family "F" subFamily "S" { ... }`. */
export interface Scope {
  readonly kind: "scope";
  readonly family?: Text;
  readonly subFamily?: Text;
  readonly device?: Text;
  readonly variant?: Text;
  readonly items: readonly ScopeItem[];
  readonly span: Span;
}

export type ScopeItem = Sequence | DebugVars | TraceSetup | Comment;

/** A script is a whole .seq file. Bare statements become one sequence with an empty name. */
export interface Script {
  readonly kind: "script";
  readonly items: readonly (ScopeItem | Import | Scope)[];
  readonly span: Span;
}
