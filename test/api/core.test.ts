/** A core through the API on the simulator: run control, registers, breakpoints, watchpoints, faults; code really runs. */
import { afterEach, describe, expect, test } from "vitest";
import type { CortexM, Session } from "../../src/index.ts";
import { opened, watchedProbe } from "./fixture.ts";
import { fault } from "../support/fault.ts";

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

async function coreOf(model = "generic-m4"): Promise<CortexM> {
  const session = await opened(watchedProbe({ model }), { connect: "halt" });
  sessions.push(session);
  return session.target.selectedCore;
}

const CODE = 0x2000_0100;
const DATA = 0x2000_0400;
/** r0 counts up: movs r0, #0; 1: adds r0, #1; adds r1, #1; b 1 */
const COUNTING = [0x2000, 0x3001, 0x3101, 0xe7fc];

async function load(core: CortexM, halfwords: readonly number[], at = CODE): Promise<void> {
  await core.writeMemoryBlock8(at, new Uint8Array(Uint16Array.from(halfwords).buffer));
  await core.writeCoreRegister("pc", at);
}

describe("run control", () => {
  test("halt, resume and step are seen in the state", async () => {
    const core = await coreOf();
    await load(core, COUNTING);
    await core.resume();
    expect(await core.getState()).toBe("running");
    await core.halt();
    expect(await core.getState()).toBe("halted");
    expect(await core.getHaltReasons()).toContain("request");
    expect(await core.readCoreRegister("r0")).toBeGreaterThan(10);
  });

  test("a step is one instruction, several are several", async () => {
    const core = await coreOf();
    await load(core, COUNTING);
    await core.step();
    expect(await core.readCoreRegister("pc")).toBe(CODE + 2);
    await core.step({ count: 3 });
    expect(await core.readCoreRegisters(["r0", "r1", "pc"])).toEqual([1, 1, CODE + 2]);
  });

  test("runUntil an address halts there and leaves no breakpoint", async () => {
    const core = await coreOf();
    await load(core, COUNTING);
    await core.runUntil(CODE + 6);
    expect(await core.readCoreRegisters(["pc", "r1"])).toEqual([CODE + 6, 1]);
    expect(core.breakpoints).toEqual([]);
  });

  test("runUntil stops once a condition holds", async () => {
    const core = await coreOf();
    // ldr-less: str r0, [r2] in the loop
    await load(core, [0x2000, 0x3001, 0x6010, 0xe7fc]);
    await core.writeCoreRegister("r2", DATA);
    await core.runUntil(async () => (await core.read32(DATA)) > 100);
    expect(await core.isHalted()).toBe(true);
    expect(await core.read32(DATA)).toBeGreaterThan(100);
  });

  test("runUntil ends in time if the condition never holds, with the core halted and an error that says so", async () => {
    const core = await coreOf();
    await load(core, COUNTING);
    await expect(core.runUntil(0x2000_0800, { timeoutMs: 50 })).rejects.toThrow(
      "core 0 did not reach 0x20000800 within 50 ms; it is running",
    );
    expect(await core.isHalted()).toBe(true);
    expect(core.breakpoints).toEqual([]);
  });
});

