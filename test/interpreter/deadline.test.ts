/** The deadline bounds a run as a whole: whatever it does, virtual time moves, and the event loop gets its turns. */
import { describe, expect, test } from "vitest";
import { INSTRUCTIONS_PER_TURN } from "../../src/interpreter/run/machine.ts";
import { VirtualClock } from "../../src/lib/clock.ts";
import { DEFAULTS, run } from "./support/run.ts";

/** Counts the turns that the event loop gets. */
class CountingClock extends VirtualClock {
  turns = 0;

  override turn(): Promise<void> {
    this.turns += 1;
    return super.turn();
  }
}

/** Each of `depth` sequences calls the next twice. */
function fan(depth: number): string {
  const inner = Array.from(
    { length: depth },
    (_, at) => `sequence A${at} { Sequence("A${at + 1}"); Sequence("A${at + 1}"); }`,
  );
  return [...inner, `sequence A${depth} { }`].join("\n");
}

const IS_OVER = { kind: "run-deadline", limitUs: 50_000 };

describe("a run ends within its deadline", () => {
  test("if sequences fan out into billions of calls", async () => {
    const ran = await run(fan(32), { deadlineUs: 50_000, silent: true });
    expect(ran.fault).toMatchObject(IS_OVER);
    expect(ran.clock.nowUs()).toBeLessThan(60_000);
    expect(ran.sentences[0]).toContain("did not end within its deadline of 50 ms");
  });

  test("if each turn of a loop does thousands of statements", async () => {
    const body = "x += 1; ".repeat(5000);
    const text = `__var x = 0; while (x < 5000 * 1000000) { ${body} }`;
    const ran = await run(text, { deadlineUs: 50_000, silent: true });
    expect(ran.fault).toMatchObject({ limitUs: 50_000 });
    expect(Number(ran.values["x"] ?? 0n)).toBeLessThan(5_000_000);
  });

  test("if a loop's own timeout is longer", async () => {
    const ran = await run("while (Read32(0xA) == 0) timeout 1s { __var x; }", { deadlineUs: 50_000 });
    expect(ran.fault).toMatchObject(IS_OVER);
  });

  test("if many loops are each within it", async () => {
    const text = "while (1) timeout 20ms; ".repeat(5);
    const ran = await run(text, { deadlineUs: 50_000 });
    expect(ran.fault).toMatchObject(IS_OVER);
    expect(ran.clock.nowUs()).toBe(50_000);
  });

  test("if a wait would outlast it", async () => {
    const ran = await run("DAP_Delay(0xFFFFFFFF); DAP_SWJ_Pins(0, 0, 0xFFFFFFFF);", { deadlineUs: 50_000 });
    expect(ran.log.slice(0, 1)).toEqual(["DAP_Delay(0xC350)"]);
  });

  test("not counting what a person takes to answer", async () => {
    const clock = new VirtualClock();
    const operator = {
      ...DEFAULTS,
      queryValue: async (): Promise<bigint> => {
        await clock.sleep(10_000_000);
        return 1n;
      },
    };
    const ran = await run('__var a = QueryValue("a?", 0); while (1) timeout 10ms; a = QueryValue("b?", 0);', {
      clock,
      operator,
      deadlineUs: 50_000,
    });
    expect(ran.fault).toBeUndefined();
  });
});

test("calls move virtual time, as turns of loops do", async () => {
  const ran = await run(fan(10), { silent: true });
  expect(ran.clock.nowUs()).toBe(2 ** 11 - 2);
});

test.each([
  ["loops", "__var i = 0; while (i < 100000) { i += 1; }"],
  ["calls", fan(17)],
  ["statements", `__var x = 0; ${"x += 1; ".repeat(100_000)}`],
])("the event loop has its turn in long stretches of %s", async (_, text) => {
  const clock = new CountingClock();
  await run(text, { clock, silent: true });
  expect(clock.turns).toBeGreaterThanOrEqual(Math.floor(100_000 / INSTRUCTIONS_PER_TURN));
});

test("an abort takes effect in a run that only calls", async () => {
  const controller = new AbortController();
  setImmediate(() => {
    controller.abort(new Error("Ctrl-C"));
  });
  const ran = await run(fan(32), { signal: controller.signal, silent: true });
  expect(ran.fault).toMatchObject({ kind: "interrupted" });
});
