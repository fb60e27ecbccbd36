/** What cannot be read is reported where it is, once, and what follows is still read. */
import { describe, expect, test } from "vitest";
import { parseBlock, parseExpression, parseScript } from "../../src/language/text/parse.ts";
import { MAX_LETTERS, MAX_NESTING, MAX_OPERATORS } from "../../src/language/text/limits.ts";
import { Source, whole } from "../../src/lib/source.ts";
import { drawn, marked } from "../support/marked.ts";

function script(source: string): { readonly picture: string; readonly said: readonly string[] } {
  const { text } = marked(source);
  const { diagnostics } = parseScript(new Source("test.seq", text));
  return {
    picture: drawn(text, diagnostics),
    said: diagnostics.map(
      ({ code, message, hint }) => `${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
    ),
  };
}

describe("statements", () => {
  test.each([
    ["a = ⟦;⟧ b = 1;", "syntax: expected a value, found ';'"],
    ["a = ⟦1⟧\nb = 2;", "syntax: expected ';', found 'b'"],
    ["foo(1,⟦)⟧; b = 1;", "syntax: expected a value, found ')'"],
    ["⟦1⟧ = 2;", "assignment-target: only a variable can be assigned (to compare, write ==)"],
    [
      "a = ⟦0x1G⟧;",
      "malformed-number: '0x1G' is not a number (numbers are decimal, 0x hexadecimal or 0b binary, with suffixes u and l)",
    ],
    [
      'a(⟦"x);⟧',
      'unterminated-string: the string has no closing quote on its line (end it with ", and write \\" for a quote inside)',
    ],
    ["__var ⟦=⟧ 3;", "syntax: expected a name, found '='"],
    ["a = 1;⟦;⟧", "empty-statement: a semicolon with no statement before it (remove it)"],
    [
      "⟦#⟧define X 1\na = 1;",
      "stray-character: '#' has no meaning here (there is no preprocessor; use __var for constants, // for comments)",
    ],
  ])("%s", (source, expected) => {
    const { picture, said } = script(source);
    expect(picture).toBe(source);
    expect(said).toEqual([expected]);
  });

  test.each([
    ["i⟦++⟧;", "there is no '++'", "write i += 1;"],
    [
      "⟦for⟧ (i = 0; i < 3; i += 1) { a = 1; }",
      "there is no 'for'",
      "write __var i = 0; and while (i < n) { ... i += 1; }",
    ],
    [
      "⟦return⟧ 1;",
      "there is no 'return'",
      "a sequence ends at its end; set __Result = -1; to report failure",
    ],
    [
      "⟦uint32_t x⟧ = 1;",
      "'uint32_t' is not a type here; every variable is an unsigned 64-bit number",
      "write __var x = ...;",
    ],
    ["a⟦[⟧1] = 2;", "there are no arrays", "use BufferSet and BufferGet, or one variable for each value"],
  ])("a C programmer writes %s", (source, message, hint) => {
    const { picture, said } = script(source);
    expect(picture).toBe(source);
    expect(said).toEqual([`c-syntax: ${message} (${hint})`]);
  });

  test("one file reports all its mistakes, and each once", () => {
    const source = `sequence A {
  a = ⟦;⟧
  b = ⟦1⟧
  c = 2;
  if (x) ⟦f⟧ = 1;
  if (⟦x⟧ y) { g = ⟦1⟧ }
  ⟦{⟧ h = 1; }
  while (1) timeout ⟦5x⟧;
}
sequence B requires ⟦magic⟧ ⟦{⟧
  a = 1;
`;
    const { picture } = script(source);
    expect(picture).toBe(source);
  });

  test("what is right around a mistake is in the tree", () => {
    const { script: tree } = parseScript(
      new Source("t.seq", "sequence A { a = ; b = 2; }\nsequence B { c = 3; }"),
    );
    expect(
      tree.items.map((item) => (item.kind === "sequence" ? `${item.name.text} ${item.items.length}` : "")),
    ).toEqual(["A 1", "B 1"]);
  });

  test("a statement beside sequences is a mistake", () => {
    const { picture, said } = script("⟦a = 1;⟧\nsequence A { }");
    expect(picture).toBe("⟦a = 1;⟧\nsequence A { }");
    expect(said[0]).toContain("outside-sequence");
  });
});

describe("words", () => {
  test("words of .seq are names everywhere else", () => {
    const text =
      'sequence A { sequence("B"); block = 1; atomic = group + timeout; import = scope; group; disable(); }';
    expect(parseScript(new Source("t.seq", text)).diagnostics).toEqual([]);
  });
});

describe("PDSC blocks", () => {
  test("a span points behind an entity", () => {
    const xml = "a = b &amp; c d;";
    const text = "a = b & c d;";
    const starts = new Uint32Array(text.length);
    const ends = new Uint32Array(text.length);
    for (let at = 0; at < text.length; at++) {
      starts[at] = at <= 6 ? at : at + 4;
      ends[at] = at < 6 ? at + 1 : at + 5;
    }
    const source = new Source("x.pdsc", xml);
    const { diagnostics } = parseBlock({ source, text, start: 0, map: { starts, ends } });
    expect(drawn(xml, diagnostics)).toBe("a = b &amp; ⟦c⟧ d;");
  });

  test("a control inside a block gets a hint", () => {
    const { diagnostics } = parseBlock(whole(new Source("x.pdsc", "if (a) b = 1;")));
    expect(diagnostics[0]?.hint).toContain('<control if="...">');
  });
});

describe("limits", () => {
  test.each([
    ["parentheses", `a = ${"(".repeat(MAX_NESTING + 1)}1${")".repeat(MAX_NESTING + 1)};`],
    ["operators", `a = ${"1 + ".repeat(MAX_OPERATORS + 1)}1;`],
    ["signs", `a = ${"!".repeat(100_000)}1;`],
    ["controls", `${"if (a) { ".repeat(5000)}${"}".repeat(5000)}`],
    ["branches", `if (a) {}${" else if (a) {}".repeat(5000)}`],
    ["assignments", `${"a = ".repeat(5000)}1;`],
    ["conditions", `a = ${"b ? c : ".repeat(5000)}d;`],
  ])("too many %s are a finding, not a crash", (_, text) => {
    const { diagnostics } = parseScript(new Source("t.seq", text));
    expect(diagnostics.map(({ code }) => code)).toEqual(["too-complex"]);
  });

  test("a text of too many letters is one before it is read", () => {
    const text = ";".repeat(MAX_LETTERS + 1);
    const { diagnostics } = parseScript(new Source("t.seq", text));
    expect(diagnostics.map(({ message }) => message)).toEqual(["more than 1048576 letters of text"]);
    expect(parseBlock(whole(new Source("t", text))).diagnostics).toHaveLength(1);
    expect(parseExpression(whole(new Source("t", text))).diagnostics).toHaveLength(1);
  });

  test("a large flat file is none of these", () => {
    const text = "a = (b + 1) * 2; // c\n".repeat(20_000);
    expect(parseScript(new Source("t.seq", text)).diagnostics).toEqual([]);
  });
});
