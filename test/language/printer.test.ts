/** One style, stable under a second print; comments stay with what they explain; `else` comes back. */
import { describe, expect, test } from "vitest";
import { readSequence } from "../../src/pack/pdsc/sequence.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { printScriptXml, printSequenceXml } from "../../src/language/print/pdsc-printer.ts";
import { printScript } from "../../src/language/print/printer.ts";
import type { Script, Sequence } from "../../src/language/tree.ts";
import { Source } from "../../src/lib/source.ts";
import { parseXml } from "../../src/lib/formats/xml.ts";
import { shape } from "../support/shape.ts";

function parse(text: string): Script {
  const { script, diagnostics } = parseScript(new Source("t.seq", text));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return script;
}

function onlySequence(script: Script): Sequence {
  const [first] = script.items.filter((item) => item.kind === "sequence");
  if (first === undefined) throw new Error("no sequence");
  return first;
}

/** As LANGUAGE rules want it: text that is printed as it stands, and survives the way through a PDSC. */
const STABLE: readonly (readonly [string, string])[] = [
  [
    "statements",
    "sequence A {\n  __var nReset      = 0x80;\n  __var canReadPins = 0;\n\n  DAP_Delay(100000); // wait\n}\n",
  ],
  ["head", 'disable sequence A for "cm33" "info \\"x\\"" { }\n'],
  ["requires", "sequence A requires erase host {\n  DAP_Delay(1);\n}\n"],
  ["requires and a comment", "sequence A requires erase { // why\n  DAP_Delay(1);\n}\n"],
  ["names that are reserved words", 'sequence "while" {\n  @"if"("1")\n  block {\n    c = 1;\n  }\n}\n'],
  ["attributes that are no words", 'sequence A {\n  @"xml:lang"("en")\n  block {\n    c = 1;\n  }\n}\n'],
  [
    "controls",
    'sequence A {\n  while (1) timeout 50ms;\n  if (a) while ((ReadDP(4) & 1) == 0) timeout 1s "recovery";\n  if (a) {\n    b = 1;\n  }\n  group "g" { }\n}\n',
  ],
  [
    "blocks",
    'sequence A {\n  block {\n    a = 1;\n  }\n  atomic "line reset" {\n    DAP_SWJ_Sequence(3, 0x00);\n  }\n  block { }\n}\n',
  ],
  [
    "comments",
    "sequence A { // of the head\n  // first\n  a = 1; // behind\n  // last\n\n  /* between */\n  if (b) { // of the control\n    c = 1;\n  } // of its end\n\n  // alone\n\n  while (d) timeout 1s;\n  /* at the end */\n}\n",
  ],
  [
    "block comments in blocks",
    "sequence A {\n  block {\n    /* first */\n    a = 1; /* behind */\n    /* last */\n  }\n}\n",
  ],
  [
    "attributes",
    'sequence A {\n  @x("1 & 2")\n  if (a < b) {\n    @y("2")\n    block {\n      c = a & b;\n    }\n  }\n}\n',
  ],
  ["else", "sequence A {\n  a = 1;\n  if (b == 1) {\n    c = 1;\n  } else {\n    c = 2;\n  }\n}\n"],
  [
    "else if",
    "sequence A {\n  if (b) {\n    c = 1;\n  } else if (d || e) {\n    c = 2;\n  } else {\n    c = 3;\n  }\n  f = 1;\n}\n",
  ],
  ["else if without else", "sequence A {\n  if (b) {\n    c = 1;\n  } else if (d) {\n    c = 2;\n  }\n}\n"],
  [
    "else with comments",
    "sequence A {\n  if (b) { // one\n    c = 1;\n  } // two\n  else { // three\n    c = 2;\n  } // four\n}\n",
  ],
  [
    "else behind comments on lines of their own",
    "sequence A {\n  if (b) {\n    c = 1;\n  }\n  // otherwise\n  else if (d) { // two\n    c = 2;\n  } // three\n  /* four\n     lines */\n  // five\n\n  // six\n  else {\n    c = 3;\n  }\n}\n",
  ],
  [
    "a vendor's pair is no else",
    "sequence A {\n  if (b) {\n    c = 1;\n  }\n  if (!b) {\n    c = 2;\n  }\n}\n",
  ],
  [
    "else beside a block",
    "sequence A {\n  block {\n    a = 1;\n  }\n  if (b) {\n    c = 1;\n  } else {\n    c = 2;\n  }\n}\n",
  ],
];

