/** Generated and mutated sources: always a result or findings with places inside of the text; never a crash or a hang. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../src/language/check/checker.ts";
import { parseBlock, parseExpression, parseScript } from "../../src/language/text/parse.ts";
import { printScriptXml } from "../../src/language/print/pdsc-printer.ts";
import { printScript } from "../../src/language/print/printer.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { findingText } from "../../src/diagnostics/text.ts";
import { Source, whole } from "../../src/lib/source.ts";
import { shape } from "../support/shape.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 3000);

const WORDS = [
  ...'{ } ( ) ; , ? : @ = == != <= >> << && || & | ^ ~ ! + - * / % ++ -- [ ] . \' # \\ " " // /* */ \n \t \u0000 \uFEFF é 日'.split(
    " ",
  ),
  ..."if while else group block atomic sequence disable for requires erase import scope family device debugvars config".split(
    " ",
  ),
  ..."version traceSetup full legacy timeout __var __dp __Result x y foo Read32 Write32 Message Sequence DAP_Delay".split(
    " ",
  ),
  ...'0 1 0x10 0b1 010 1s 50ms 0xFFFFFFFFFFFFFFFFF 99999999999999999999 1.5 0xZZ "text" "%d"'.split(" "),
  "\n",
  "\r\n",
  "__var x = 1;",
  "sequence A { }",
  "if (x) {",
  "} else {",
];

const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(" "));

const VALID = `// head
debugvars config "a" { __var D = 1; }
sequence A for "c" "i" requires erase { // h
  __var x = Read32(0x20000000) & ~0x1; // c
  /* b */
  if (x == 1 && D) while ((x = Read32(4)) != 2) timeout 1s "w" { x += 1; } // e
  else if (!x) { atomic "a" { DAP_SWJ_Sequence(3, 0x00); } } else { Sequence("A"); Message(0, "%x", x); }
  @k("v") block { WriteDP(8, x ? 1 : 2); }
}
scope family "f" { disable sequence B; }
`;

/** A valid text with pieces taken out, doubled, or replaced. */
const mutated = fc
  .array(fc.record({ at: fc.nat(VALID.length), length: fc.nat(12), by: fc.constantFrom("", ...WORDS) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((cuts) =>
    cuts.reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), VALID),
  );

const text = fc.oneof(soup, mutated, fc.string({ unit: "binary", maxLength: 80 }));

function placesAreInside(source: Source, findings: readonly Diagnostic[]): void {
  for (const finding of findings) {
    const { start, end } = finding.span;
    expect(finding.span.source).toBe(source);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(source.text.length);
    expect(finding.message).not.toMatch(/undefined|NaN|Word_|\[object/);
    expect(findingText(finding)).toContain(finding.code);
  }
}

const CONTEXT = { debugVars: new Set<string>(), sequences: new Set<string>(["A"]) };

test("whole files never cause a defect", () => {
  fc.assert(
    fc.property(text, (input) => {
      const source = new Source("t.seq", input);
      const { script, diagnostics } = parseScript(source);
      placesAreInside(source, diagnostics);
      const sequences = script.items.filter((item) => item.kind === "sequence");
      placesAreInside(source, check(sequences, CONTEXT));
      printScriptXml(script);
      const printed = printScript(script);
      if (diagnostics.length > 0) return;
      // What could be read prints as text that is read as the same tree, and stays as it is.
      const again = parseScript(new Source("p.seq", printed));
      expect(again.diagnostics, printed).toEqual([]);
      expect(shape(again.script.items), printed).toEqual(shape(script.items));
      expect(printScript(again.script)).toBe(printed);
    }),
    { numRuns: RUNS },
  );
});

test("blocks and expressions never cause a defect", () => {
  fc.assert(
    fc.property(text, (input) => {
      const source = new Source("t", input);
      placesAreInside(source, parseBlock(whole(source)).diagnostics);
      const { expression, diagnostics } = parseExpression(whole(source));
      placesAreInside(source, diagnostics);
      expect(expression !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: RUNS },
  );
});
