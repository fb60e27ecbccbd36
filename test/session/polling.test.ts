/** What polling costs: exchanges that the simulator really makes, counted, where nothing changes on the target. */
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext } from "../../src/project/context.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { loadScripts } from "../../src/project/scripts.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import type { Levels } from "../../src/simulator/port/lines.ts";

interface Polled {
  /** Requests that the simulated probe was sent. */
  readonly requests: number;
  readonly took: readonly [us: number, transfers: number];
  readonly events: readonly SessionEvent[];
  /** How often the levels of the wires were told, and the last of it. */
  readonly levels: readonly [count: number, atUs: number, last: Levels | undefined];
}

interface Asked {
  readonly polling?: "passed over" | "simulated";
  readonly leavesOutRepeats?: boolean;
  readonly isWatched?: boolean;
}

async function poll(
  text: string,
  { polling, leavesOutRepeats = true, isWatched }: Asked = {},
): Promise<Polled> {
  let levels: Polled["levels"] = [0, 0, undefined];
  const simulator = openSimulator(
    { model: "generic-m4" },
    {
      ...(polling === undefined ? {} : { polling }),
      ...(isWatched === true
        ? { watch: (atUs: number, now: Levels) => (levels = [levels[0] + 1, atUs, now]) }
        : {}),
    },
  );
  const { pipe, clock, injection } = simulator;
  let requests = 0;
  const counted = {
    repeats: pipe.repeats,
    send: (packet: Uint8Array) => {
      requests += 1;
      return pipe.send(packet);
    },
    receive: (limitUs: number) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
  const source = new Source("poll.seq", `sequence Wait { ${text} }`);
  const { definitions } = await loadScripts([source], (path) => Promise.reject(new Error(path)), undefined);
  const events: SessionEvent[] = [];
  const session = await openSessionOver(
    { pipe: counted, clock },
    {
      context: new DeviceContext({ project: definitions }),
      layers: [],
      operator: scriptedOperator([]),
      onEvent: (event) => void events.push(event),
      leavesOutRepeats,
    },
  );
  await session.connect();
  requests = 0;
  events.length = 0;
  const [startUs, before] = [clock.nowUs(), injection.transfers];
  await session.run("Wait");
  return { requests, took: [clock.nowUs() - startUs, injection.transfers - before], events, levels };
}

const turnsOf = ({ events }: Polled): number =>
  events.flatMap((event) => (event.kind === "timeout" ? [event.turns] : []))[0] ?? 0;

describe("two seconds of polling that finds nothing new", () => {
  test.each([
    [
      "a word",
      "while (Read32(0x20000000) == 1) timeout 1ms; while (Read32(0x20000000) == 0) timeout 2s;",
      100,
    ],
    ["a bit, by the probe", "while ((Read32(0x20000000) & 1) == 0) timeout 2s;", 100],
    ["the debug port", "while (ReadDP(4) != 0) timeout 2s;", 100],
    ["the pins", "while ((DAP_SWJ_Pins(0, 0, 0) & 0x80) != 0) timeout 2s;", 100],
    ["two words", "while (Read32(0x20000000) == Read32(0x20000004)) timeout 2s;", 300],
    ["a word, with a delay", "while (Read32(0x20000000) == 0) timeout 2s { DAP_Delay(100); }", 50],
  ])("of %s is made of few exchanges", async (_, text, most) => {
    const polled = await poll(text);
    expect(polled.took[0]).toBeGreaterThanOrEqual(2_000_000);
    expect(polled.requests).toBeLessThan(most);
  });

  test("counts its turns and transfers as if each had been made", async () => {
    const text = "while (Read32(0x20000000) == 0) timeout 100ms;";
    const passed = await poll(text);
    const made = await poll(text, { polling: "simulated" });
    expect(passed.took).toEqual(made.took);
    expect(turnsOf(passed)).toBe(turnsOf(made));
    expect(passed.requests * 10).toBeLessThan(made.requests);
  });
});

describe("polling that is observed", () => {
  const text = "while (Read32(0x20000000) == 0) timeout 5ms;";

  test("tells each turn to a listener that did not leave them out", async () => {
    const heard = await poll(text, { leavesOutRepeats: false });
    const made = await poll(text, { leavesOutRepeats: false, polling: "simulated" });
    const conditions = heard.events.filter(({ kind }) => kind === "condition");
    expect(conditions.length).toBe(turnsOf(heard) + 1);
    expect(heard.events.map(({ kind, timeUs }) => [kind, timeUs])).toEqual(
      made.events.map(({ kind, timeUs }) => [kind, timeUs]),
    );
  });

  test("moves each level on a wire that is watched", async () => {
    const watched = await poll(text, { isWatched: true });
    const made = await poll(text, { isWatched: true, polling: "simulated" });
    expect(watched.levels).toEqual(made.levels);
    expect(watched.requests).toBe(made.requests);
  });
});
