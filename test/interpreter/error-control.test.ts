/** `__errorcontrol`: which failures are tolerated, what is judged under which value, and what a failed read decides. */
import { describe, expect, test } from "vitest";
import { eventsOf, run, syncs } from "./support/run.ts";
import type { Answer } from "./support/target.ts";

const faultAt =
  (...places: readonly string[]) =>
  (shown: string): Answer | undefined =>
    places.includes(shown) ? "fault" : undefined;

describe("without it", () => {
  test("a failed read aborts the sequence and its callers, with the target's words as the cause", async () => {
    const ran = await run(
      'sequence A {\n  Sequence("B");\n  Write32(0x20, 1);\n}\nsequence B {\n  __var x = Read32(0x10);\n}',
      { answer: faultAt("Read32(0x10)") },
    );
    expect(ran.log).toEqual(["Read32(0x10)"]);
    expect(ran.sentences).toEqual([
      'test.seq:6:13: in sequence "B", called by sequence "A" (test.seq:2:3): an access to the target failed',
      "Read32(0x10) was answered with FAULT",
    ]);
  });

  test("a posted write that failed is reported at its own statement, not where it came to light", async () => {
    const ran = await run("Write32(0xA, 1);\nWrite32(0xB, 2);\nWrite32(0xC, 3);\n__var x = Read32(0xD);", {
      answer: faultAt("Write32(0xB, 0x2)"),
    });
    expect(ran.sentences[0]).toBe("test.seq:2:1: in the script: an access to the target failed");
  });
});

describe("set to 1", () => {
  test("a failed access yields 0 and the run goes on", async () => {
    const ran = await run("__errorcontrol = 1; __var x = 5; x = Read32(0x10); Write32(0x20, x);", {
      answer: faultAt("Read32(0x10)"),
    });
    expect(ran.tolerated).toEqual(["Read32(0x10)"]);
    expect(ran.values["x"]).toBe(0n);
    expect(ran.log.at(-2)).toBe("Write32(0x20, 0x0)");
    expect(eventsOf(ran, "access")[0]).toMatchObject({ value: 0n });
    expect(eventsOf(ran, "access")[0]?.failed).toBeInstanceOf(Error);
  });

  test("is in force for exactly the accesses between (the vendors' AIRCR idiom)", async () => {
    const text = "Write32(0xA, 1); __errorcontrol = 1; Write32(0xB, 1); __errorcontrol = 0; Write32(0xC, 1);";
    const ran = await run(text, { answer: faultAt("Write32(0xB, 0x1)") });
    expect(ran.log).toEqual([
      "Write32(0xA, 0x1)",
      "-- error control",
      "Write32(0xB, 0x1)",
      "-- error control",
      "Write32(0xC, 0x1)",
      "-- end of sequence",
    ]);
    expect(ran.fault).toBeUndefined();
    expect(ran.tolerated).toEqual(["Write32(0xB, 0x1)"]);
  });

  test("does not excuse what was posted before", async () => {
    const ran = await run("Write32(0xA, 1); __errorcontrol = 1;", { answer: faultAt("Write32(0xA, 0x1)") });
    expect(ran.fault?.kind).toBe("access-failed");
  });

  test("is inherited by callees, and a return that restores it judges what is pending", async () => {
    const text = `
      sequence A { Sequence("B"); Write32(0xA, 1); }
      sequence B { __errorcontrol = 1; Sequence("C"); Write32(0xB, 1); }
      sequence C { Write32(0xC, 1); }`;
    const ran = await run(text, { answer: faultAt("Write32(0xC, 0x1)", "Write32(0xB, 0x1)") });
    expect(ran.fault).toBeUndefined();
    expect(ran.log).toEqual([
      "Write32(0xC, 0x1)",
      "Write32(0xB, 0x1)",
      "-- error control",
      "Write32(0xA, 0x1)",
      "-- end of sequence",
    ]);
  });

  test("again, or in its reserved bits only, changes nothing", async () => {
    const ran = await run("__errorcontrol = 1; Write32(0xA, 1); __errorcontrol = 1; __errorcontrol = 3;");
    expect(syncs(ran)).toEqual(["end of sequence"]);
  });
});

describe("a condition decided by a failed read", () => {
  const answer = faultAt("Read32(0xE000EDF0)");

  test("is doubtful: `while (Read32(DHCSR) & S_RESET_ST)` ends at once", async () => {
    const ran = await run("__errorcontrol = 1; while (Read32(0xE000EDF0) & 0x02000000) timeout 1s;", {
      answer,
    });
    expect(eventsOf(ran, "doubtful-condition")).toMatchObject([{ of: "while", value: 0n }]);
  });

  test.each([
    ["through a variable", "__var v = Read32(0xE000EDF0) + 1; if (v) { v = 2; }"],
    ["through a logical operator", "if (Read32(0xE000EDF0) && Read32(0)) { __var x; }"],
    ["through the side of || that did not decide", "if (Read32(0xE000EDF0) || Read32(0)) { __var x; }"],
    ["through the test of ?:", "if (Read32(0xE000EDF0) ? Read32(0) : 1) { __var x; }"],
    ["through __Result of a callee", 'Sequence("B"); if (__Result) { __var x; } __Result = 0;'],
  ])("%s", async (_how, text) => {
    const whole = `sequence A { __errorcontrol = 1; ${text} } sequence B { __Result = Read32(0xE000EDF0); }`;
    expect(eventsOf(await run(whole, { answer }), "doubtful-condition")).toHaveLength(1);
  });

  test.each([
    ["when the variable has another value by then", "__var v = Read32(0xE000EDF0); v = 1; if (v) { v = 2; }"],
    ["when a later read succeeded", "__var v = Read32(0xE000EDF0); v = Read32(0x10); if (v) { v = 2; }"],
  ])("is not doubtful %s", async (_how, text) => {
    expect(eventsOf(await run(`__errorcontrol = 1; ${text}`, { answer }), "doubtful-condition")).toEqual([]);
  });
});

describe("a failed ReadDP(0)", () => {
  const answer = faultAt("ReadDP(0x0)");
  const text = `
    sequence DebugPortSetup { Sequence("Switch"); Write32(0x10, 1); }
    sequence Switch { __var id = ReadDP(0); if (id == 0) { Write32(0x20, 1); } }
    sequence DebugPortStart { Sequence("Switch"); }`;

  test("inside DebugPortSetup and what it calls yields 0 and is recorded", async () => {
    const ran = await run(text, { answer });
    expect(ran.fault).toBeUndefined();
    expect(ran.tolerated).toEqual(["ReadDP(0x0)"]);
    expect(eventsOf(ran, "doubtful-condition")).toHaveLength(1);
  });

  test("aborts elsewhere, and everywhere under the letter of the specification", async () => {
    expect((await run(text, { answer, name: "DebugPortStart" })).fault?.kind).toBe("access-failed");
    expect((await run(text, { answer, strictSpec: true })).fault?.kind).toBe("access-failed");
  });

  test("does not excuse any other register there", async () => {
    const ran = await run("sequence DebugPortSetup { __var x = ReadDP(4); }", {
      answer: faultAt("ReadDP(0x4)"),
    });
    expect(ran.fault?.kind).toBe("access-failed");
  });
});
