/** `connect: auto`: the mildest way that works, what each way does said before, and nothing erased whatever fails. */
import { describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { DeviceContext } from "../../src/project/context.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import type { Connection } from "../../src/session/connection.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { dbgseq } from "../support/command-line.ts";
import { NOWHERE, openFixture } from "../wire/fixture.ts";

interface Climbed {
  readonly session: Connection;
  readonly simulator: Simulator;
  readonly error: unknown;
  /** The ways that were tried, and what stood between them. */
  readonly said: readonly string[];
}

async function climb(
  model: string,
  options: Readonly<Record<string, string>> = {},
  over: (pipe: PacketPipe) => PacketPipe = (pipe) => pipe,
): Promise<Climbed> {
  const simulator = openSimulator({ model, options });
  const said: string[] = [];
  const session = await openSessionOver(
    { pipe: over(simulator.pipe), clock: simulator.clock },
    {
      context: new DeviceContext({}),
      layers: [{ origin: "test", values: { connect: "auto" } }],
      operator: scriptedOperator([]),
      onEvent: (event: SessionEvent) => {
        if (event.kind === "notice") said.push(event.text);
      },
    },
  );
  const error: unknown = await session.connect().then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { session, simulator, error, said };
}

const tried = (said: readonly string[]): readonly string[] =>
  said.flatMap((text) => /^connect auto: ([^,]+), which /.exec(text)?.[1] ?? []);

/** A wire that is good up to 1 MHz. */
function longCable(pipe: PacketPipe): PacketPipe {
  let hz = 0;
  const asked: number[] = [];
  return {
    send: (packet) => {
      if (packet[0] === 0x11) hz = new DataView(packet.buffer, packet.byteOffset).getUint32(1, true);
      asked.push(packet[0] ?? -1);
      return pipe.send(packet);
    },
    receive: async (limitUs) => {
      const answer = await pipe.receive(limitUs);
      return asked.shift() === 0x05 && hz > 1_000_000 ? Uint8Array.of(0x05, 0, 7) : answer;
    },
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

describe("the way to connect that works", () => {
  test.each([
    ["generic-m4", {}, ["attach"]],
    ["generic-m33", {}, ["attach"]],
    ["generic-m0plus", {}, ["attach"]],
    ["adiv6", {}, ["attach"]],
    ["stm32f407", { firmware: "stops" }, ["attach", "halt", "slower clock", "pre-reset", "under-reset"]],
    ["rp2040", {}, ["attach", "dormant wake-up"]],
  ] as const)("%s %j", async (model, options, ways) => {
    const { session, error, said } = await climb(model, options);
    expect(error).toBeUndefined();
    expect(tried(said)).toEqual(ways);
    const table = said.find((text) => text.startsWith("connected by "));
    if (ways.length === 1) expect(table).toBeUndefined();
    else expect(table).toContain(`connected by ${ways.at(-1) ?? ""}; what failed before it:\n  attach`);
    await session.disconnect();
  });

  test("wire rule 24: a slower clock is tried if nothing answers at the requested one", async () => {
    const { session, error, said } = await climb("generic-m4", {}, longCable);
    expect(error).toBeUndefined();
    expect(tried(said)).toEqual(["attach", "dormant wake-up", "slower clock"]);
    expect(session.settings.clockHz).toBe(1_000_000);
    await session.disconnect();
  });

  test("is announced before it moves a line", async () => {
    const { simulator, said } = await climb("stm32f407", { firmware: "stops" });
    const pulse = said.findIndex((text) => text.includes("pulses nRESET"));
    expect(pulse).toBeGreaterThan(-1);
    expect(pulse).toBeLessThan(said.findIndex((text) => text.startsWith("ResetHardware pulses")));
    const resets = simulator.log.events.filter((event) => event.kind === "reset");
    expect(resets.length).toBeGreaterThan(0);
  });
});

describe("if no way to connect works", () => {
  test("the ways are named, the target is released, and the code is 4", async () => {
    const { code, err } = await dbgseq(
      ...["read", "0xE000ED00", "--probe", "sim:lpc55s36", "--connect", "auto", "--no-config"],
    );
    expect(code).toBe(4);
    expect(err).toMatch(/tried: attach, halt, slower clock, pre-reset, under-reset\n/);
    expect(err).not.toContain("could not be released");
  });

  test.each([
    ["protected", { protected: "yes" }],
    ["protected, as a glitch says once", { glitches: "1" }],
  ])("an nRF52 that is %s keeps its content", async (_, options) => {
    const simulator = openSimulator({ model: "nrf52840", options });
    const before = simulator.soc.memory("flash").dump(0, 0x400);
    const { simulator: after } = await climb("nrf52840", options);
    expect(after.soc.memory("flash").dump(0, 0x400)).toEqual(before);
    expect(after.log.events.some((event) => JSON.stringify(event).includes("erase"))).toBe(false);
  });

  test("a target without power is tried in every way except those that need its debug port", async () => {
    // nRESET never rises: the waits for it would take a million turns each if all of them were made.
    const simulator = openSimulator({ model: "generic-m4" });
    simulator.soc.power(false);
    const session = await openSessionOver(simulator, {
      context: new DeviceContext({}),
      layers: [{ origin: "test", values: { connect: "auto" } }],
      operator: scriptedOperator([]),
    });
    const error: unknown = await session.connect().catch((failure: unknown) => failure);
    expect(exitCodeOf(error)).toBe(4);
    expect(String(error)).toMatch(/halt +left out: the debug port itself did not answer/);
  });
});

test("an error of a session that was cut off does not keep the next one from connecting", async () => {
  const { link, simulator } = await openFixture();
  const tar = {
    kind: "write",
    register: { port: "AP", address: 0x4 },
    words: Uint32Array.of(NOWHERE),
  } as const;
  const drw = { kind: "read", register: { port: "AP", address: 0xc }, words: 1 } as const;
  expect(await link.run([tar, drw], "stop-at-fault")).toMatchObject({ fault: "FAULT" });
  const session = await openSessionOver(simulator, {
    context: new DeviceContext({}),
    layers: [],
    operator: scriptedOperator([]),
  });
  await session.connect();
  await session.disconnect();
});
