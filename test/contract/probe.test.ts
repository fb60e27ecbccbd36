/**
 * What every probe owes its user, whatever stands between: one suite over the simulator in memory, over TCP, over pyOCD's
 * protocol, and over a real probe with an Armv7-M or Armv8-M target where DBGSEQ_TEST_PROBE names one as --probe does.
 * It halts and resets that target, and puts back the RAM that it uses (from DBGSEQ_TEST_RAM, 0x20000000 where left away).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ConnectHelper, type ConnectRequest, type Session } from "../../src/index.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { PyocdServer } from "../../src/probe/pyocd/server.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator } from "../../src/simulator/open.ts";

interface Lent {
  /** As --probe names it. */
  readonly probe: string;
  readonly close: () => Promise<void>;
}

const MODEL = "generic-m4";
const REAL = process.env["DBGSEQ_TEST_PROBE"];
const RAM = Number(process.env["DBGSEQ_TEST_RAM"] ?? 0x2000_0000);
const BLOCK = 3000;
const CPUID = 0xe000_ed00;
const DHCSR = 0xe000_edf0;

const WAYS: Readonly<Record<string, () => Promise<Lent>>> = {
  "in memory": () => Promise.resolve({ probe: `sim:${MODEL}`, close: () => Promise.resolve() }),
  "over TCP": async () => {
    const { pipe, clock, soc } = openSimulator({ model: MODEL });
    const server = await TcpServer.start(wallTime(pipe, clock, soc), { port: 0 });
    return { probe: `tcp://127.0.0.1:${server.port}`, close: () => server.close() };
  },
  "over pyOCD's protocol": async () => {
    const { pipe, clock, soc } = openSimulator({ model: MODEL });
    const living = wallTime(pipe, clock, soc);
    const host = new HostClock();
    const probe = { link: await openLink(living, host), clock: host, pipe: living };
    const server = await PyocdServer.start(probe, { port: 0 });
    return { probe: `pyocd://127.0.0.1:${server.port}`, close: () => server.close() };
  },
  ...(REAL === undefined
    ? {}
    : { "a real probe": () => Promise.resolve({ probe: REAL, close: () => Promise.resolve() }) }),
};

test.skipIf(REAL !== undefined)("a real probe is left out: DBGSEQ_TEST_PROBE names none", () => {
  expect(Object.keys(WAYS)).toHaveLength(3);
});

describe.each(Object.keys(WAYS))("a probe %s", (way) => {
  let lent: Lent | undefined;
  const sessions: Session[] = [];

  beforeAll(async () => {
    lent = await WAYS[way]?.();
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.close();
  });
  afterAll(() => lent?.close());

  async function connected(request: ConnectRequest = {}): Promise<Session> {
    const probe = lent?.probe ?? "";
    const session = await ConnectHelper.sessionWithChosenProbe({ probe, config: false, ...request });
    if (session === null) throw new Error("nobody cancelled");
    sessions.push(session);
    return session;
  }

  test("connects, and tells who core and debug port are", async () => {
    const { target } = await connected();
    expect((await target.dp.readReg(0x0)) & 1).toBe(1);
    expect((await target.selectedCore.read32(CPUID)) >>> 24).toBe(0x41);
  });

  test("moves bytes, halfwords, words and blocks that are not aligned, each way", async () => {
    const { selectedCore: core } = (await connected({ connect: "halt" })).target;
    const before = await core.readMemoryBlock8(RAM, BLOCK + 8);
    try {
      const data = Uint8Array.from({ length: BLOCK }, (_, at) => (at * 31 + 7) & 0xff);
      await core.writeMemoryBlock8(RAM + 3, data);
      expect(await core.readMemoryBlock8(RAM + 3, BLOCK)).toEqual(data);
      expect(await core.read8(RAM + 2)).toBe(before[2]);
      await core.write32(RAM, 0x1122_3344);
      await core.write16(RAM + 2, 0xaabb);
      await core.write8(RAM, 0xcc);
      expect(await core.read32(RAM)).toBe(0xaabb_33cc);
    } finally {
      await core.writeMemoryBlock8(RAM, before);
    }
    expect(await core.readMemoryBlock8(RAM, BLOCK + 8)).toEqual(before);
  });

  test("halts, steps, reads and writes core registers, resumes", async () => {
    const { selectedCore: core } = (await connected()).target;
    await core.halt();
    expect(await core.getState()).toBe("halted");
    const before = await core.readCoreRegister("r5");
    await core.writeCoreRegister("r5", 0x5555_aaaa);
    expect(await core.readCoreRegister("r5")).toBe(0x5555_aaaa);
    await core.writeCoreRegister("r5", before);
    await core.step();
    expect(await core.getState()).toBe("halted");
    await core.resume();
    expect(await core.getState()).not.toBe("halted");
  });

  test("resets and halts at the beginning", async () => {
    const { target } = await connected();
    await target.resetAndHalt();
    const { selectedCore: core } = target;
    expect(await core.getState()).toBe("halted");
    const first = await core.readCoreRegister("pc");
    await core.step();
    await target.resetAndHalt();
    expect(await core.readCoreRegister("pc")).toBe(first);
  });

  test("asserts nRESET and lets it go", async () => {
    const { target } = await connected();
    await target.dp.assertReset(true);
    expect(await target.dp.isResetAsserted()).toBe(true);
    await target.dp.assertReset(false);
    expect(await target.dp.isResetAsserted()).toBe(false);
  });

  test("leaves the target without debug, and accepts the next session", async () => {
    await (await connected({ connect: "halt" })).close("running");
    const next = await connected();
    expect(await next.target.selectedCore.read32(DHCSR)).toBeGreaterThan(0);
    expect(await next.target.getState()).not.toBe("halted");
  });

  test.skipIf(way === "a real probe")("names the access that failed, and does the next one", async () => {
    const { selectedCore: core } = (await connected()).target;
    await expect(core.read32(0x6000_0000)).rejects.toMatchObject({
      fault: { kind: "target-fault", ack: "FAULT" },
    });
    expect((await core.read32(CPUID)) >>> 24).toBe(0x41);
  });
});
