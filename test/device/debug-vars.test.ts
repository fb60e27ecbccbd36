/** Values of debug variables, and who gave them. */
import { expect, test } from "vitest";
import { checkDebugVars, debugVarValues } from "../../src/device/debug-vars.ts";
import { parseBlock } from "../../src/language/text/parse.ts";
import type { DebugVars } from "../../src/language/tree.ts";
import { Source, whole, where } from "../../src/lib/source.ts";

function debugVars(text: string): DebugVars {
  const source = new Source("vars", text);
  const { entries } = parseBlock(whole(source));
  return { kind: "debugvars", entries, attributes: [], span: { source, start: 0, end: text.length } };
}

function problems(text: string): readonly string[] {
  return checkDebugVars(debugVars(text)).map(({ message, span }) => `${where(span)}: ${message}`);
}

test("constants are folded as the interpreter would, in order of declaration", () => {
  const values = debugVarValues(
    debugVars("__var a = 0 - 1; __var b; __var c = (a >> 60) | 0x30; // pins"),
    [],
  );
  expect([...values].map(([name, { value, origin }]) => [name, value, origin])).toEqual([
    ["a", 0xffff_ffff_ffff_ffffn, "pack"],
    ["b", 0n, "pack"],
    ["c", 0x3fn, "pack"],
  ]);
});

test("a file overrides the pack, the user overrides the file", () => {
  const values = debugVarValues(debugVars("__var a = 1; __var b = 1;"), [
    { name: "a", value: 2n, origin: "x.dbgconf" },
    { name: "b", value: 2n, origin: "x.dbgconf" },
    { name: "b", value: 3n, origin: "--set" },
  ]);
  expect(values.get("a")).toEqual({ value: 2n, origin: "x.dbgconf" });
  expect(values.get("b")).toEqual({ value: 3n, origin: "--set" });
});

test("what has no constant value is reported and missing, and the rest is there", () => {
  const text = "__var a = Read32(0);\n__var b = 1 / 0;\n__var c = later;\n__var d = 5;\nd = 6;\n__var d = 7;";
  expect(problems(text)).toEqual([
    "vars:1:11: a debug variable needs a constant value",
    "vars:2:11: division by zero",
    "vars:3:11: a debug variable needs a constant value",
    "vars:5:1: only declarations may stand here",
    "vars:6:7: d is already declared",
  ]);
  expect([...debugVarValues(debugVars(text), [])].map(([name, { value }]) => [name, value])).toEqual([
    ["d", 5n],
  ]);
});

test("a pack without debug variables has the user's", () => {
  expect(debugVarValues(undefined, [{ name: "a", value: 1n, origin: "--set" }]).get("a")?.value).toBe(1n);
  expect(checkDebugVars(undefined)).toEqual([]);
});
