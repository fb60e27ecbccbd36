/** The public calls that need no machine. */
import { describe, expect, test } from "vitest";
import {
  evaluateExpression,
  exitCodeOf,
  explainTopic,
  formatScript,
  listTopics,
  Source,
  topicText,
} from "../../src/browser.ts";
import * as page from "../../src/index.ts";
import { defaultSequences } from "../../src/project/defaults.ts";
import { fault } from "../support/fault.ts";
import { asFailure } from "../../src/lib/fault.ts";

function thrownBy(call: () => unknown): { readonly error: Error; readonly fault: { readonly kind: string } } {
  try {
    call();
  } catch (error) {
    const failure = asFailure(error);
    if (failure !== undefined) return { error: failure, fault: failure.fault };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("evaluateExpression", () => {
  test("gives the value, with the variables that the caller gives", () => {
    expect(evaluateExpression("(value & 0xFF) == 3", { value: 0x1203n }).value).toBe(1n);
    expect(evaluateExpression("-1 / 2").value).toBe(0x7fff_ffff_ffff_ffffn);
  });

  test("returns doubts as findings", () => {
    expect(evaluateExpression("010 + 1").warnings.map(({ code }) => code)).toEqual(["looks-octal"]);
  });

  test.each([
    ["1 +", {}, "malformed-input", 2],
    ["x", {}, "not-constant", 1],
    ["toString", {}, "not-constant", 1],
    ["1 / 0", {}, "division-by-zero", 1],
    ["x", { x: -1n }, "bad-argument", 2],
    ["x", { x: 1 as unknown as bigint }, "bad-argument", 2],
    [5 as unknown as string, {}, "bad-argument", 2],
  ])("%s with %s ends in %s", (text, variables, kind, code) => {
    const { fault, error } = thrownBy(() => evaluateExpression(text, variables));
    expect(fault.kind).toBe(kind);
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe("formatScript", () => {
  test("takes a string or a source, and leaves formatted text as it is", () => {
    const text = formatScript("sequence   A{ x=1 ;}");
    expect(text).toBe("sequence A {\n  x = 1;\n}\n");
    expect(formatScript(new Source("a.seq", text))).toBe(text);
  });

  test("names the source of an error", () => {
    const { error } = thrownBy(() => formatScript(new Source("mine.seq", "sequence A { x = ; }")));
    expect(error.message).toMatch(/^mine\.seq:1:18: /);
  });
});

describe("topics", () => {
  test("each name is explained, with its kind", async () => {
    for (const { kind, name } of listTopics()) {
      const found = await explainTopic(name.toUpperCase());
      expect(found.map((topic) => topic.kind)).toContain(kind);
      for (const topic of found)
        expect(topicText(topic)).toContain(topic.kind === "page" ? topic.title : name);
    }
  });

  test("a sequence has a default if one ships", async () => {
    const shipped = new Set(defaultSequences(undefined).map(({ name }) => name));
    for (const { kind, name } of listTopics()) {
      if (kind !== "sequence") continue;
      expect(await explainTopic(name)).toContainEqual(
        expect.objectContaining({ kind, name, hasDefault: shipped.has(name) }),
      );
    }
  });

  test("an unknown name comes with the nearest one", async () => {
    await expect(explainTopic("Read33")).rejects.toThrow(fault("no-such-name", { near: ["Read32"] }));
  });
});

/** What JavaScript can hand in: every call is made without the types. */
const loose = page as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;
const context = await page.deviceContext({});

const WRONG: readonly (readonly [name: string, says: string, given: readonly unknown[]])[] = [
  ["evaluateExpression", "expression must be a string or a Source, not 5", [5]],
  ["evaluateExpression", "variables.x must be an unsigned 64-bit number as a bigint, not 1", ["x", { x: 1 }]],
  ["formatScript", "script must be a string or a Source, not undefined", [undefined]],
  ["explainTopic", "name must be a string, not 3", [3]],
  ["listSequences", 'context must be a DeviceContext, as deviceContext makes it, not "EX52"', ["EX52"]],
  ["showSequence", "name must be a string, not undefined", [context]],
  ["packToScript", "context must be a DeviceContext, as deviceContext makes it, not an object", [{}]],
  ["scriptToPack", 'readImport must be a function, not "a.seq"', ["", "a.seq"]],
  ["checkText", 'source must be a Source, not "sequence A { }"', ["sequence A { }"]],
  [
    "checkText",
    "context must be a DeviceContext, as deviceContext makes it, not an object",
    [new Source("a.seq", ""), { context: {} }],
  ],
  ["showFixes", "findings[0] must be a finding, as checkText makes it, not an object", [[{}]]],
  ["devicesOf", "pdsc must be a string or a Source, not null", [null]],
  ["deriveModel", "svd must be an object of path, bytes", [context, { svd: "a.svd" }]],
  ["modelFacts", "model must be a string or a Source, not an array", [[]]],
  ["readSource", "path must be a string, not 7", [7]],
  ["readBytes", "path must be a string, not 7", [7]],
  ["followImports", 'paths must be an array, not "a.seq"', ["a.seq"]],
  ["saveFile", "content must be a string or bytes, not 1", ["a.seq", 1]],
  ["saveFile", 'options: unknown option "overwrite"', ["a.seq", "", { overwrite: true }]],
  ["formatFiles", 'paths must be an array, not "a.seq"', ["a.seq"]],
  ["watchFiles", "work must be a function, not undefined", [["a.seq"]]],
  ["listPacks", 'place must be an object of root, not "/packs"', ["/packs"]],
  ["findPacks", "part must be a string, not 0x34", [52]],
  ["listDevices", "pack must be a string, not undefined", []],
];

describe("a wrong argument ends in bad-argument and says what is right", () => {
  test.each(WRONG)("%s: %s", async (name, says, given) => {
    const made = () => Promise.resolve().then(() => loose[name]?.(...given));
    await expect(made()).rejects.toThrow(fault("bad-argument"));
    await expect(made()).rejects.toThrow(says);
  });

  test.each([
    ["checkFiles", "a.seq", 'paths must be an array, not "a.seq"'],
    ["fixFiles", {}, "findings must be an array, not an object"],
  ])("%s, when its first file is asked for", async (name, given, says) => {
    const files = loose[name]?.(given) as AsyncGenerator;
    await expect(files.next()).rejects.toThrow(says);
  });
});
