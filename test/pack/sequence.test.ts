/** Sequences of packs as trees: every departure from the letter that real packs have, places, and isolation of errors. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { printSequence } from "../../src/language/print/printer.ts";
import type { Control, Expression, Item, Sequence, Statement } from "../../src/language/tree.ts";
import { Source, where, type Span } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { describedBy, deviceOf, shown } from "../support/pdsc.ts";

const source = new Source(
  "quirks.pdsc",
  readFileSync(new URL("fixtures/quirks.pdsc", import.meta.url), "utf8"),
);
const { pack } = readPdsc(source);
if (pack === undefined) throw new Error("the fixture does not parse");
const quirks = deviceOf(pack, "Q1");

function sequence(name: string): Sequence {
  const found = quirks.description.sequences.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no sequence ${name}`);
  return found.sequence;
}

describe("what real packs write reads without a finding and means", () => {
  test("has nothing wrong", () => {
    expect(quirks.diagnostics).toEqual([]);
    expect([...quirks.inSequence.values()].flat()).toEqual([]);
  });

  test.each([
    [
      "NoValue",
      `sequence NoValue {
  __var x;
  sequence("Other");
  x = Read32(0xE000ED00);
}
`,
    ],
    [
      "AssigningCondition",
      `sequence AssigningCondition {
  __var reg0 = 1;
  __var reg1 = 2;
  if (reg0 |= reg1) "\\"assigns\\"" {
    reg0 = (reg0 << 2) & 0xFF;
    reg1 = reg0 > 1;
  }
}
`,
    ],
    [
      "PollingCondition",
      `sequence PollingCondition for "cm4" {
  __var v = 0;
  while ((v = Read32(0x41002000)) != 0x10) timeout 1s "wait" {
    DAP_Delay(100);
  }
}
`,
    ],
    [
      "Compound",
      `sequence Compound {
  __var a = 0xFu;
  a += 0x130U;
  a <<= 2;
  __Result = -1;
}
`,
    ],
    [
      "AllAtOnce",
      `sequence AllAtOnce {
  if (1) while (1) timeout 100ms;
  group {
    block { }
    block {
      /* only this */
    }
    block {
      // only that
    }
  }
}
`,
    ],
    ["DebugCoreStop", "sequence DebugCoreStop { }\n"],
    ["DebugPortStop", 'disable sequence DebugPortStop "not here" { }\n'],
    [
      "Wide",
      `sequence Wide {
  atomic {
    DAP_JTAG_Sequence(7, 0, 0xFE);
    DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF);
  }
}
`,
    ],
    ["Section", "sequence Section {\n  if_ = 1 && 2 < 3;\n}\n"],
  ])("%s", (name, text) => {
    expect(printSequence(sequence(name)).trimEnd()).toBe(text.trimEnd());
  });
});

function raw(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

function statements(items: readonly Item[]): readonly Statement[] {
  return items.flatMap((item) => {
    if (item.kind === "block") return item.entries.filter((entry) => entry.kind !== "comment");
    return item.kind === "control" ? statements(item.items) : [];
  });
}

function firstControl({ items }: Sequence): Control {
  const found = items.find((item) => item.kind === "control");
  if (found === undefined) throw new Error("no control");
  return found;
}

/** Depth first, each with the text it stands for in the file. */
function places(expression: Expression): readonly string[] {
  const own = `${where(expression.span)} ${raw(expression.span)}`;
  if (expression.kind === "binary") return [own, ...places(expression.left), ...places(expression.right)];
  return expression.kind === "assignment" ? [own, ...places(expression.value)] : [own];
}

describe("places in the file are exact", () => {
  test("of statements behind entities", () => {
    const [, , shift, compare] = statements(sequence("AssigningCondition").items);
    expect(shift?.kind === "expression" ? places(shift.expression) : []).toEqual([
      "quirks.pdsc:25:20 reg0 = (reg0 &lt;&lt; 2) &amp; 0xFF",
      "quirks.pdsc:25:27 (reg0 &lt;&lt; 2) &amp; 0xFF",
      "quirks.pdsc:25:27 (reg0 &lt;&lt; 2)",
      "quirks.pdsc:25:28 reg0",
      "quirks.pdsc:25:42 2",
      "quirks.pdsc:25:51 0xFF",
    ]);
    expect(compare?.kind === "expression" ? places(compare.expression) : []).toContain(
      "quirks.pdsc:25:57 reg1 = reg0 &gt; 1",
    );
  });

  test("of conditions, texts and timeouts in attributes", () => {
    const control = firstControl(sequence("AssigningCondition"));
    expect(control.if === undefined ? [] : places(control.if)).toEqual([
      "quirks.pdsc:24:24 reg0 |= reg1",
      "quirks.pdsc:24:32 reg1",
    ]);
    expect(control.info?.text).toBe('"assigns"');
    expect(control.info === undefined ? "" : raw(control.info.span)).toBe("&quot;assigns&quot;");
    const { timeout } = firstControl(sequence("PollingCondition"));
    expect(timeout?.us).toBe(1_000_000);
    expect(timeout === undefined ? "" : raw(timeout.span)).toBe("1000000");
  });

  test("of elements, names and processors", () => {
    const { span, name, pname } = sequence("PollingCondition");
    expect(raw(span)).toMatch(/^<sequence name="PollingCondition" [^]*<\/sequence>$/);
    expect([where(name.span), raw(name.span)]).toEqual(["quirks.pdsc:28:25", "PollingCondition"]);
    expect(pname === undefined ? "" : raw(pname.span)).toBe("cm4");
  });

  test("of what stands behind comments inside a block", () => {
    const found = statements(sequence("Comments").items).map(({ span }) => `${where(span)} ${raw(span)}`);
    expect(found).toEqual([
      "quirks.pdsc:51:13 __var n = 1;",
      "quirks.pdsc:52:27 n = 2;",
      "quirks.pdsc:52:57 n = 3;",
      "quirks.pdsc:53:13 n = 4;",
      "quirks.pdsc:55:13 n = 5;",
      "quirks.pdsc:57:43 n = 6;",
    ]);
  });
});

test("comments are kept: of blocks as comments of the language, between elements as XML comments", () => {
  const [block, between, , behind] = sequence("Comments").items;
  const kept = block?.kind === "block" ? block.entries.filter((entry) => entry.kind === "comment") : [];
  expect(kept.map(({ style, text, span }) => [style, text.trim(), where(span)])).toEqual([
    ["line", "日本語のコメント", "quirks.pdsc:50:13"],
    ["block", "between\n            two lines", "quirks.pdsc:51:26"],
    ["block", "ends * / early", "quirks.pdsc:52:34"],
    ["line", "line /* never             n = 99; */ n = 98;", "quirks.pdsc:53:20"],
  ]);
  expect([between, behind]).toMatchObject([
    { kind: "comment", style: "block", text: " between elements ", trailing: false },
    { kind: "comment", style: "block", text: " behind one ", trailing: true },
  ]);
});

test("attributes that the language does not know travel along", () => {
  const { description, inSequence } = describedBy({
    family:
      '<sequences><sequence name="S" new="1&amp;2"><block speed="9">DAP_Delay(1);</block></sequence></sequences>',
  });
  const [found] = description.sequences;
  expect(found?.sequence.attributes.map(({ name, value }) => [name.text, value.text])).toEqual([
    ["new", "1&2"],
  ]);
  expect(found?.sequence.items[0]).toMatchObject({
    attributes: [{ name: { text: "speed" }, value: { text: "9" } }],
  });
  expect([...inSequence.values()]).toEqual([]);
});

test("a marked comment says what a sequence requires, and does not remain a comment", () => {
  const { description } = describedBy({
    family: '<sequences><sequence name="S"><!-- dbgseq-requires erase host --></sequence></sequences>',
  });
  const [found] = description.sequences;
  expect(found?.sequence.requires.map(({ text, span }) => [text, raw(span)])).toEqual([
    ["erase", "erase"],
    ["host", "host"],
  ]);
  expect(found?.sequence.items).toEqual([]);
});

describe("an error costs its own sequence only", () => {
  test("which keeps what could be read, and does not concern another", () => {
    const { description, inSequence, diagnostics } = describedBy({
      family: `<sequences>
