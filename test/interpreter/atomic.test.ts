/** `atomic` blocks: all their accesses in one go, results afterwards. */
import { describe, expect, test } from "vitest";
import { eventsOf, messages, run, syncs } from "./support/run.ts";

test("its accesses go together, and what was posted before goes first", async () => {
  const ran = await run(
    'Write32(0xA, 1); atomic "line reset" { DAP_SWJ_Sequence(51, 0x7FFFFFFFFFFFF); DAP_SWJ_Sequence(3, 0); } Write32(0xB, 1);',
  );
  expect(ran.log).toEqual([
    "Write32(0xA, 0x1)",
    "atomic {",
    "DAP_SWJ_Sequence(0x33, 0x7FFFFFFFFFFFF)",
    "DAP_SWJ_Sequence(0x3, 0x0)",
    "}",
    "Write32(0xB, 0x1)",
    "-- end of sequence",
  ]);
  expect(syncs(ran)).toEqual(["atomic", "end of sequence"]);
  expect(eventsOf(ran, "atomic")).toMatchObject([{ info: "line reset", accesses: 2 }]);
});

test("results are assigned afterwards, once, also inside expressions", async () => {
  let reads = 0;
  const ran = await run(
    "__var i = 1; __var id; __var last; atomic { i += 1; id = ReadDP(0) * i + 0x10; WriteDP(4, i); i += 1; last = ReadDP(8); }",
    { answer: (shown) => (shown.startsWith("ReadDP") ? BigInt((reads += 1)) : 0n) },
  );
  expect(ran.log.slice(1, -1)).toEqual(["ReadDP(0x0)", "WriteDP(0x4, 0x2)", "ReadDP(0x8)"]);
  expect(ran.values).toEqual({ i: 3n, id: 0x12n, last: 2n });
  const assigned = eventsOf(ran, "assign").map(({ name, value }) => `${name} ${value}`);
  expect(assigned).toEqual(["i 1", "id 0", "last 0", "i 2", "id 18", "i 3", "last 2"]);
});

test("each access runs under the state of its place", async () => {
  const ran = await run(
    "atomic { __ap = 1; ReadAP(0xFC); __ap = 2; __errorcontrol = 1; ReadAP(0xFC); } ReadAP(0);",
    {
      answer: (shown) => (shown.endsWith("[ap 2]") ? "fault" : 0n),
    },
  );
  expect(ran.log.slice(0, 4)).toEqual(["atomic {", "ReadAP(0xFC) [ap 1]", "ReadAP(0xFC) [ap 2]", "}"]);
  expect(ran.tolerated[0]).toBe("ReadAP(0xFC) [ap 2]");
  expect(ran.fault).toBeUndefined();
});

test("a block without accesses is an ordinary one", async () => {
  const ran = await run("__var x = 1; atomic { x += 1; } x += 1;");
  expect(ran.values["x"]).toBe(3n);
  expect(syncs(ran)).toEqual([]);
});

test("messages wait for the answers that they show", async () => {
  const ran = await run('__var id; atomic { id = ReadDP(0); Message(0, "%x", id); }', {
    answer: () => 0x2ba01477n,
  });
  expect(messages(ran)).toEqual(["2ba01477"]);
});

describe("is refused, at its place and before anything is sent, when", () => {
  test.each([
    [
      "an argument depends on an answer inside",
      "__var x; atomic { x = ReadDP(0) + 1; WriteDP(4, x); }",
      "an argument of WriteDP",
    ],
    ["a decision depends on one", "__var x; atomic { x = ReadDP(0) && ReadDP(4); }", "a decision"],
    ["the port depends on one", "atomic { __ap = ReadDP(0); ReadAP(0); }", "the port of ReadAP"],
  ])("%s", async (_why, text, what) => {
    const ran = await run(text, { answer: () => 1n });
    expect(ran.fault).toMatchObject({ kind: "atomic-dependency", what });
    expect(ran.log).toEqual([]);
  });

  test.each([
    ["Query", 'atomic { WriteDP(4, 1); Query(0, "?", 1); }'],
    ["Sequence", 'atomic { WriteDP(4, 1); Sequence(""); }'],
  ])("it contains %s", async (what, text) => {
    const ran = await run(text);
    expect(ran.fault).toMatchObject({ kind: "not-atomic", what });
    expect(ran.log).toEqual([]);
  });
});

test("a variable that only held an answer before the block is not a dependency", async () => {
  const ran = await run(
    "__var x = ReadDP(0); atomic { WriteDP(4, x); x = ReadDP(8); x = 3; WriteDP(8, x); }",
  );
  expect(ran.fault).toBeUndefined();
  expect(ran.log.slice(2, 5)).toEqual(["WriteDP(0x4, 0x0)", "ReadDP(0x8)", "WriteDP(0x8, 0x3)"]);
});
