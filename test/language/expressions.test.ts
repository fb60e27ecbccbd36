/** Precedence as in C, every bracket shown; literals with their values. */
import { describe, expect, test } from "vitest";
import { parseExpression } from "../../src/language/text/parse.ts";
import { printExpression } from "../../src/language/print/print-expression.ts";
import type { Expression } from "../../src/language/tree.ts";
import { Source, whole } from "../../src/lib/source.ts";

function parse(text: string): Expression {
  const { expression, diagnostics } = parseExpression(whole(new Source("test", text)));
  expect(diagnostics).toEqual([]);
  if (expression === undefined) throw new Error(`no expression: ${text}`);
  return expression;
}

function brackets(one: Expression): string {
  switch (one.kind) {
    case "number":
      return one.raw;
    case "string":
      return `"${one.raw}"`;
    case "variable":
      return one.name;
    case "unary":
      return `(${one.operator}${brackets(one.operand)})`;
    case "binary":
    case "logical":
      return `(${brackets(one.left)} ${one.operator} ${brackets(one.right)})`;
    case "conditional":
      return `(${brackets(one.test)} ? ${brackets(one.then)} : ${brackets(one.otherwise)})`;
    case "assignment":
      return `(${one.target.text} ${one.operator ?? ""}= ${brackets(one.value)})`;
    case "call":
      return `${one.name.text}(${one.args.map(brackets).join(", ")})`;
  }
}

describe("precedence", () => {
  test.each([
    ["a + b * c", "(a + (b * c))"],
    ["a * b + c", "((a * b) + c)"],
    ["a - b - c", "((a - b) - c)"],
    ["a / b % c * d", "(((a / b) % c) * d)"],
    ["a << b + c", "(a << (b + c))"],
    ["a < b << c", "(a < (b << c))"],
    ["a == b < c", "(a == (b < c))"],
    ["a & b == c", "(a & (b == c))"],
    ["a | b ^ c & d", "(a | (b ^ (c & d)))"],
    ["a || b && c | d", "(a || (b && (c | d)))"],
    ["a && b || c && d", "((a && b) || (c && d))"],
    ["~a & !b", "((~a) & (!b))"],
    ["- -a", "(-(-a))"],
    ["!~-+a", "(!(~(-(+a))))"],
    ["a ? b : c ? d : e", "(a ? b : (c ? d : e))"],
    ["a ? b = 1 : c", "(a ? (b = 1) : c)"],
    ["a || b ? c : d", "((a || b) ? c : d)"],
    ["a = b |= c << 1", "(a = (b |= (c << 1)))"],
    ["(V = Read32(a)) != k", "((V = Read32(a)) != k)"],
    ['Message(0, "x %x", a + 1, "s")', 'Message(0, "x %x", (a + 1), "s")'],
  ])("%s", (text, expected) => {
    expect(brackets(parse(text))).toBe(expected);
  });

  test.each(["a + (b + c)", "(a & b) == c", "-(-a)", "!(a == b)", "(a ? b : c) ? d : e"])(
    "%s prints as it was",
    (text) => {
      expect(printExpression(parse(text))).toBe(text);
    },
  );

  test("a span covers the whole term, brackets included", () => {
    const text = "  (a + b) * c ";
    const { start, end } = parse(text).span;
    expect(text.slice(start, end)).toBe("(a + b) * c");
  });
});

describe("numbers", () => {
  test.each([
    ["0", 0n],
    ["42", 42n],
    ["0xFFFFFFFFFFFFFFFF", 0xffff_ffff_ffff_ffffn],
    ["18446744073709551615", 0xffff_ffff_ffff_ffffn],
    ["0Xa5", 0xa5n],
    ["0b1010", 10n],
    ["0xFu", 15n],
    ["0x130U", 0x130n],
    ["0x1FUL", 0x1fn],
    ["7ull", 7n],
    ["7LLU", 7n],
    ["7lu", 7n],
  ])("%s", (text, value) => {
    const expression = parse(text);
    expect(expression.kind === "number" && expression.value).toBe(value);
  });

  test.each([
    ["010", "looks-octal"],
    ["0x10000000000000000", "number-too-large"],
    [`1${"0".repeat(5000)}`, "number-too-large"],
    ["0x", "malformed-number"],
    ["0xG", "malformed-number"],
    ["1.5", "malformed-number"],
    ["10ms", "malformed-number"],
    ["5ulu", "malformed-number"],
    ["0b12", "malformed-number"],
  ])("%s: %s", (text, code) => {
    const { diagnostics } = parseExpression(whole(new Source("test", text)));
    expect(diagnostics.map((finding) => finding.code)).toEqual([code]);
  });

  test("a leading zero does not make a number octal", () => {
    const { expression } = parseExpression(whole(new Source("test", "010")));
    expect(expression?.kind === "number" && expression.value).toBe(10n);
  });
});