describe("stable text", () => {
  test.each(STABLE)("%s", (_, text) => {
    expect(printScript(parse(text))).toBe(text);
  });

  test.each(STABLE)("%s, by way of a PDSC", (_, text) => {
    const sequence = onlySequence(parse(text));
    const xml = printSequenceXml(sequence);
    const { sequence: back, diagnostics } = readSequence(parseXml(new Source("t.pdsc", xml)));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(shape(back), xml).toEqual(shape(sequence));
    expect(printScript({ kind: "script", items: [back], span: back.span }), xml).toBe(text);
  });
});

describe("normalised text", () => {
  test.each([
    ["sequence A{a=1;b=2;}", "sequence A {\n  a = 1;\n  b = 2;\n}\n"],
    ["sequence A { while(1)timeout 50000; }", "sequence A {\n  while (1) timeout 50ms;\n}\n"],
    ["sequence A { while(1)timeout 1500; }", "sequence A {\n  while (1) timeout 1500us;\n}\n"],
    ["sequence A { if ((a)) { } }", "sequence A {\n  if (a);\n}\n"],
    ["sequence A { a = - -1; b = -(-1); }", "sequence A {\n  a = - -1;\n  b = -(-1);\n}\n"],
    ["sequence A { block { a = 1; } }", "sequence A {\n  a = 1;\n}\n"],
    ["sequence A;", "sequence A { }\n"],
    [
      "sequence A { if (a /* why */ && b) { c = 1; } }",
      "sequence A {\n  if (a && b) { // why\n    c = 1;\n  }\n}\n",
    ],
    ["sequence A { foo(1, // one\n 2); }", "sequence A {\n  foo(1, 2); // one\n}\n"],
    ["a = 1;\nif (b) { c = 1; }", "a = 1;\nif (b) {\n  c = 1;\n}\n"],
    ["/* a\n   b */\nsequence A { }", "/* a\n   b */\nsequence A { }\n"],
    ["sequence A { }   // behind", "sequence A { } // behind\n"],
  ])("%s", (text, expected) => {
    const printed = printScript(parse(text));
    expect(printed).toBe(expected);
    expect(printScript(parse(printed))).toBe(expected);
  });
});

describe("files", () => {
  const text = `import "lib/mailbox.seq";

// Trace of the board.
debugvars config "Debug/X.dbgconf" version "1.0" {
  __var TraceClk_Pin = 0x00040002; // PA.5
}

traceSetup full;

scope family "PSoC 62" subFamily "CY8C62x4" {
  debugvars {
    __var A = 1;
  }
  sequence ResetSystem for "Cortex-M0p" {
    Sequence("X");
  }
}
`;

  test("print as they stand", () => {
    expect(printScript(parse(text))).toBe(text);
  });

  test("print as XML", () => {
    expect(printScriptXml(parse(text.replace(/^import.*\n\n/, "")))).toBe(`<!-- Trace of the board. -->
<debugvars configfile="Debug/X.dbgconf" version="1.0">
  __var TraceClk_Pin = 0x00040002; // PA.5
</debugvars>
<sequences traceSetup="full">
</sequences>
<family Dfamily="PSoC 62">
  <subFamily DsubFamily="CY8C62x4">
    <debugvars>
      __var A = 1;
    </debugvars>
    <sequences>
      <sequence name="ResetSystem" Pname="Cortex-M0p">
        <block>
          Sequence("X");
        </block>
      </sequence>
    </sequences>
  </subFamily>
</family>
`);
  });
});
