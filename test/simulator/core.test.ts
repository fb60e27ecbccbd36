/** The core as a debugger sees it: halting, stepping, registers, resets and what they leave. */
import { describe, expect, test } from "vitest";
import { TestFixture } from "./fixture.ts";

const DHCSR = 0xe000edf0;
const DCRSR = 0xe000edf4;
const DCRDR = 0xe000edf8;
const DEMCR = 0xe000edfc;
const DFSR = 0xe000ed30;
const AIRCR = 0xe000ed0c;
const FP_CTRL = 0xe0002000;
const FP_COMP0 = 0xe0002008;

const KEY = 0xa05f0000;
const S_REGRDY = 1 << 16;
const S_HALT = 1 << 17;
const S_LOCKUP = 1 << 19;
const S_RETIRE_ST = 1 << 24;
const S_RESET_ST = 1 << 25;
const SYSRESETREQ = 0x05fa0004;
const VECTRESET = 0x05fa0001;
const RESET_VECTOR = 0x100;

async function connected(): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.connect();
  await fixture.readWord(DHCSR);
  return fixture;
}

async function halted(): Promise<TestFixture> {
  const fixture = await connected();
  await fixture.writeWord(DHCSR, KEY | 3);
  return fixture;
}

async function register(fixture: TestFixture, selector: number): Promise<number> {
  await fixture.writeWord(DCRSR, selector);
  expect((await fixture.readWord(DHCSR)) & S_REGRDY).toBe(S_REGRDY);
  return fixture.readWord(DCRDR);
}

async function setRegister(fixture: TestFixture, selector: number, value: number): Promise<void> {
  await fixture.writeWord(DCRDR, value);
  await fixture.writeWord(DCRSR, 0x10000 | selector);
}

describe("run control", () => {
  test("DHCSR needs its key", async () => {
    const fixture = await connected();
    await fixture.writeWord(DHCSR, 3);
    expect((await fixture.readWord(DHCSR)) & (S_HALT | 3)).toBe(0);
  });

  test("halts, says why, and runs again when debug is switched off", async () => {
    const fixture = await halted();
    expect((await fixture.readWord(DHCSR)) & (S_HALT | 3)).toBe(S_HALT | 3);
    expect(await fixture.readWord(DFSR)).toBe(1);
    await fixture.writeWord(DFSR, 1);
    expect(await fixture.readWord(DFSR)).toBe(0);
    await fixture.writeWord(DHCSR, KEY);
    expect((await fixture.readWord(DHCSR)) & (S_HALT | 3)).toBe(0);
  });

  test("C_HALT without C_DEBUGEN does nothing", async () => {
    const fixture = await connected();
    await fixture.writeWord(DHCSR, KEY | 2);
    expect((await fixture.readWord(DHCSR)) & (S_HALT | 3)).toBe(0);
  });

  test("a step moves by one instruction and halts", async () => {
    const fixture = await halted();
    fixture.simulator.soc.memory("flash").load(0x200, Uint8Array.of(0x00, 0xbf)); // NOP
    await setRegister(fixture, 15, 0x200);
    await fixture.writeWord(DHCSR, KEY | 5);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect(await register(fixture, 15)).toBe(0x202);
  });

  test("S_RETIRE_ST shows that the core ran, and clears on read", async () => {
    const fixture = await connected();
    expect((await fixture.readWord(DHCSR)) & S_RETIRE_ST).toBe(S_RETIRE_ST);
    await fixture.writeWord(DHCSR, KEY | 3);
    await fixture.readWord(DHCSR);
    expect((await fixture.readWord(DHCSR)) & S_RETIRE_ST).toBe(0);
  });
});

