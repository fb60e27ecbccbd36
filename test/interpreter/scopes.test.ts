/** Which names mean what, and for how long. */
import { describe, expect, test } from "vitest";
import { run } from "./support/run.ts";

describe("a scope", () => {
  test("is opened by a control and ends with it", async () => {
    const ran = await run("if (1) { __var inner = 1; } inner = 2;");
    expect(ran.fault).toMatchObject({ kind: "undeclared-variable", name: "inner" });
  });

  test("is not opened by a block, atomic or not", async () => {
    const ran = await run('block "one" { __var x = 1; } atomic { __var y = 2; } x = x + y;');
    expect(ran.values["x"]).toBe(3n);
  });

  test("sees and changes what is around it", async () => {
    expect((await run("__var x = 1; if (x) { if (x) { x = 5; } }")).values["x"]).toBe(5n);
  });

  test("may not declare again what is around it", async () => {
    expect((await run("__var x = 1; if (x) { __var x = 2; }")).fault).toMatchObject({
      kind: "redefinition",
      name: "x",
    });
  });

  test("beside another one may use the same name", async () => {
    const ran = await run("if (1) { __var x = 1; } if (1) { __var x; x += 5; }");
    expect(ran.fault).toBeUndefined();
    expect(ran.values["x"]).toBe(5n);
  });

  test("is fresh in each turn of a loop", async () => {
    const ran = await run("__var i = 0; __var sum = 0; while (i < 3) { __var x; x += 1; sum += x; i += 1; }");
    expect(ran.values["sum"]).toBe(3n);
  });
});

test("`__var x;` is 0", async () => {
  expect((await run("__var x;")).values["x"]).toBe(0n);
});

test("the right side of a declaration does not see the new variable", async () => {
  expect((await run("__var x = x + 1;")).fault).toMatchObject({ kind: "undeclared-variable", name: "x" });
});

describe("names from outside", () => {
  const debugVars = new Map([["TraceClk_Pin", 0x40002n]]);

  test("predefined variables and debugvars can be read", async () => {
    const ran = await run("__var a = __protocol & 0xFFFF; __var b = TraceClk_Pin >> 16;", { debugVars });
    expect(ran.values).toEqual({ a: 2n, b: 4n });
  });

  test.each(["TraceClk_Pin = 1;", "__protocol |= 1;"])("`%s` is refused: read-only", async (text) => {
    expect((await run(text, { debugVars })).fault).toMatchObject({ kind: "read-only-variable" });
  });

  test("an undeclared one is a fault only if it is reached, at its place", async () => {
    const ran = await run(
      "__var en = 0;\n__var x = en && missing;\nif (en) { x = missing; }\nx = 1 + missing;",
    );
    expect(ran.sentences).toEqual(['test.seq:4:9: in the script: the variable "missing" is not declared']);
  });

  test("a callee does not see its caller's variables", async () => {
    const ran = await run('sequence A { __var x = 1; Sequence("B"); } sequence B { x = 2; }');
    expect(ran.fault).toMatchObject({ kind: "undeclared-variable", name: "x" });
  });
});
