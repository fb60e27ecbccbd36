/** Run control against the simulated core. */
import { describe, expect, test } from "vitest";
import { architectureOf, coreName } from "../../src/coresight/core/cortex-m.ts";
import { openFixture } from "../wire/fixture.ts";

const DEMCR = 0xe000_edfc;

test("halt and resume are seen in the state", async () => {
  const { core } = await openFixture();
  expect(await core.state()).toBe("running");
  await core.halt();
  expect(await core.state()).toBe("halted");
  await core.resume();
  expect(await core.state()).toBe("running");
});

test("registers are read and written by name, in any case; parts of a shared word leave the others alone", async () => {
  const { core } = await openFixture();
  await core.halt();
  await core.writeRegister("R3", 0x1234_5678);
  await core.writeRegister("basepri", 0x40);
  await core.writeRegister("primask", 1);
  expect(await core.readRegisters(["r3", "basepri", "primask", "faultmask"])).toEqual([
    0x1234_5678, 0x40, 1, 0,
  ]);
  expect(await core.readRegister("r13")).toBe(await core.readRegister("sp"));
});

test("several registers take one exchange besides the check that the core is halted", async () => {
  const fixture = await openFixture();
  await fixture.core.halt();
  fixture.events.length = 0;
  await fixture.core.readRegisters(["r0", "r1", "r2", "pc", "xpsr"]);
  expect(fixture.exchanges()).toEqual(["read of DHCSR", "read of core register r0, r1, r2, pc, xpsr"]);
});

test("the probe waits for a halt and reads registers in the same exchange; one that does not come leaves nothing behind", async () => {
  const fixture = await openFixture();
  const { core, memory } = fixture;
  await memory.read(0x2000_0000, 32);
  expect(await core.registersAtHalt(["pc", "r0"], 1000)).toBe(false);
  await memory.write(0x2000_0004, 32, 0xcafe);
  expect(await memory.read(0x2000_0004, 32)).toBe(0xcafe);
  await core.halt();
  await core.writeRegister("r0", 42);
  fixture.events.length = 0;
  expect(await core.registersAtHalt(["pc", "r0"], 1000)).toEqual([await core.readRegister("pc"), 42]);
  expect(fixture.exchanges()[0]).toBe("poll");
});

test("a running core refuses registers and steps; an unknown name is answered with the valid ones", async () => {
  const { core } = await openFixture();
  await expect(core.readRegister("pc")).rejects.toMatchObject({ fault: { kind: "core-running" } });
  await expect(core.step()).rejects.toMatchObject({ fault: { kind: "core-running" } });
  await expect(core.readRegister("r99")).rejects.toMatchObject({
    fault: { kind: "unknown-register", name: "r99" },
  });
});

test("a reset with the vector catch set halts at the reset vector; without it the core runs", async () => {
  const fixture = await openFixture();
  const { core } = fixture;
  await core.halt();
  await core.setResetCatch(true);
  expect((await fixture.memory.read(DEMCR, 32)) & 1).toBe(1);
  await core.requestReset("SYSRESETREQ");
  await fixture.simulator.clock.sleep(200_000);
  expect(await core.state()).toBe("halted");
  expect((await core.readRegister("pc")) & ~1).toBe(0x100);
  await core.setResetCatch(false);
  await core.requestReset("SYSRESETREQ");
  await fixture.simulator.clock.sleep(200_000);
  expect(await core.state()).not.toBe("halted");
});

test("vector catches are set and cleared without touching the rest of DEMCR", async () => {
  const fixture = await openFixture();
  await fixture.memory.write(DEMCR, 32, 0x0100_0000);
  await fixture.core.setVectorCatch(["VC_HARDERR", "VC_BUSERR"], true);
  expect(await fixture.memory.read(DEMCR, 32)).toBe(0x0100_0500);
  await fixture.core.setVectorCatch(["VC_BUSERR"], false);
  expect(await fixture.memory.read(DEMCR, 32)).toBe(0x0100_0400);
});

test("a core that does not halt is waited for half a second and no longer", async () => {
  const fixture = await openFixture();
  await fixture.memory.read(0xe000_edf0, 32);
  await fixture.link.run([{ kind: "pins", output: 0, select: 0x80, waitUs: 0 }], "stop-at-fault");
  const before = fixture.simulator.clock.nowUs();
  await expect(fixture.core.halt()).rejects.toMatchObject({
    fault: { kind: "core-timeout", wanted: "halted" },
  });
  const tookUs = fixture.simulator.clock.nowUs() - before;
  expect(tookUs).toBeGreaterThanOrEqual(500_000);
  expect(tookUs).toBeLessThan(600_000);
});

describe("CPUID", () => {
  test.each([
    [0x410c_c200, "Cortex-M0 r0p0", "v6-M"],
    [0x410c_c601, "Cortex-M0+ r0p1", "v6-M"],
    [0x410f_c241, "Cortex-M4 r0p1", "v7-M"],
    [0x411f_c271, "Cortex-M7 r1p1", "v7-M"],
    [0x411c_d200, "Cortex-M23 r1p0", "v8-M"],
    [0x410f_d214, "Cortex-M33 r0p4", "v8-M"],
    [0x6200_1230 | 0xf_0000, "part 0x123 r0p0", "v7-M"],
  ])("%i is %s", (cpuid, name, architecture) => {
    expect(coreName(cpuid)).toBe(name);
    expect(architectureOf(cpuid)).toBe(architecture);
  });
});
