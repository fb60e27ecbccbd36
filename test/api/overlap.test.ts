/** Calls that overlap: what takes several accesses stays whole. And what callers in JavaScript may hand in. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  ConnectHelper,
  DeviceContext,
  FlashEraser,
  FlashLoader,
  ResetType,
  type CortexM,
  type Session,
} from "../../src/index.ts";
import { describedBy } from "../support/pdsc.ts";
import { opened, watchedProbe } from "./fixture.ts";
import { fault } from "../support/fault.ts";

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

async function on(model: string, request: Parameters<typeof opened>[1] = {}): Promise<Session> {
  const session = await opened(watchedProbe({ model }), request);
  sessions.push(session);
  return session;
}

describe("calls that overlap", () => {
  test("each core register gets its own value", async () => {
    const core = (await on("generic-m4", { connect: "halt" })).target.selectedCore;
    const names = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => `r${number}`);
    await Promise.all(names.map((name, at) => core.writeCoreRegister(name, 0x20 + at)));
    const read = await Promise.all(names.map((name) => core.readCoreRegister(name)));
    expect(read).toEqual([0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27]);
  });

  test("each breakpoint and watchpoint gets its own comparator", async () => {
    const core = (await on("generic-m4", { connect: "halt" })).target.selectedCore;
    await Promise.all([0x200, 0x210, 0x220].map((address) => core.setBreakpoint(address)));
    expect(core.breakpoints.map(({ address }) => address)).toEqual([0x200, 0x210, 0x220]);
    expect([...(await core.readMemoryBlock32(0xe000_2008, 3))]).toEqual([
      0x4000_0201, 0x4000_0211, 0x4000_0221,
    ]);
    await Promise.all([0x2000_0000, 0x2000_0010].map((address) => core.setWatchpoint(address)));
    expect(await core.read32(0xe000_1020)).toBe(0x2000_0000);
    expect(await core.read32(0xe000_1030)).toBe(0x2000_0010);
  });

  test("two debug ports on one pair of wires: each access is heard by its own", async () => {
    const context = new DeviceContext(
      describedBy({
        family: `<debugconfig default="swd" swj="1" dormant="1"/>
          <debugport __dp="0"><swd targetsel="0x01002927"/></debugport>
          <debugport __dp="1"><swd targetsel="0x11002927"/></debugport>
          <processor Pname="core0" Dcore="Cortex-M0+"/><processor Pname="core1" Dcore="Cortex-M0+"/>
          <debug Pname="core0" __dp="0" __ap="0"/><debug Pname="core1" __dp="1" __ap="0"/>`,
      }),
    );
    const session = await on("rp2040", { context, connect: "halt" });
    const { cores } = session.target;
    const [one, other] = cores as [CortexM, CortexM];
    await Promise.all([one.halt(), other.halt()]);
    await Promise.all([one.writeCoreRegister("r0", 0x11), other.writeCoreRegister("r0", 0x22)]);
    const read = await Promise.all([one, other, one, other].map((core) => core.readCoreRegister("r0")));
    expect(read).toEqual([0x11, 0x22, 0x11, 0x22]);
  });
});

describe("software breakpoints and memory", () => {
  const CODE = 0x2000_0100;

  test("memory through the core shows the code, and keeps what is written over it", async () => {
    const session = await on("generic-m4", { connect: "halt" });
    const core = session.target.selectedCore;
    await core.writeMemoryBlock8(CODE, [0x01, 0x30, 0x01, 0x31, 0xfd, 0xe7]);
    await core.setBreakpoint(CODE + 2, "software");
    expect(await core.read16(CODE + 2)).toBe(0x3101);
    expect(await session.target.read32(CODE)).toBe(0x3101_3001);
    expect([...(await core.readMemoryBlock8(CODE + 1, 3))]).toEqual([0x30, 0x01, 0x31]);
    const port = session.target.aps.get(0) as unknown as CortexM;
    expect(await port.read16(CODE + 2)).toBe(0xbe00);

    await core.write16(CODE + 2, 0x3202);
    await core.write8(CODE, 0x05);
    expect(await port.read16(CODE + 2)).toBe(0xbe00);
    await core.removeBreakpoint(CODE + 2);
    expect([...(await core.readMemoryBlock8(CODE, 4))]).toEqual([0x05, 0x30, 0x02, 0x32]);
  });

  test("in flash, with all comparators in use, they are an error that says both", async () => {
    const core = (await on("nrf52840", { connect: "halt" })).target.selectedCore;
    for (let word = 0; word < 6; word++) await core.setBreakpoint(0x200 + 4 * word);
    await expect(core.setBreakpoint(0x300)).rejects.toThrow(
      "no hardware breakpoint for 0x00000300: none of the core's 6 comparators is free; and no software breakpoint " +
        "at 0x00000300: nothing can be written there, as in flash",
    );
    await expect(core.setBreakpoint(0x300)).rejects.toEqual(fault("no-comparator"));
  });
});

describe("a core that sleeps", () => {
  test("says so, and after a halt goes on behind its WFI", async () => {
    const session = await on("generic-m4", { connect: "halt" });
    const core = session.target.selectedCore;
    // wfi; adds r0, #1; wfi; b .
    await core.writeMemoryBlock8(0x2000_0100, [0x30, 0xbf, 0x01, 0x30, 0x30, 0xbf, 0xfe, 0xe7]);
    await core.writeCoreRegister("xpsr", 0x0100_0000);
    await core.writeCoreRegister("pc", 0x2000_0100);
    await core.resume();
    await session.sleep(5);
    expect(await core.getState()).toBe("sleeping");
    await core.halt();
    expect(await core.readCoreRegister("pc")).toBe(0x2000_0102);
    await core.step();
    expect(await core.readCoreRegister("pc")).toBe(0x2000_0104);
    await core.step();
    expect(await core.readCoreRegister("pc")).toBe(0x2000_0106);
  });
});

describe("resets", () => {
  test.each(["default", "sysresetreq", "nsrst"] as const)(
    "of another core than the session's own: %s halts it, though its debug was not enabled before",
    async (type) => {
      const session = await on("adiv6");
      const other = session.target.cores.find((core) => core !== session.target.selectedCore);
      if (other === undefined) throw new Error("the model has several cores");
      await other.resetAndHalt(type);
      expect(await other.getState()).toBe("halted");
    },
  );

  test("EMULATED starts where the vectors stand that VTOR names, where there are none at 0", async () => {
    const { target } = await on("stm32h743");
    await target.resetAndHalt("system");
    const entry = await target.readCoreRegister("pc");
    await target.resetAndHalt("emulated");
    expect(await target.readCoreRegister("pc")).toBe(entry);
  });

  test("pyOCD's parameter: true is software, false is hardware", async () => {
    const { target } = await on("generic-m4");
    await target.reset(true);
    await target.reset(false);
    expect(await target.getState()).toBe("running");
  });
});

describe("debug ports of ADIv6", () => {
  test("readAP takes the address in the port's own space, readReg the banks of address 0", async () => {
    const { target } = await on("adiv6");
    const port = target.aps.get(0x2000);
    expect(await target.dp.readAP(0x2dfc)).toBe(port.idr);
    const dpidr = await target.dp.readReg(0x0);
    await target.dp.writeReg(0x8, 1);
    expect(await target.dp.readReg(0x0)).not.toBe(dpidr);
    await target.dp.writeReg(0x8, 0);
    expect(await target.dp.readReg(0x0)).toBe(dpidr);
  });

  test("power-up clears what failed while there was no power", async () => {
    const { target } = await on("generic-m4");
    await target.dp.powerDown();
    await expect(target.read32(0x2000_0000)).rejects.toEqual(fault("target-fault"));
    await target.dp.powerUp();
    expect(await target.read32(0x2000_0000)).toBeTypeOf("number");
  });
});

describe("memory maps and register names", () => {
  test("peripherals are regions, and so is a memory's second place, which is programmed through the first", async () => {
    const { description, inSequence } = describedBy({
      device: `<processor Dcore="Cortex-M4"/>
        <memory name="ROM" access="rx" start="0x08000000" size="0x1000" startup="1" default="1"/>
        <memory name="Boot" access="rx" start="0" size="0x1000" alias="ROM"/>
        <memory name="Timers" access="rwp" start="0x40000000" size="0x1000"/>`,
    });
    const session = await on("generic-m4", { context: new DeviceContext({ description, inSequence }) });
    const { memoryMap } = session.target;
    const shown = [0, 0x0800_0000, 0x4000_0010, 0x4000_2000, 0xe000_ed00].map((address) => {
      const region = memoryMap.getRegionForAddress(address);
      return [region?.name, region?.type, region?.alias];
    });
    expect(shown).toEqual([
      ["Boot", "rom", "ROM"],
      ["ROM", "rom", undefined],
      ["Timers", "device", undefined],
      ["Peripheral", "device", undefined],
      ["Private peripheral bus", "device", undefined],
    ]);
    expect(() => memoryMap.getRegionForAddress(0)?.flash).toThrow("Boot (0x00000000) is an alias of ROM");
  });

  test("the option svd names registers without a pack", async () => {
    const svd = join(mkdtempSync(join(tmpdir(), "dbgseq-svd-")), "own.svd");
    writeFileSync(
      svd,
      `<device><name>D</name><peripherals><peripheral><name>WDT</name><baseAddress>0x20000000</baseAddress>
        <registers><register><name>KEY</name><addressOffset>0x10</addressOffset><size>32</size></register></registers>
      </peripheral></peripherals></device>`,
    );
    const session = await ConnectHelper.sessionWithChosenProbe({
      probe: "sim:generic-m4",
      svd,
      config: false,
    });
    if (session === null) throw new Error("nobody cancelled");
    sessions.push(session);
    const key = await session.target.register("WDT.KEY");
    await key.write(0xabcd);
    expect(await session.target.read32(0x2000_0010)).toBe(0xabcd);
  });
});

describe("a session that is refused", () => {
  test("before anything is connected releases its probe", async () => {
    const probe = watchedProbe({ model: "generic-m4" });
    const { description, inSequence } = describedBy({
      device: `<processor Dcore="Cortex-M4"/><sequences><sequence name="DebugPortSetup"><block>x = 1;</block></sequence></sequences>`,
    });
    const refused = opened(probe, { context: new DeviceContext({ description, inSequence }) });
    await expect(refused).rejects.toEqual(fault("sequence-errors"));
    expect(probe.closed).toBe(true);
  });
});

describe("a value that cannot be an argument", () => {
  const WRONG: readonly (readonly [string, (session: Session) => unknown])[] = [
    ["reset", ({ target }) => target.reset("bogus" as ResetType)],
    ["resetAndHalt", ({ target }) => target.resetAndHalt(7 as unknown as ResetType)],
    ["readMemory 64", ({ target }) => target.readMemory(0x2000_0000, 64 as 32)],
    ["readMemory 7", ({ target }) => target.readMemory(0x2000_0000, 7 as 8)],
    ["write64", ({ target }) => target.write64(0x2000_0000, 5 as unknown as bigint)],
    ["block", ({ target }) => target.writeMemoryBlock8(0x2000_0000, 5 as unknown as number[])],
    ["vector catch", ({ target }) => target.setVectorCatch("HARD_FAULT" as unknown as [])],
    ["catch that v7-M lacks", ({ target }) => target.setVectorCatch(["SECURE_FAULT"])],
    ["step", ({ target }) => target.selectedCore.step({ count: 1.5 })],
    ["watchpoint", ({ target }) => target.selectedCore.setWatchpoint(0, { on: "execute" as "read" })],
    ["timeout", ({ target }) => target.selectedCore.waitForHalt({ timeoutMs: NaN })],
    ["runUntil", ({ target }) => target.selectedCore.runUntil(undefined as unknown as number)],
    ["run", (session) => session.run(5 as unknown as string)],
    ["erase mode", (session) => new FlashEraser(session, "all" as "chip")],
    ["erase places", (session) => new FlashEraser(session, "sector").erase([[1, 2]] as unknown as number[])],
    ["erase place", (session) => new FlashEraser(session, "sector").erase("0x1000" as unknown as number[])],
    ["flash bytes", (session) => new FlashLoader(session).addData(0, [1, 2, 300])],
    ["flash option", (session) => new FlashLoader(session, { erases: "chip" } as object)],
    ["flash erase", (session) => new FlashLoader(session, { erase: "all" as "chip" })],
    ["flash proof", (session) => new FlashLoader(session, { proof: "some" as "any" })],
    ["flash proof of nothing", (session) => new FlashLoader(session, { proof: "required", verify: "none" })],
    ["flash nothing", (session) => new FlashLoader(session).commit()],
    ["sleep", (session) => session.sleep(-1)],
    [
      "default reset",
      ({ target }) => {
        const core = target.selectedCore;
        core.defaultResetType = "x" as ResetType;
        return core.reset().finally(() => {
          core.defaultResetType = ResetType.DEFAULT;
        });
      },
    ],
  ];

  test("is an error that says so, and not a TypeError", async () => {
    const session = await on("generic-m4", { connect: "halt" });
    for (const [name, call] of WRONG)
      await expect(
        Promise.resolve().then(() => call(session)),
        name,
      ).rejects.toEqual(fault("bad-argument"));
  });

  test("every call after the session was closed says so", async () => {
    const session = await on("generic-m4", { connect: "halt" });
    const { target } = session;
    await session.close();
    for (const call of [
      () => target.read32(0x2000_0000),
      () => target.dp.readReg(0x0),
      () => target.getState(),
      () => target.dp.assertReset(true),
    ])
      await expect(call()).rejects.toThrow("the session is closed, and the probe given back");
  });
});
