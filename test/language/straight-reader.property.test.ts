/** The reader that asks nothing and the parser that explains everything see the same in every text. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { whole, Source, type Excerpt } from "../../src/lib/source.ts";
import { tokenize } from "../../src/language/text/lexer.ts";
import { ScriptParser } from "../../src/language/text/script-parser.ts";
import { readStraightBlock, readStraightExpression } from "../../src/language/text/straight-reader.ts";

/** Takes every step of the grammar. */
class PatientParser extends ScriptParser {
  protected override straight(): undefined {
    return undefined;
  }
}

const patient = new PatientParser(true);
const quick = new ScriptParser(true);

function started(parser: ScriptParser, excerpt: Excerpt): ScriptParser {
  parser.start(excerpt, tokenize(excerpt.text).tokens);
  return parser;
}

const operators = "+ - * / % & | ^ << >> == != < <= > >= && ||".split(" ");

const { expression } = fc.letrec<{ expression: string; operand: string }>((tie) => ({
  operand: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "timeout", "0x10", "7UL", "010", "1.5", '"x"', '"\\n"', '"open'),
    fc.tuple(fc.constantFrom("-", "+", "~", "!", ""), tie("operand")).map((parts) => parts.join("")),
    tie("expression").map((inner) => `(${inner})`),
    fc.array(tie("expression"), { maxLength: 3 }).map((args) => `f(${args.join(",")})`),
  ),
  expression: fc.oneof(
    { depthSize: "small" },
    tie("operand"),
    fc
      .tuple(tie("operand"), fc.constantFrom(...operators), tie("expression"))
      .map((parts) => parts.join(" ")),
    fc
      .tuple(tie("operand"), fc.constantFrom("=", "|=", "<<="), tie("expression"))
      .map((parts) => parts.join(" ")),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([test, then, otherwise]) => `${test} ? ${then} : ${otherwise}`),
  ),
}));

const statement = fc.oneof(
  expression.map((text) => `${text};`),
  expression.map((text) => `__var x = ${text};`),
  fc.constantFrom("__var y;", ";", "if (a) b;", "x++;", "}", "// comment\n", "__var = 1;", "a b;"),
);

test("blocks are read as the parser reads them", () => {
  let straight = 0;
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 4 }), (list) => {
      const excerpt = whole(new Source("x", list.join("\n")));
      const statements = started(patient, excerpt).blockText();
      expect(started(quick, excerpt).blockText()).toEqual(statements);
      expect(quick.findings).toEqual(patient.findings);
      const read = readStraightBlock(excerpt, tokenize(excerpt.text).tokens);
      if (read === undefined) return;
      straight++;
      expect(read).toEqual(statements);
      expect(patient.findings).toEqual([]);
    }),
    { numRuns: 3000 },
  );
  expect(straight).toBeGreaterThan(300);
});

test("expressions are read as the parser reads them", () => {
  fc.assert(
    fc.property(expression, (text) => {
      const excerpt = whole(new Source("x", text));
      const straight = readStraightExpression(excerpt, tokenize(text).tokens);
      const tree = started(patient, excerpt).wholeExpression();
      if (straight !== undefined) {
        expect(straight).toEqual(tree);
        expect(patient.findings).toEqual([]);
      } else if (!text.includes("\\")) expect(patient.findings).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
