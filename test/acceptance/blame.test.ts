/** Wire rule 2, from a script down to the simulated bus: the third of five posted writes goes to an address that faults. */
import { describe, expect, test } from "vitest";
import { sentences } from "../../src/lib/fault.ts";
import { fixture, exitCodeOf } from "../session/support.ts";

const WRITES = `
  Write32(0x20000000, 1);
  Write32(0x20000004, 2);
  Write32(0xA0000000, 3);
  Write32(0x20000008, 4);
  Write32(0x2000000C, 5);`;

const memoryWrites = (
  events: Awaited<ReturnType<typeof fixture>>["simulator"]["log"]["events"],
): readonly number[] =>
  events.flatMap((event) =>
    event.kind === "memory" && event.access === "write" && !event.failed && event.address >>> 28 === 2
      ? [event.value]
      : [],
  );

describe("wire rule 2: a fault is reported at the statement that caused it", () => {
  test.each([
    ["no read after it", ""],
    ["a read after it", 'Message(0, "%x", Read32(0x20000000));'],
  ])("statement 3, with %s", async (_what, after) => {
    const { session, failure } = await fixture({ seq: `sequence Mine {${WRITES}\n${after}\n}` });
    const error = await failure(() => session.runOnce("Mine"));
    expect(exitCodeOf(error)).toBe(4);
    expect(sentences(error)[0]).toContain("test.seq:4:3");
    expect(sentences(error)[1]).toContain("Write32(0xA0000000, 0x3) failed: the target answered FAULT");
  });

  test("under __errorcontrol = 1 statements 4 and 5 still take effect, and 3 is recorded as failed", async () => {
    const { session, simulator } = await fixture({
      seq: `sequence Mine { __errorcontrol = 1; ${WRITES}\n __errorcontrol = 0; }`,
    });
    await session.runOnce("Mine");
    expect(memoryWrites(simulator.log.events)).toEqual([1, 2, 4, 5]);
  });
});
