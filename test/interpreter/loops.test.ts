/** `if`, `while`, timeouts, sleeps and deadlines, on virtual time. */
import { describe, expect, test } from "vitest";
import { DEFAULTS, eventsOf, run, syncs } from "./support/run.ts";

describe("control", () => {
  test("`if` and `while` on one control: if is evaluated once, first", async () => {
    const ran = await run("__var i = 2; if (Read32(0xA)) while (Read32(0xB) && i) { i -= 1; }", {
      answer: () => 1n,
    });
    expect(ran.log).toEqual(["Read32(0xA)", "Read32(0xB)", "Read32(0xB)", "Read32(0xB)"]);
    const decided = eventsOf(ran, "condition").map((event) => `${event.of} ${event.value}`);
    expect(decided).toEqual(["if 1", "while 1", "while 1", "while 0"]);
  });

  test("a false `if` skips its `while`", async () => {
    expect((await run("if (0) while (Read32(0xB)) ;")).log).toEqual([]);
  });

  test("neither of them is a group", async () => {
    expect((await run("__var x; group { x = 4; }")).values["x"]).toBe(4n);
  });

  test("an assignment as a condition stores and decides", async () => {
    const ran = await run("__var a = 2; __var b = 1; if (a |= b) { b = 9; }");
    expect(ran.values).toEqual({ a: 3n, b: 9n });
  });

  test("`while ((v = Read32(a)) != k)` keeps the last value", async () => {
    let reads = 0;
    const ran = await run("__var v; while ((v = Read32(0xA)) != 3) timeout 1s { Write32(0xB, v); }", {
      answer: (shown) => (shown.startsWith("Read") ? BigInt((reads += 1)) : 0n),
    });
    expect(ran.log).toEqual([
      "Read32(0xA)",
      "Write32(0xB, 0x1)",
      "Read32(0xA)",
      "Write32(0xB, 0x2)",
      "Read32(0xA)",
    ]);
    expect(ran.values["v"]).toBe(3n);
    expect(eventsOf(ran, "timeout")).toEqual([]);
  });
});

describe("a timeout", () => {
  test("is not an error: the turn finishes, the condition is evaluated once more, and an event reports it", async () => {
    const ran = await run("while (Read32(0xA) == 0) timeout 3us { Write32(0xB, 1); } Write32(0xC, 1);");
    expect(ran.log).toEqual([
      ...["Read32(0xA)", "Write32(0xB, 0x1)", "Read32(0xA)", "Write32(0xB, 0x1)", "Read32(0xA)"],
      ...["Write32(0xC, 0x1)", "-- end of sequence"],
    ]);
    const [expiry] = eventsOf(ran, "timeout");
    expect(expiry).toMatchObject({ limitUs: 3, turns: 2, value: 1n, sleep: false });
  });

  test("says nothing when the last evaluation is false after all", async () => {
    const ran = await run("__var i = 0; while (i < 5) timeout 5us { i += 1; }");
    expect(ran.values["i"]).toBe(5n);
    expect(eventsOf(ran, "timeout")).toEqual([]);
  });

  test("under strict timeouts is an error with the last value", async () => {
    const ran = await run("while (Read32(0xA)) timeout 1ms;", { answer: () => 6n, strictTimeouts: true });
    expect(ran.fault).toMatchObject({ kind: "loop-timeout", limitUs: 1000, value: 6n });
  });

  test("of an inner loop starts anew each time", async () => {
    const ran = await run("__var i = 0; while (i < 3) { i += 1; while (1) timeout 10us { __var x; } }");
    expect(eventsOf(ran, "timeout")).toHaveLength(3);
  });

  test("of 0 is none", async () => {
    const ran = await run("while (Read32(0xA) == 0) timeout 0;", { deadlineUs: 500 });
    expect(ran.fault).toMatchObject({ kind: "deadline", limitUs: 500 });
  });
});

describe("a constant condition", () => {
  test("with nothing inside is a sleep, after what is pending was judged", async () => {
    const ran = await run("Write32(0xA, 1); while (1) timeout 50ms; Write32(0xB, 1);", {
      strictTimeouts: true,
    });
    expect(ran.log).toEqual(["Write32(0xA, 0x1)", "-- host wait", "Write32(0xB, 0x1)", "-- end of sequence"]);
    expect(ran.clock.nowUs()).toBeGreaterThanOrEqual(50_000);
    expect(ran.clock.nowUs()).toBeLessThan(50_010);
    expect(eventsOf(ran, "timeout")).toMatchObject([{ limitUs: 50_000, turns: 0, sleep: true }]);
  });

  test("with statements inside repeats them for that time, and is not an error under strict timeouts", async () => {
    const ran = await run("__var i = 0; while (2 - 1) timeout 8us { i += 1; }", { strictTimeouts: true });
    expect(ran.fault).toBeUndefined();
    expect(ran.values["i"]).toBe(8n);
    expect(eventsOf(ran, "timeout")).toMatchObject([{ sleep: true, value: 1n }]);
  });

  test("of 0 does nothing", async () => {
    expect((await run("while (0) timeout 1s; Write32(0xA, 1);")).clock.nowUs()).toBeLessThan(10);
  });
});

describe("a loop without timeout", () => {
  test("is bounded by the deadline", async () => {
    const ran = await run("while (Read32(0xA) == 0) ;", { deadlineUs: 2000 });
    expect(ran.fault).toMatchObject({ kind: "deadline", limitUs: 2000, value: 1n });
    expect(ran.sentences[0]).toContain("did not end within the deadline of 2 ms");
  });

  test("is bounded also when it is empty and constant", async () => {
    const ran = await run("while (1) ;", { deadlineUs: 2000 });
    expect(ran.fault).toMatchObject({ kind: "deadline", turns: 0 });
    expect(ran.clock.nowUs()).toBe(2000);
  });

  test("wire rule 26: may take as long as its queries take", async () => {
    const slow = {
      ...DEFAULTS,
      queryValue: async (): Promise<bigint> => {
        await clock.sleep(10_000_000);
        return (answers += 1n);
      },
    };
    let answers = 0n;
    const { clock } = await run("__var x;");
    const ran = await run('while (QueryValue("go on?", 0) < 3) ;', {
      operator: slow,
      clock,
      deadlineUs: 1000,
    });
    expect(ran.fault).toBeUndefined();
    expect(answers).toBe(3n);
  });
});

describe("the event loop", () => {
  test("gets a turn every 10,000 turns of loops, so that an interruption arrives in a pure loop", async () => {
    const controller = new AbortController();
    setImmediate(() => {
      controller.abort();
    });
    const ran = await run("__var i = 0;\nwhile (i < 1000000) { i += 1; }", { signal: controller.signal });
    expect(ran.fault).toMatchObject({ kind: "interrupted" });
    expect(ran.values["i"]).toBeLessThan(30_000n);
    expect(ran.sentences[0]).toBe("test.seq:2:8: in the script: the run was interrupted");
  });

  test("is not needed by a straight run", async () => {
    expect(syncs(await run("__var i = 0; while (i < 100) { i += 1; }"))).toEqual([]);
  });
});