describe("registers", () => {
  test("keep what is written; SP is the one that CONTROL chooses", async () => {
    const fixture = await halted();
    for (const selector of [0, 7, 12, 14, 16, 33, 64, 95])
      await setRegister(fixture, selector, 0x01000000 + selector);
    for (const selector of [0, 7, 12, 14, 16, 33, 64, 95])
      expect(await register(fixture, selector)).toBe(0x01000000 + selector);
    await setRegister(fixture, 16, 0x01000000); // thread mode
    await setRegister(fixture, 17, 0x20001000);
    await setRegister(fixture, 18, 0x20002000);
    expect(await register(fixture, 13)).toBe(0x20001000);
    await setRegister(fixture, 20, 0x02000000); // CONTROL.SPSEL
    expect(await register(fixture, 13)).toBe(0x20002000);
    await setRegister(fixture, 13, 0x20002ffc);
    expect(await register(fixture, 18)).toBe(0x20002ffc);
    expect(await register(fixture, 17)).toBe(0x20001000);
  });

  test("are out of reach while the core runs: S_REGRDY stays low", async () => {
    const fixture = await connected();
    await fixture.writeWord(DCRSR, 0);
    expect((await fixture.readWord(DHCSR)) & S_REGRDY).toBe(0);
  });
});

describe("resets", () => {
  test("S_RESET_ST is set by a reset and clears on read", async () => {
    const fixture = await connected();
    await fixture.writeWord(AIRCR, SYSRESETREQ);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & S_RESET_ST).toBe(S_RESET_ST);
    expect((await fixture.readWord(DHCSR)) & S_RESET_ST).toBe(0);
  });

  test("while the reset lasts S_RESET_ST stays", async () => {
    const fixture = await connected();
    await fixture.pins(0, 0x80);
    expect((await fixture.readWord(DHCSR)) & S_RESET_ST).toBe(S_RESET_ST);
    expect((await fixture.readWord(DHCSR)) & S_RESET_ST).toBe(S_RESET_ST);
  });

  test("vector catch halts before the first instruction, also when set under reset", async () => {
    const fixture = await connected();
    await fixture.pins(0, 0x80);
    await fixture.writeWord(DHCSR, KEY | 1);
    await fixture.writeWord(DEMCR, 1);
    await fixture.pins(0x80, 0x80);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect((await fixture.readWord(DFSR)) & 8).toBe(8);
    expect(await register(fixture, 15)).toBe(RESET_VECTOR);
    expect(await register(fixture, 13)).toBe(0x20040000);
    expect(await register(fixture, 14)).toBe(0xffffffff);
  });

  test("without catch the core runs, with debug still enabled", async () => {
    const fixture = await halted();
    await fixture.writeWord(AIRCR, SYSRESETREQ);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & (S_HALT | 3)).toBe(1);
  });

  test("a breakpoint at the reset vector stops it too", async () => {
    const fixture = await halted();
    // Version 1 of the unit: word address, lower halfword.
    await fixture.writeWord(FP_COMP0, 0x40000000 | RESET_VECTOR | 1);
    await fixture.writeWord(FP_CTRL, 3);
    await fixture.writeWord(AIRCR, SYSRESETREQ);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect((await fixture.readWord(DFSR)) & 2).toBe(2);
  });

  test("VECTRESET resets the core alone", async () => {
    const fixture = await halted();
    await fixture.writeWord(0x40000000, 5);
    await fixture.writeWord(AIRCR, VECTRESET);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & (S_RESET_ST | S_HALT)).toBe(S_RESET_ST);
    expect(await fixture.readWord(0x40000000)).toBe(5);
  });

  test("AIRCR needs its key, and reads as the manual says", async () => {
    const fixture = await halted();
    await fixture.writeWord(AIRCR, 4);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect(await fixture.readWord(AIRCR)).toBe(0xfa050000);
  });

  test("an empty flash locks the core up", async () => {
    const fixture = await connected();
    fixture.simulator.soc.memory("flash").load(0, new Uint8Array(8).fill(0xff));
    await fixture.writeWord(AIRCR, SYSRESETREQ);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & S_LOCKUP).toBe(S_LOCKUP);
  });

  test("loss of power clears what a reset leaves", async () => {
    const fixture = await halted();
    await fixture.writeWord(DEMCR, 1);
    const { soc, clock } = fixture.simulator;
    soc.power(false);
    clock.advance(1000);
    soc.power(true);
    clock.advance(1000);
    await fixture.connect();
    expect(await fixture.readWord(DEMCR)).toBe(0);
    expect((await fixture.readWord(DHCSR)) & 3).toBe(0);
  });
});