<sequence name="Bad"><block>__var a = 1; a = = 2; a = 3;</block></sequence>
<sequence name="Good"><block>__var a = 1;</block></sequence></sequences>`,
    });
    const [bad, good] = description.sequences;
    if (bad === undefined || good === undefined) throw new Error("both are listed");
    expect(inSequence.get(bad)?.map(({ span, malformed }) => [where(span), malformed])).toEqual([
      ["v.pdsc:4:46", undefined],
    ]);
    expect(inSequence.has(good)).toBe(false);
    expect(diagnostics).toEqual([]);
    expect(statements(bad.sequence.items).length).toBeGreaterThan(0);
  });

  test.each([
    [
      "stray text",
      "<block/>stop = 1;",
      "v.pdsc:3:39: text-outside-block: text directly inside <sequence> is never executed",
    ],
    [
      "an element of another language",
      "<loop/>",
      "v.pdsc:3:31: unknown-element: <loop> has no meaning inside <sequence> and is left out",
    ],
    [
      "an element in a block",
      "<block><b/></block>",
      "v.pdsc:3:38: unknown-element: <b> has no meaning inside <block> and is left out",
    ],
    [
      "a condition on a block",
      '<block if="1"/>',
      'v.pdsc:3:38: ineffective-attribute: "if" has no effect on a <block>',
    ],
    [
      "a boolean that is none",
      '<block atomic="yes"/>',
      'v.pdsc:3:38: wrong-value: atomic="yes" is not 0, 1, false or true',
    ],
    [
      "a timeout that is none",
      '<control timeout="-1"/>',
      'v.pdsc:3:40: wrong-value: timeout="-1" is not a time of 0 to 4294967295 microseconds',
    ],
    [
      "a timeout of more than 32 bits",
      '<control timeout="4294967296"/>',
      'v.pdsc:3:40: wrong-value: timeout="4294967296" is not a time of 0 to 4294967295 microseconds',
    ],
  ])("%s", (_, content, message) => {
    const { inSequence } = describedBy({
      family: `<sequences><sequence name="S">${content}</sequence></sequences>`,
    });
    expect([...inSequence.values()].flat().map(shown)).toEqual([message]);
  });

  test("a sequence without a name", () => {
    const { inSequence } = describedBy({ family: "<sequences><sequence/></sequences>" });
    expect([...inSequence.values()].flat().map(shown)).toEqual([
      "v.pdsc:3:12: missing-attribute: <sequence> lacks the attribute name",
    ]);
  });
});
