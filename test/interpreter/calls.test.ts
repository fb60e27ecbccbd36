/** Sequences that call each other: what a callee sees, what comes back, and where it ends. */
import { describe, expect, test } from "vitest";
import { eventsOf, run, syncs } from "./support/run.ts";

describe("__dp, __ap, __apid and __errorcontrol", () => {
  test("a callee starts with its caller's values and leaves them as they were", async () => {
    const ran = await run(`
      sequence Outer {
        __ap = 1; __apid = 7; __dp = 2;
        Sequence("Inner");
        Read32(0x30);
      }
      sequence Inner {
        Read32(0x10);
        __ap = 5; __apid = 6; __dp = 3;
        Read32(0x20);
      }`);
    expect(ran.log).toEqual([
      "Read32(0x10) [dp 2 ap 1 apid 7]",
      "Read32(0x20) [dp 3 ap 5 apid 6]",
      "Read32(0x30) [dp 2 ap 1 apid 7]",
      "-- end of sequence",
    ]);
  });

  test("they begin with what the flow says, __errorcontrol with 0", async () => {
    const ran = await run("__var e = __errorcontrol; Read32(0);", {
      environment: { __dp: 1n, __ap: 2n, __apid: 3n },
    });
    expect(ran.values["e"]).toBe(0n);
    expect(ran.log[0]).toBe("Read32(0x0) [dp 1 ap 2 apid 3]");
  });
});

describe("wire rule 25: __Result", () => {
  const poll = (result: string): string => `
    sequence Outer { Sequence("DAP_poll"); if (__Result == 3) { Write32(0x10, 1); __Result = 0; } }
    sequence DAP_poll { __Result = ${result}; }`;

  test("survives a call, in both directions", async () => {
    const ran = await run(poll("3"));
    expect(ran.log[0]).toBe("Write32(0x10, 0x1)");
    expect(ran.fault).toBeUndefined();
    expect(ran.result).toBe(0n);
  });

  test("is what the caller has when the callee starts", async () => {
    const ran = await run(`
      sequence Outer { __Result = 4; Sequence("Inner"); }
      sequence Inner { Write32(0x10, __Result); __Result = 0; }`);
    expect(ran.log[0]).toBe("Write32(0x10, 0x4)");
  });

  test("is taken before a call that stands behind it in an expression", async () => {
    const ran = await run(`
      sequence Outer { __var x = __Result + Sequence("Inner") + __Result; __Result = 0; }
      sequence Inner { __Result = 4; }`);
    expect(ran.values["x"]).toBe(4n);
  });

  test("is judged after the outermost return only", async () => {
    expect((await run(poll("__Result + 3"))).fault).toBeUndefined();
    expect((await run(poll("-1"))).fault).toMatchObject({
      kind: "sequence-failed",
      site: { sequence: "Outer" },
    });
  });

  test.each(["0xFF", "0xFFFF", "0xFFFFFFFF", "0xFFFFFFFFFFFFFFFF"])("%s is an error", async (value) => {
    const ran = await run(`__Result = ${value};`);
    expect(ran.fault).toMatchObject({ kind: "sequence-failed", value: BigInt(value) });
  });

  test.each(["1", "0xFFF", "0xFFFFFFFE"])("%s is reserved, and fails too", async (value) => {
    const ran = await run(`__Result = ${value};`);
    expect(ran.fault).toMatchObject({ kind: "reserved-result", value: BigInt(value) });
  });
});

describe("Sequence()", () => {
  test("yields 0", async () => {
    const ran = await run('sequence A { __var x = 5 + Sequence("B"); } sequence B { __Result = 0; }');
    expect(ran.values["x"]).toBe(5n);
  });

  test("finds its sequence however the function is spelled, at each call anew", async () => {
    const ran = await run('sequence A { sequence("B"); SEQUENCE("B"); } sequence B { Write32(0x10, 1); }');
    expect(ran.log).toEqual(["Write32(0x10, 0x1)", "Write32(0x10, 0x1)", "-- end of sequence"]);
  });

  test("of a disabled sequence does nothing, and an event says so", async () => {
    const ran = await run(
      'sequence A { Sequence("B"); Write32(0x20, 1); } disable sequence B { Write32(0x10, 1); }',
    );
    expect(ran.log).toEqual(["Write32(0x20, 0x1)", "-- end of sequence"]);
    expect(eventsOf(ran, "skip")).toMatchObject([
      { name: "B", origin: "test", depth: 1, site: { sequence: "A" } },
    ]);
  });

  test("without end is stopped, and the report shows the chain", async () => {
    const ran = await run('sequence A { Sequence("B"); } sequence B { Sequence("A"); }');
    expect(ran.fault).toMatchObject({ kind: "call-depth", limit: 64, site: { sequence: "B" } });
    const chain = ran.fault?.kind === "call-depth" ? ran.fault.chain : [];
    expect(chain).toHaveLength(65);
    expect(chain.slice(0, 3)).toEqual(["A", "B", "A"]);
  });

  test("waits for nothing by itself", async () => {
    const ran = await run('sequence A { Sequence("B"); Write32(0x20, 1); } sequence B { Write32(0x10, 1); }');
    expect(syncs(ran)).toEqual(["end of sequence"]);
  });
});

test("enter and leave are nested, with depth and origin", async () => {
  const ran = await run('sequence A { Sequence("B"); } sequence B { __Result = 0; }');
  const shown = ran.events.flatMap((event) =>
    event.kind === "enter" || event.kind === "leave" ? [`${event.kind} ${event.name} ${event.depth}`] : [],
  );
  expect(shown).toEqual(["enter A 0", "enter B 1", "leave B 1", "leave A 0"]);
  expect(eventsOf(ran, "enter")[1]?.site.caller).toMatchObject({ sequence: "A" });
});