describe("instructions", () => {
  /** From 0x20000100: MOVS r0, #0; then ADDS r0, #1 for ever. */
  const CODE = 0x2000_0100;

  async function counting(): Promise<TestFixture> {
    const fixture = await halted();
    await fixture.writeWord(CODE, 0x3001_2000);
    await fixture.writeWord(CODE + 4, 0xbf00_e7fd);
    await setRegister(fixture, 15, CODE);
    return fixture;
  }

  test("run with the time, step, and stop at a breakpoint", async () => {
    const fixture = await counting();
    await fixture.writeWord(DHCSR, KEY | 5);
    await fixture.writeWord(DHCSR, KEY | 5);
    expect([await register(fixture, 0), await register(fixture, 15)]).toEqual([1, CODE + 4]);
    await fixture.writeWord(DHCSR, KEY | 1);
    const startUs = fixture.simulator.clock.nowUs();
    fixture.simulator.clock.advance(1000);
    await fixture.writeWord(DHCSR, KEY | 3);
    const passedUs = fixture.simulator.clock.nowUs() - startUs;
    // Two instructions a turn, 16 in a microsecond; the core runs for part of both writes.
    const perUs = (await register(fixture, 0)) / passedUs;
    expect(perUs).toBeGreaterThan(7);
    expect(perUs).toBeLessThan(9);
  });

  test("a breakpoint in code stops them before it, BKPT stops at it", async () => {
    const fixture = await counting();
    // MOVS r0, #7; BKPT; in flash, where version 1 of the unit can stop.
    fixture.simulator.soc.memory("flash").load(0x200, Uint8Array.of(0x07, 0x20, 0x00, 0xbe));
    await setRegister(fixture, 15, 0x200);
    await fixture.writeWord(FP_COMP0, 0x8000_0000 | 0x200 | 1);
    await fixture.writeWord(FP_CTRL, 3);
    await fixture.writeWord(DHCSR, KEY | 1);
    fixture.simulator.clock.advance(10);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect(await register(fixture, 15)).toBe(0x202);
    await fixture.writeWord(FP_CTRL, 2);
    await setRegister(fixture, 15, 0x200);
    await fixture.writeWord(DHCSR, KEY | 1);
    fixture.simulator.clock.advance(10);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    expect([await register(fixture, 0), await register(fixture, 15)]).toEqual([7, 0x202]);
  });

  test("what a debugger writes over code is what runs next", async () => {
    const fixture = await counting();
    await fixture.writeWord(DHCSR, KEY | 1);
    fixture.simulator.clock.advance(100);
    await fixture.writeWord(DHCSR, KEY | 3);
    await fixture.writeWord(CODE, 0x3002_2000);
    await setRegister(fixture, 15, CODE);
    for (let step = 0; step < 2; step++) await fixture.writeWord(DHCSR, KEY | 5);
    expect(await register(fixture, 0)).toBe(2);
  });

  test("time on the chip goes on with them: a loop sees a flag as soon as it is set", async () => {
    const fixture = await counting();
    const UNIT = 0x4000_0000;
    // STR r1, [r1, #COMMAND]; then ADDS r3, #1, LDR r2, STATUS, LSLS r2, #31, BEQ back; BKPT.
    const code = [0x6089, 0x3301, 0x684a, 0x07d2, 0xd0fb, 0xbe00];
    code.forEach((halfword, at) => {
      fixture.simulator.soc.memory("ram").put(0x200 + 2 * at, 2, halfword);
    });
    await setRegister(fixture, 1, UNIT);
    await setRegister(fixture, 3, 0);
    await setRegister(fixture, 15, 0x2000_0200);
    await fixture.writeWord(DHCSR, KEY | 1);
    fixture.simulator.clock.advance(1000);
    expect((await fixture.readWord(DHCSR)) & S_HALT).toBe(S_HALT);
    // DONE comes 50 us after the command, which is 200 turns of four instructions.
    expect(Math.abs((await register(fixture, 3)) - 200)).toBeLessThan(5);
  });

  test("a fault without a handler locks the core up", async () => {
    const fixture = await counting();
    fixture.simulator.soc.memory("ram").put(0x300, 2, 0xde00); // UDF
    await setRegister(fixture, 15, 0x2000_0300);
    await fixture.writeWord(DHCSR, KEY | 1);
    fixture.simulator.clock.advance(10);
    expect((await fixture.readWord(DHCSR)) & S_LOCKUP).toBe(S_LOCKUP);
  });
});
