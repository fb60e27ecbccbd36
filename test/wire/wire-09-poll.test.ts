/** Empty loops that wait for bits of a word are left to the probe, which is asked as seldom as can be (wire rule 9). */
import { describe, expect, test } from "vitest";
import { openFixture, RAM, type WireFixture } from "./fixture.ts";

const TRANSFER = 5;

const eventsOf = async (fixture: WireFixture, text: string) => fixture.run(`sequence Test { ${text} }`);

/** READY of the NVMC; a page takes 85 ms to erase. */
const ERASE = "Write32(0x4001E504, 2); Write32(0x4001E508, 0x1000);";

test("wire rule 9: a page erase of 85 ms takes one look, two slices of at most 50 ms and the last look", async () => {
  const fixture = await openFixture({ model: "nrf52840" });
  const events = await eventsOf(fixture, `${ERASE} while ((Read32(0x4001E400) & 1) == 0) timeout 200ms;`);
  expect(fixture.exchanges()).toEqual(["value used", "poll", "poll", "value used"]);
  const values = events.flatMap((event) =>
    event.kind === "access" && event.value !== undefined ? [event.value] : [],
  );
  expect(values).toEqual([0n, 1n]);
  // One more command tells the probe how often to try.
  expect(fixture.commands.filter((id) => id !== TRANSFER)).toEqual([0x04]);
});

test("wire rule 9: a bit that never comes is waited for until the timeout, and looked at once more", async () => {
  const fixture = await openFixture();
  const startUs = fixture.simulator.clock.nowUs();
  const events = await eventsOf(fixture, `while ((Read32(0x${RAM.toString(16)}) & 4) != 4) timeout 120ms;`);
  expect(fixture.exchanges()).toEqual(["value used", "poll", "poll", "poll", "value used"]);
  expect(events.filter(({ kind }) => kind === "timeout")).toMatchObject([{ limitUs: 120_000, value: 1n }]);
  const tookUs = fixture.simulator.clock.nowUs() - startUs;
  expect(tookUs).toBeGreaterThanOrEqual(120_000);
  expect(tookUs).toBeLessThan(130_000);
});

test("wire rule 9: a loop without a timeout ends by the deadline, with the value that it saw", async () => {
  const fixture = await openFixture();
  const loop = fixture.run("sequence Test { while (Read32(0x20000000) == 0); }", { deadlineUs: 200_000 });
  await expect(loop).rejects.toMatchObject({ fault: { kind: "deadline", limitUs: 200_000, value: 1n } });
});

test("wire rule 9: an endless loop is given up when the run is interrupted", async () => {
  const fixture = await openFixture();
  const controller = new AbortController();
  setImmediate(() => {
    controller.abort();
  });
  const loop = fixture.run("sequence Test { while (Read32(0x20000000) == 0); }", {
    signal: controller.signal,
    deadlineUs: 1e15,
  });
  await expect(loop).rejects.toMatchObject({ fault: { kind: "interrupted" } });
});

/** RAM holds 0x01020304 there; what each does in the end, by the value of the word that ends it. */
const SHAPES: readonly (readonly [condition: string, end: string])[] = [
  ["(Read32(A) & 0xFF) != 0x5A", "mask 0xff = 0x5a"],
  ["0x5A != (0xFF & Read32(A))", "mask 0xff = 0x5a"],
  ["Read32(A) & 0x300", "mask 0x300 = 0x0"],
  ["Read32(A)", "mask 0xffffffff = 0x0"],
  ["Read32(A) != 0x12", "mask 0xffffffff = 0x12"],
  ["(Read32(A) & 4) == 4", "mask 0x4 = 0x0"],
  ["(Read32(A) & 8) == 0", "mask 0x8 = 0x8"],
  ["!(Read32(A) & 8)", "mask 0x8 = 0x8"],
  ["Read8(A + 1) & 1", "mask 0x100 = 0x0"],
  ["Read16(A + 2) != 7", "mask 0xffff0000 = 0x70000"],
  ["(Read32(A) & m) != m", "mask 0x70 = 0x70"],
  ["(ReadDP(4) & 0xA0000000) == 0x80000000", "by the host"],
  ["ReadDP(4) & 0x80000000", "mask 0x80000000 = 0x0"],
  ["(Read32(A) & 4) == 8 || 1", "by the host"],
  ["(Read32(A) & 0xC) == 4", "by the host"],
  ["(Read32(A) & 3) != 8", "by the host"],
  ["ReadAP(0) & 2", "by the host"],
  ["(x = Read32(A)) & 4", "by the host"],
  ["Read32(A) & Read32(A)", "by the host"],
  ["Read32(A) > 3", "by the host"],
  ["Read16(A + 3) & 1", "by the host"],
];

describe("wire rule 9: conditions that a probe can test", () => {
  test.each(SHAPES)("%s: %s", async (condition, end) => {
    const fixture = await openFixture();
    const matches: string[] = [];
    const run = fixture.link.run.bind(fixture.link);
    fixture.link.run = (ops, mode) => {
      for (const op of ops)
        if (op.kind === "match") matches.push(`mask 0x${op.mask.toString(16)} = 0x${op.value.toString(16)}`);
      return run(ops, mode);
    };
    const text = `__var A = 0x20000100; __var m = 0x70; __var x = 0; Write32(A, 0x01020304);
      while (${condition}) timeout 1ms;`;
    await eventsOf(fixture, text);
    // Some conditions are over at the first look, and some by the first match.
    expect([...new Set(matches)]).toEqual(end === "by the host" ? [] : [end]);
  });

  test("a body, even a declaration, makes the host poll", async () => {
    const fixture = await openFixture();
    await eventsOf(fixture, "__var n = 0; while (Read32(0x20000000) == 0) timeout 2ms { n += 1; }");
    expect(fixture.exchanges()).not.toContain("poll");
  });
});

test("wire rule 9: bits that reading clears are never read by the probe", async () => {
  const fixture = await openFixture();
  await eventsOf(fixture, "while ((Read32(0xE000EDF0) & 0x02000000) == 0) timeout 2ms;");
  expect(fixture.exchanges()).not.toContain("poll");
  // S_HALT in the same register is not one of them.
  await eventsOf(fixture, "while ((Read32(0xE000EDF0) & 0x00020000) == 0) timeout 2ms;");
  expect(fixture.exchanges()).toContain("poll");
});

test("wire rule 9: a read that fails under way is the loop's, with its place", async () => {
  const fixture = await openFixture();
  fixture.simulator.injection.disturb("FAULT", 40);
  const loop = eventsOf(fixture, "while ((Read32(0x20000000) & 1) == 0) timeout 100ms;");
  await expect(loop).rejects.toMatchObject({
    // The first look and the match: with the first operation of a packet nobody knows (wire rule 2).
    fault: { kind: "access-failed", sites: [{ span: { start: 24 } }, { span: { start: 24 } }] },
  });
});

test("wire rule 9: under __errorcontrol a read that failed under way is made once more by the host", async () => {
  const fixture = await openFixture();
  fixture.simulator.injection.disturb("FAULT", 40);
  const text = "__errorcontrol = 1; while ((Read32(0x20000000) & 1) == 0) timeout 100ms;";
  const events = await eventsOf(fixture, text);
  expect(fixture.tolerated().length).toBe(1);
  expect(events.filter(({ kind }) => kind === "timeout").length).toBe(1);
});
