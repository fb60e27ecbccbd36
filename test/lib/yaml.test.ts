/** YAML keeps places and integers; a schema's problems point at the offending word. */
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { checkYaml, u32, u64 } from "../../src/lib/formats/checked-yaml.ts";
import { Source, where, type Span } from "../../src/lib/source.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";

function yaml(text: string): ReturnType<typeof parseYaml> {
  return parseYaml(new Source("model.yaml", text));
}

function cut({ source, start, end }: Span): string {
  return source.text.slice(start, end);
}

describe("values", () => {
  test("integers are exact beyond 2^53, in decimal and hexadecimal", () => {
    expect(
      yaml("[18446744073709551615, 0xFFFFFFFFFFFFFFFF, 0x20000000, -1, 9007199254740993]").value,
    ).toEqual([18446744073709551615n, 0xffffffffffffffffn, 0x20000000, -1, 9007199254740993n]);
  });

  test("quoted and tagged numbers stay text, keys keep their spelling", () => {
    expect(yaml("{0x10: '12', a: !!str 5, 1.5: 1.5, t: true, n: ~, e: }").value).toEqual({
      "0x10": "12",
      a: "5",
      "1.5": 1.5,
      t: true,
      n: null,
      e: null,
    });
  });

  test("an alias is the value of its anchor, at its own place", () => {
    const document = yaml("a: &x {b: 1}\nc: *x\n");
    expect(document.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(cut(document.spanOf(["c"]))).toBe("*x");
    expect(cut(document.spanOf(["c", "b"]))).toBe("1");
  });

  test("__proto__ is a key like any other", () => {
    const value = yaml("__proto__: {polluted: 1}").value;
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("an empty file is null", () => {
    expect(yaml("").value).toBeNull();
    expect(yaml("# nothing\n").value).toBeNull();
  });
});

describe("places", () => {
  test("of values and keys", () => {
    const document = yaml("memories:\n  - name: 'flash'\n    start: 0x0800_0000\n");
    expect(cut(document.spanOf(["memories", 0, "name"]))).toBe("'flash'");
    expect(cut(document.keySpanOf(["memories", 0, "start"]))).toBe("start");
    expect(where(document.spanOf(["memories", 0, "start"]))).toBe("model.yaml:3:12");
  });

  test("a path that leads to nothing gives the deepest value on the way", () => {
    expect(cut(yaml("a: {b: 1}").spanOf(["a", "missing", 3]))).toBe("{b: 1");
  });
});

describe("malformed", () => {
  test.each([
    ["a: [1\nb: 2\n", "model.yaml:2:1: deficient indentation"],
    ["a: 1\na: 2\n", 'model.yaml:2:1: the key "a" is there twice'],
    ["a: 1\n---\nb: 2\n", "model.yaml:3:1: a second document begins here, only one is expected"],
    ["a: !thing 1", "model.yaml:1:4: the tag !thing is not supported"],
    ["a: *nothing", "model.yaml:1:4: the alias *nothing has no anchor before it"],
    ["a: &x [1]\nb: &y [*x, *x]", "model.yaml:2:7: an anchored value that itself holds an alias is refused"],
    ["[1, 2]: 3", "model.yaml:1:1: a key must be a plain word or a string"],
    ["a: &x {}\nb: {<<: *x}", "model.yaml:2:5: merge keys (<<) are not supported"],
  ])("%j", (text, message) => {
    expect(() => yaml(text)).toThrow(message);
  });
});

describe("a schema", () => {
  const schema = v.strictObject({
    name: v.string(),
    memories: v.array(
      v.strictObject({ start: u64, size: u32, access: v.optional(v.picklist(["ro", "rw"]), "rw") }),
    ),
    port: v.optional(
      v.variant("kind", [
        v.strictObject({ kind: v.literal("swd"), targetsel: u32 }),
        v.strictObject({ kind: v.literal("jtag"), index: u32 }),
      ]),
    ),
  });

  function problems(text: string): readonly string[] {
    const result = checkYaml(yaml(text), schema);
    if (result.ok) return [];
    return result.problems.map(
      ({ message, span, hint }) =>
        `${where(span).slice(11)} ${message}${hint === undefined ? "" : ` (${hint})`}`,
    );
  }

  test("gives typed values", () => {
    const result = checkYaml(yaml("name: x\nmemories: [{start: 0x100000000, size: 16}]"), schema);
    expect(result).toEqual({
      ok: true,
      value: { name: "x", memories: [{ start: 0x100000000n, size: 16, access: "rw" }] },
    });
  });

  test.each([
    ["memories: []", ['1:1 the key "name" is missing']],
    ["name: x\nmemories: []\nmemorys: 1", ['3:1 "memorys" is not a key here (did you mean "memories"?)']],
    [
      "name: x\nmemories: [{start: 0, size: 1, colour: 2}]",
      ['2:32 "colour" is not a key here (known keys: start, size, access)'],
    ],
    [
      "name: x\nmemories:\n  - {start: -1, size: 0x100000000}",
      [
        "3:13 expected an integer of 0 to 2^64 - 1, not -1",
        "3:23 expected an integer of 0 to 0xFFFFFFFF, not 0x100000000",
      ],
    ],
    [
      "name: x\nmemories: [{start: 0, size: 1, access: row}]",
      ['2:40 "row" is not one of ro, rw (did you mean "ro"?)'],
    ],
    ["name: 3\nmemories: {}", ["1:7 expected string, not 3", "2:11 expected a list, not a mapping"]],
    [
      "name: x\nmemories: []\nport: {kind: swt}",
      ['3:14 "swt" is not one of swd, jtag (did you mean "swd"?)'],
    ],
    ["name: x\nmemories: []\nport: {kind: jtag}", ['3:7 the key "index" is missing']],
    ["3", ["1:1 expected a mapping, not 3"]],
    ["[]", ["1:1 expected a mapping, not a list"]],
    [
      "name: x\nmemories: [[0, 16], 7]",
      ["2:12 expected a mapping, not a list", "2:21 expected a mapping, not 7"],
    ],
    ["name: x\nmemories: []\nport: [swd, 1]", ["3:7 expected a mapping, not a list"]],
  ])("names what is wrong in %j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test.each([
    [1000, "expected a mapping, not 0"],
    [1001, "1 more problem is not shown"],
    [3000, "2000 more problems are not shown"],
  ])("of %i problems says how many it does not show", (count, last) => {
    const memories = Array.from({ length: count }, () => "0\n").join("- ");
    const found = problems(`name: x\nmemories:\n- ${memories}`);
    expect(found).toHaveLength(Math.min(count, 1001));
    expect(found.at(-1)).toContain(last);
  });
});