describe("core registers", () => {
  test.each(["generic-m4", "generic-m33", "generic-m0plus"])(
    "%s: all that it has are read and written",
    async (model) => {
      const core = await coreOf(model);
      const names = await core.coreRegisterNames();
      for (const name of ["r7", "msp", "control"]) expect(names).toContain(name);
      expect(await core.readCoreRegisters(names)).toHaveLength(names.length);
      await core.writeCoreRegister("r7", 0xdead_beef);
      await core.writeCoreRegister("primask", 1);
      expect(await core.readCoreRegisters(["r7", "primask", 7])).toEqual([0xdead_beef, 1, 0xdead_beef]);
    },
  );

  test("CONTROL, FAULTMASK, BASEPRI and PRIMASK share a word and do not disturb one another", async () => {
    const core = await coreOf();
    await core.writeCoreRegister("basepri", 0x40);
    await core.writeCoreRegister("primask", 1);
    await core.writeCoreRegister("faultmask", 1);
    await core.writeCoreRegister("control", 2);
    expect(await core.readCoreRegisters(["control", "faultmask", "basepri", "primask"])).toEqual([
      2, 1, 0x40, 1,
    ]);
  });

  test("an M4 has those of the FPU and an M0+ does not", async () => {
    const m4 = await coreOf();
    await m4.writeCoreRegister("s31", 0x3f80_0000);
    expect(await m4.readCoreRegister("s31")).toBe(0x3f80_0000);
    const m0 = await coreOf("generic-m0plus");
    await expect(m0.readCoreRegister("s31")).rejects.toThrow(
      "Cortex-M0+ r0p1 has no register s31: it does not have an FPU",
    );
    await expect(m0.readCoreRegister("basepri")).rejects.toEqual(
      fault("no-such-register", { name: "basepri" }),
    );
  });

  test("v8-M has the banked ones and their limits, v7-M does not", async () => {
    const m33 = await coreOf("generic-m33");
    await m33.writeCoreRegister("psplim_ns", 0x2000_0100);
    expect(await m33.readCoreRegister("psplim_ns")).toBe(0x2000_0100);
    expect(await m33.coreRegisterNames()).toEqual(
      expect.arrayContaining(["msp_s", "msplim_s", "control_ns"]),
    );
    await expect((await coreOf()).readCoreRegister("psplim_ns")).rejects.toEqual(fault("no-such-register"));
  });

  test("a running core says that it must be halted; a wrong name is answered with the valid ones", async () => {
    const core = await coreOf();
    await expect(core.readCoreRegister("r99")).rejects.toEqual(fault("unknown-register"));
    await core.resume();
    await expect(core.readCoreRegister("r0")).rejects.toEqual(fault("core-running"));
  });
});

describe("breakpoints", () => {
  test.each(["generic-m4", "generic-m33"])(
    "%s: a comparator halts the core, and resume goes on past it",
    async (model) => {
      const core = await coreOf(model);
      await load(core, COUNTING);
      const kind = await core.setBreakpoint(CODE + 4 + 1);
      expect(kind).toBe(model === "generic-m4" ? "software" : "hardware");
      for (const rounds of [1, 2, 3]) {
        await core.resume();
        await core.waitForHalt();
        expect(await core.readCoreRegisters(["pc", "r0"])).toEqual([CODE + 4, rounds]);
        expect(await core.getHaltReasons()).toContain("breakpoint");
      }
      await core.removeBreakpoint(CODE + 4);
      expect(await core.read16(CODE + 4)).toBe(0x3101);
      await core.resume();
      await expect(core.waitForHalt({ timeoutMs: 20 })).rejects.toEqual(
        fault("not-in-time", { state: "running" }),
      );
    },
  );

  test("FPB version 1: two in one word share a comparator; a seventh elsewhere finds none", async () => {
    const core = await coreOf();
    await core.setBreakpoint(0x100);
    await core.setBreakpoint(0x102);
    expect(await core.read32(0xe000_2008)).toBe(0xc000_0101);
    for (const word of [1, 2, 3, 4, 5]) await core.setBreakpoint(0x200 + 4 * word);
    await expect(core.setBreakpoint(0x300, "hardware")).rejects.toThrow(
      "no hardware breakpoint for 0x00000300: none of the core's 6 comparators is free",
    );
    expect(core.breakpoints).toHaveLength(7);
    await core.removeBreakpoint(0x102);
    expect(await core.read32(0xe000_2008)).toBe(0x4000_0101);
  });

  test("FPB version 2 reaches every address", async () => {
    const core = await coreOf("generic-m33");
    await core.setBreakpoint(0x2000_0102, "hardware");
    expect(await core.read32(0xe000_2008)).toBe(0x2000_0103);
  });

  test("closing the session removes them all from code and unit", async () => {
    const probe = watchedProbe({ model: "generic-m4" });
    const session = await opened(probe, { connect: "halt" });
    const core = session.target.selectedCore;
    await load(core, COUNTING);
    await core.setBreakpoint(CODE + 4);
    await core.setBreakpoint(0x100);
    await session.close();
    expect(probe.simulator.soc.memory("ram").read(0x104, 2)).toBe(0x3101);
    expect(probe.simulator.soc.core().breakpoints.addresses).toEqual([]);
  });
});

