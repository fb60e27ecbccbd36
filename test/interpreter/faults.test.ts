/** What is wrong with a text that was not checked comes to light where it is reached, and says where. */
import { describe, expect, test } from "vitest";
import { run } from "./support/run.ts";

describe("a fault", () => {
  test.each([
    ["__var x = 1 / 0;", 'division by zero ("/")'],
    ["__var z; __var x = 7 % z;", 'division by zero ("%")'],
    ["Reed32(1);", 'there is no function "Reed32"'],
    ["Read32();", "Read32: takes 1 arguments, not 0"],
    ["Message(0);", "Message: takes 2 or more arguments, not 1"],
    ['Read32("a");', 'Read32: the argument "addr" must be a number'],
    ["Sequence(5);", 'Sequence: the argument "name" must be a string in quotes'],
    ['__var x = "a" + 1;', 'expected a number, not the string "a"'],
    ["BufferGet(1, 0, 4);", "buffer 1 does not exist or is empty"],
  ])("%s", async (text, sentence) => {
    const ran = await run(`Write32(0xA, 1);\n${text}`);
    expect(ran.sentences).toHaveLength(1);
    expect(ran.sentences[0]).toMatch(/^test\.seq:2:\d+: in the script: /);
    expect(ran.sentences[0]?.endsWith(sentence)).toBe(true);
  });

  test("does not occur if it is not reached", async () => {
    const ran = await run(
      'if (0) { Read64(1); Reed32(1); __var x = 1 / 0; Sequence("Nope"); } Write32(0xA, 1);',
    );
    expect(ran.fault).toBeUndefined();
  });

  test("names every caller with its line", async () => {
    const ran = await run(
      'sequence A {\n  Sequence("B");\n}\nsequence B {\n  Sequence("C");\n}\nsequence C {\n  __var x = 1 / 0;\n}',
    );
    expect(ran.sentences[0]).toBe(
      'test.seq:8:13: in sequence "C", called by sequence "B" (test.seq:5:3), called by sequence "A" (test.seq:2:3): division by zero ("/")',
    );
  });

  test("of the outermost sequence's name has the debugger as its place", async () => {
    const ran = await run("sequence A { }", { name: "Nope" });
    expect(ran.fault).toMatchObject({ kind: "unknown-sequence", name: "Nope" });
  });
});

describe("evaluation order is left to right", () => {
  test("an operand has the value that it has at its turn", async () => {
    const ran = await run("__var a = 1; __var x = a + (a = 5) + a; __var y = a * Read32(a = 2) + a;", {
      answer: () => 3n,
    });
    expect(ran.values).toMatchObject({ x: 11n, y: 17n });
  });

  test("arguments too", async () => {
    const ran = await run("__var a = 1; Write32(a, (a = 2) + a);");
    expect(ran.log[0]).toBe("Write32(0x1, 0x4)");
  });

  test("a compound assignment takes its target's value first", async () => {
    const ran = await run("__var a = 1; a += (a = 5);");
    expect(ran.values["a"]).toBe(6n);
  });

  test("a division by zero stops before the statements after it", async () => {
    const ran = await run("__var z; __var x = 1 / z + Read32(0x10);");
    expect(ran.log).toEqual([]);
  });

  test("the longest statement that can be parsed runs", async () => {
    const ran = await run(`__var a = 1; __var x = a${" + a".repeat(490)};`);
    expect(ran.values["x"]).toBe(491n);
  });
});
