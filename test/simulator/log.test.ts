/** How much a simulated target's log keeps. */
import { expect, test } from "vitest";
import { DeviceContext } from "../../src/index.ts";
import { parseProbe } from "../../src/probe/select.ts";
import { openSessionOver } from "../../src/session/assemble.ts";
import { simulated } from "../../src/session/probe/simulated.ts";
import { TargetLog, type TargetEvent } from "../../src/simulator/bus/log.ts";
import { scriptedOperator } from "../../src/session/operator.ts";

test("the newest events are kept, and all of them are heard", () => {
  const log = new TargetLog(() => 0, 10);
  let heard = 0;
  log.onEvent = () => (heard += 1);
  for (let at = 0; at < 1000; at++) log.note(String(at));
  expect(log.events.length).toBeLessThanOrEqual(20);
  expect(log.events.at(-1)).toMatchObject({ text: "999" });
  expect(heard).toBe(1000);
});

// A server that lasts would keep 200,000 accesses of its clients.
test.each(["sim:generic-m4", "sim:generic-m4?state=kept.json"])(
  "%s tells its accesses and keeps none",
  async (address) => {
    const context = new DeviceContext({});
    const choice = parseProbe(address);
    if (choice.kind !== "sim") throw new Error("not simulated");
    const probe = await simulated(choice, {
      context,
      openState: () =>
        Promise.resolve({
          text: undefined,
          replace: () => Promise.resolve(),
          release: () => Promise.resolve(),
        }),
    });
    const { log } = probe;
    if (log === undefined) throw new Error("without a log");
    const heard: TargetEvent[] = [];
    log.onEvent = (event) => heard.push(event);
    const session = await openSessionOver(probe, { context, layers: [], operator: scriptedOperator([]) });
    await session.connect();
    await session.disconnect();
    expect(heard.length).toBeGreaterThan(10);
    expect(log.events).toEqual([]);
  },
);

test("repeated events are kept as if each had been added by itself", () => {
  for (const limit of [4, 7, 50, 1000]) {
    let atUs = 0;
    const folded = new TargetLog(() => atUs, limit);
    const told = new TargetLog(() => atUs, limit);
    const round = (log: TargetLog): void => {
      log.note("one");
      log.note("two");
    };
    for (const times of [1, 3, 40, 2, 17]) {
      for (const log of [folded, told]) round(log);
      folded.again(2, times, 5_000_000);
      for (let at = 0; at < times; at++) {
        atUs += 5;
        round(told);
      }
      expect(folded.count).toBe(told.count);
    }
    expect(folded.events).toEqual(told.events);
  }
});
