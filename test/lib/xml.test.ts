/** XML with exact places, and what is refused. */
import { describe, expect, test } from "vitest";
import { Failure } from "../../src/lib/fault.ts";
import { Source, spanIn, where, type Span } from "../../src/lib/source.ts";
import { parseXml, type XmlElement } from "../../src/lib/formats/xml.ts";

function parse(text: string): XmlElement {
  return parseXml(new Source("x", text));
}

function raw({ source, start, end }: Span): string {
  return source.text.slice(start, end);
}

describe("places", () => {
  const text = [
    "\ufeff<?xml version='1.0'?>",
    "<a one='1' two = \"x &amp;&#x41; y\">",
    "  <!-- caf\u00e9 \u{1F600}\r\n -->t&lt;\u{1F600}u",
    "  <b/><c >d</c ><![CDATA[<&]]>",
    "</a>",
  ].join("\r\n");
  const root = parse(text);

  test("of elements, from the first to the last sign", () => {
    expect(raw(root.span)).toBe(text.slice(text.indexOf("<a")));
    expect([...root.elements()].map(({ span }) => raw(span))).toEqual(["<b/>", "<c >d</c >"]);
    expect(raw(root.openSpan)).toBe("<a one='1' two = \"x &amp;&#x41; y\">");
  });

  test("of comments, texts and CDATA, behind CRLF and signs of two units", () => {
    expect(root.children.map(({ kind, span }) => [kind, raw(span)])).toEqual([
      ["text", "\r\n  "],
      ["comment", "<!-- caf\u00e9 \u{1F600}\r\n -->"],
      ["text", "t&lt;\u{1F600}u\r\n  "],
      ["element", "<b/>"],
      ["element", "<c >d</c >"],
      ["cdata", "<![CDATA[<&]]>"],
      ["text", "\r\n"],
    ]);
  });

  test("of attributes and of each letter behind an entity", () => {
    const two = root.attribute("two");
    if (two === undefined) throw new Error("no attribute");
    expect([raw(two.span), raw(two.nameSpan), two.value.text]).toEqual([
      'two = "x &amp;&#x41; y"',
      "two",
      "x &A y",
    ]);
    expect(raw(spanIn(two.value, 2, 3))).toBe("&amp;");
    expect(raw(spanIn(two.value, 3, 4))).toBe("&#x41;");
    expect(raw(spanIn(two.value, 5, 6))).toBe("y");
    expect(root.value("one")).toBe("1");
    expect(root.attribute("three")).toBeUndefined();
  });

  test("of content with its comments put into words", () => {
    const content = root.excerpt(
      (comment, before) => `[${comment.text.trim().slice(0, 4)} after ${before.length}]`,
    );
    expect(content.text).toBe("\r\n  [caf\u00e9 after 4]t<\u{1F600}u\r\n  <&\r\n");
    const at = (part: string): string =>
      where(spanIn(content, content.text.indexOf(part), content.text.indexOf(part) + part.length));
    expect([at("after"), at("t<"), at("u\r"), at("<&")]).toEqual(["x:3:3", "x:4:5", "x:4:12", "x:5:26"]);
    expect(root.text).toBe("\r\n  t<\u{1F600}u\r\n  <&\r\n");
  });
});

describe("what is refused, and where", () => {
  test.each([
    ["", "x:1:1: the file is empty"],
    [" \n ", "x:1:1: the file is empty"],
    ["<a>\n\0</a>", "x:2:1: this is a binary file, not XML"],
    ["<a>\n  <b></a>", "x:2:6: </a> stands where <b> of line 2 must be closed first"],
    ["<a>\n  <b>\n</a", "x:2:3: <b> is never closed"],
    ["<a>\n&nope;</a>", "x:2:1: undefined entity"],
    ["<a x='1' x='2'/>", "x:1:16: duplicate attribute: x"],
    ["<a x=1/>", "x:1:6: unquoted attribute value"],
    ["<a/><b/>", "x:1:7: documents may contain only one root"],
    ["  text", "x:1:3: text data outside of root node"],
    ["<!-- only -->", "x:1:13: document must contain a root element"],
    [
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>\n<a>&d;</a>',
      "x:2:1: a document type declaration is refused, because it could define entities",
    ],
    ["<a>".repeat(201), "x:1:603: more than 200 elements inside one another"],
  ])("%j", (text, message) => {
    expect(() => parse(text)).toThrow(Failure);
    expect(() => parse(text)).toThrow(message);
  });
});

test("line ends of attributes are one character, and places behind them are exact", () => {
  const root = parseXml(new Source("x", '<a b="1\r\n&amp;\r2"/>'));
  const value = root.attribute("b")?.value;
  expect(value?.text).toBe("1\n&\n2");
  if (value === undefined) return;
  expect([1, 2, 4].map((at) => spanIn(value, at, at + 1)).map(({ start, end }) => [start, end])).toEqual([
    [7, 9],
    [9, 14],
    [15, 16],
  ]);
});
