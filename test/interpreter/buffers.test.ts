/** Buffers: what each function yields, what it refuses, and what a sequence can see (specification 1.7.60, "Buffer handling"). */
import { describe, expect, test } from "vitest";
import { BUFFER_COUNT_LIMIT, BUFFER_LIMIT } from "../../src/interpreter/buffers.ts";
import { PERFORMED } from "../../src/interpreter/outside.ts";
import { BUILTINS } from "../../src/language/builtins.ts";
import { run } from "./support/run.ts";

test("every function of the table that works on buffers or the host is performed, and no other", () => {
  const outside = BUILTINS.filter(({ effect, buffers }) => effect === "host" || buffers === true);
  expect([...PERFORMED].sort()).toEqual(outside.map(({ name }) => name).sort());
});

describe("values", () => {
  test.each([
    ["x = BufferSize(0);", 0n],
    ["x = BufferSet(0, 0, 4, 4, 0x11223344);", 16n],
    ["BufferSet(0, 4, 2, 2, 0x1234); x = BufferSize(0);", 8n],
    // What was not written holds zeros, and items are little-endian.
    ["BufferSet(0, 4, 1, 4, 0xAABBCCDD); x = BufferGet(0, 0, 4) + BufferGet(0, 4, 2);", 0xccddn],
    ["BufferSet(0, 0, 1, 3, 0xFF112233); x = BufferGet(0, 0, 1) + (BufferSize(0) << 8);", 0x333n],
    ["BufferSet(1, 0, 1, 8, 0x8877665544332211); x = BufferGet(1, 0, 8);", 0x8877_6655_4433_2211n],
    // They never get smaller.
    ["BufferSet(0, 0, 8, 1, 1); BufferSet(0, 0, 1, 1, 2); x = BufferSize(0);", 8n],
    ["x = BufferRead(0, 0, 0x20000000, 8, 33);", 0n],
    ["BufferSet(0, 0, 2, 4, 7); x = BufferWrite(0, 0, 0x20000000, 8, 33);", 8n],
    // A buffer that ends early ends the write.
    ["BufferSet(0, 0, 2, 4, 7); x = BufferWrite(0, 4, 0x20000000, 64, 33);", 4n],
  ])("%s", async (text, value) => {
    const ran = await run(`__var x = 99; ${text}`);
    expect(ran.sentences).toEqual([]);
    expect(ran.values["x"]).toBe(value);
  });

  test("belong to one activation: neither a called sequence nor the next call sees them", async () => {
    const ran = await run(
      `sequence A { __var x = 9; BufferSet(0, 0, 4, 1, 1); Sequence("B"); Sequence("B"); x = BufferSize(0); }
       sequence B { __var y = 9; y = BufferSize(0); BufferSet(0, 0, 8, 1, 1); }`,
    );
    expect(ran.values).toMatchObject({ x: 4n, y: 0n });
  });

  test("a write sends what was read, behind everything before it", async () => {
    const ran = await run(
      "Write32(0x1000, 1); BufferRead(0, 0, 0x2000, 4, 9); BufferWrite(0, 0, 0x3000, 4, 33);",
    );
    expect(ran.log).toEqual([
      "Write32(0x1000, 0x1)",
      "-- host effect",
      "BufferRead(0x2000, 0x4)",
      "BufferWrite(0x3000, 0x4)",
      "   00010203",
      ...ran.log.slice(5),
    ]);
  });
});

describe("refusals", () => {
  test.each([
    ["BufferGet(0, 0, 4);", "no-buffer"],
    ["BufferWrite(0, 0, 0x2000, 4, 33);", "no-buffer"],
    ["BufferSet(0, 0, 1, 9, 0);", "wrong-arguments"],
    ["BufferSet(0, 2, 1, 4, 0);", "wrong-arguments"],
    ["BufferSet(0, 0, 1, 4, 0); BufferGet(0, 4, 4);", "wrong-arguments"],
    ["BufferRead(0, 0, 0x2000, 4, 24);", "wrong-arguments"],
    ["BufferRead(0, 0, 0x2000, 4, 0x1020);", "wrong-arguments"],
    ["BufferRead(0, 0, 0x2001, 4, 32);", "wrong-arguments"],
    ["BufferSet(0, 0, 0xFFFFFFFFFFFFFFFF, 8, 0);", "buffer-limit"],
    [`BufferSet(0, ${BUFFER_LIMIT}, 1, 1, 0);`, "buffer-limit"],
    [`BufferSet(0, 0, ${BUFFER_LIMIT / 2}, 1, 0); BufferSet(1, 0, ${BUFFER_LIMIT}, 1, 0);`, "buffer-limit"],
    [`__var i = 0; while (i <= ${BUFFER_COUNT_LIMIT}) { BufferSet(i, 0, 1, 1, 0); i += 1; }`, "buffer-limit"],
    ["BufferRead(0, 0, 0x2000, 0x7FFFFFFFFFFFFFF8, 33);", "buffer-limit"],
    ["atomic { BufferSet(0, 0, 1, 1, 0); }", "not-atomic"],
  ])("%s: %s", async (text, kind) => {
    const ran = await run(text);
    expect(ran.fault?.kind).toBe(kind);
    expect(ran.sentences[0]).toMatch(/^test\.seq:1:\d+: /);
  });

  test("buffers of a sequence are free again when it returns", async () => {
    const half = BUFFER_LIMIT / 2;
    const ran = await run(
      `sequence A { __var i = 0; while (i < 4) { Sequence("B"); i += 1; } }
       sequence B { BufferSet(0, 0, ${half + 1}, 1, 0); }`,
    );
    expect(ran.sentences).toEqual([]);
  });

  test.each([
    "BufferRead(0, 0, 0x2000, 4, 33);",
    "BufferSet(0, 0, 4, 1, 0); BufferWrite(0, 0, 0x2000, 4, 33);",
  ])("a failure is fatal, also under __errorcontrol: %s", async (text) => {
    const ran = await run(`__errorcontrol = 1; ${text}`, { answer: () => "fault" });
    expect(ran.fault).toMatchObject({ kind: "access-failed" });
  });
});