describe("watchpoints", () => {
  test("v7-M has comparator, mask and function as the architecture requires", async () => {
    const core = await coreOf();
    await core.setWatchpoint(DATA, { size: 8, on: "write" });
    expect([...(await core.readMemoryBlock32(0xe000_1020, 3))]).toEqual([DATA, 3, 6]);
    expect((await core.read32(0xe000_edfc)) & (1 << 24)).not.toBe(0);
    await core.removeWatchpoint(DATA, { size: 8, on: "write" });
    expect(await core.read32(0xe000_1028)).toBe(0);
  });

  test("v8-M has match, action and size in one register", async () => {
    const core = await coreOf("generic-m33");
    await core.setWatchpoint(DATA, { size: 4, on: "read" });
    expect(await core.read32(0xe000_1028)).toBe(0x816);
    await expect(core.setWatchpoint(DATA, { size: 16 })).rejects.toEqual(fault("no-comparator"));
  });

  /** str r0, [r1]; adds r2, #1; ldr r3, [r1]; adds r2, #1; b . */
  const TOUCHING = [0x6008, 0x3201, 0x680b, 0x3201, 0xe7fe];

  describe.each(["generic-m0plus", "generic-m4", "generic-m33"])("on %s", (model) => {
    async function touching(): Promise<CortexM> {
      const core = await coreOf(model);
      await load(core, TOUCHING);
      await core.writeCoreRegister("xpsr", 0x0100_0000);
      await core.writeCoreRegister("r0", 0x55);
      await core.writeCoreRegister("r1", DATA);
      await core.writeCoreRegister("r2", 0);
      return core;
    }

    test.each([
      ["write", [CODE + 2]],
      ["read", [CODE + 6]],
      ["access", [CODE + 2, CODE + 6]],
    ] as const)("%s: the core halts behind the access, and says why", async (on, places) => {
      const core = await touching();
      await core.setWatchpoint(DATA, { on });
      for (const place of places) {
        await core.resume();
        await core.waitForHalt();
        expect(await core.readCoreRegister("pc")).toBe(place);
        expect(await core.getHaltReasons()).toContain("watchpoint");
        expect(await core.matchedWatchpoints()).toEqual([{ address: DATA, size: 4, on }]);
        expect(await core.matchedWatchpoints()).toEqual([]);
      }
      expect(await core.read32(DATA)).toBe(0x55);
      await core.resume();
      await expect(core.waitForHalt({ timeoutMs: 5 })).rejects.toEqual(fault("not-in-time"));
    });

    test("one byte of what is accessed is enough; what stands beside it is not; removed, it watches no more", async () => {
      const core = await touching();
      await core.setWatchpoint(DATA + 4, { on: "write" });
      await core.setWatchpoint(DATA + 3, { size: 1, on: "write" });
      await core.step();
      expect(await core.getHaltReasons()).toContain("watchpoint");
      expect(await core.matchedWatchpoints()).toEqual([{ address: DATA + 3, size: 1, on: "write" }]);
      await core.removeWatchpoint(DATA + 3, { size: 1, on: "write" });
      await core.writeCoreRegister("pc", CODE);
      await core.resume();
      await expect(core.waitForHalt({ timeoutMs: 5 })).rejects.toEqual(fault("not-in-time"));
    });
  });

  test("a size that does not divide the address is refused", async () => {
    const core = await coreOf();
    await expect(core.setWatchpoint(DATA + 2)).rejects.toEqual(fault("bad-argument"));
  });
});

describe("faults", () => {
  test("a bus error is reported in a sentence, with address and instruction", async () => {
    const core = await coreOf();
    // ldr r0, [r1]; b .
    await load(core, [0x6808, 0xe7fe]);
    await core.writeCoreRegister("r1", 0x6000_0000);
    await core.writeCoreRegister("lr", 0x2000_0201);
    await core.setVectorCatch(["HARD_FAULT"]);
    expect(await core.getVectorCatch()).toEqual(["HARD_FAULT"]);
    await core.resume();
    await core.waitForHalt();
    expect(await core.getHaltReasons()).toContain("vector-catch");
    const report = await core.readFault();
    expect(report?.sentence).toBe(
      "HardFault by a bus error of a data access at 0x60000000; escalated to HardFault; the instruction is at 0x20000100; its caller returns to 0x20000201",
    );
    expect(report).toMatchObject({ exception: "HardFault", address: 0x6000_0000, stackedPc: CODE });
  });

  test("without a fault there is no report", async () => {
    expect(await (await coreOf()).readFault()).toBeUndefined();
  });
});
