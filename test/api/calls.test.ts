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

  test("hands doubts over as findings", () => {
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

  test("a name that there is not comes with the nearest", async () => {
    await expect(explainTopic("Read33")).rejects.toThrow(fault("no-such-name", { near: ["Read32"] }));
  });
});
