/** The read protection of the stm32f407 (RM0090 3.7.3): at level 1 it is the debugger's presence that closes the flash, for the core too. */
import { describe, expect, test } from "vitest";
import { abort, CTRL_STAT, csw, drw, DRW, RDBUFF, tar, TestFixture } from "./fixture.ts";

const FLASH = 0x0800_0000;
const BACKUP = 0x4002_4000;
const KEYR = 0x4002_3c04;
const OPTKEYR = 0x4002_3c08;
const SR = 0x4002_3c0c;
const CR = 0x4002_3c10;
const OPTCR = 0x4002_3c14;
const WRPERR = 0x10;
const DHCSR = 0xe000_edf0;
const HALT = 0xa05f_0003;
const S_LOCKUP = 1 << 19;

async function protectedPart(rdp = "level1"): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "stm32f407", options: { rdp } });
  await fixture.connect();
  return fixture;
}

async function isReadable(fixture: TestFixture, address: number): Promise<boolean> {
  const { ack } = await fixture.transfer(csw(), tar(address), DRW, RDBUFF);
  await fixture.transfer(abort(0x1e), csw());
  return ack === 1;
}

const unlock = async (fixture: TestFixture): Promise<void> => {
  for (const key of [0x4567_0123, 0xcdef_89ab]) await fixture.writeWord(KEYR, key);
};

describe("level 1 with a debugger", () => {
  test.each([
    ["the flash", FLASH],
    ["the flash where the boot pins show it", 0],
    ["the backup SRAM", BACKUP],
  ])("keeps %s from being read, which an open part allows", async (_what, address) => {
    expect(await isReadable(await protectedPart(), address)).toBe(false);
    expect(await isReadable(await protectedPart("level0"), address)).toBe(true);
  });

  test("keeps the core from reading flash, so that a program in RAM ends in a lockup", async () => {
    const fixture = await protectedPart();
    fixture.simulator.clock.advance(100);
    expect((await fixture.readWord(DHCSR)) & S_LOCKUP).toBe(S_LOCKUP);
    const open = await protectedPart("level0");
    open.simulator.clock.advance(100);
    expect((await open.readWord(DHCSR)) & S_LOCKUP).toBe(0);
  });

  test.each([
    ["a sector erase", 0x0001_0002],
    ["a mass erase", 0x0001_0004],
  ])("answers %s with WRPERR and erases nothing", async (_what, command) => {
    const fixture = await protectedPart();
    await unlock(fixture);
    await fixture.writeWord(CR, command);
    fixture.simulator.clock.advance(20_000_000);
    expect((await fixture.readWord(SR)) & WRPERR).toBe(WRPERR);
    expect(fixture.simulator.soc.memory("flash").read(0, 4)).toBe(0x2002_0000);
  });

  test("answers programming with WRPERR and programs nothing", async () => {
    const fixture = await protectedPart();
    await unlock(fixture);
    await fixture.writeWord(CR, 0x201);
    await fixture.words(csw(), tar(FLASH + 0x8000), drw(0), CTRL_STAT);
    expect((await fixture.readWord(SR)) & WRPERR).toBe(WRPERR);
    expect(fixture.simulator.soc.memory("flash").read(0x8000, 4)).toBe(0xffff_ffff);
  });

  test("erases flash and backup SRAM on the way back to level 0, opens them, and keeps the write protection", async () => {
    const fixture = new TestFixture({ model: "stm32f407", options: { rdp: "level1", flash: "protected" } });
    await fixture.connect();
    for (const key of [0x0819_2a3b, 0x4c5d_6e7f]) await fixture.writeWord(OPTKEYR, key);
    fixture.simulator.soc.memory("backup-sram").put(0, 4, 0x1234_5678);
    await fixture.writeWord(OPTCR, 0x0000_aaec);
    await fixture.writeWord(OPTCR, 0x0000_aaee);
    expect(await isReadable(fixture, FLASH)).toBe(false);
    fixture.simulator.clock.advance(20_000_000);
    expect(await fixture.readWord(FLASH)).toBe(0xffff_ffff);
    expect(await fixture.readWord(BACKUP)).toBe(0);
    expect((await fixture.readWord(OPTCR)) & 0x0fff_ff00).toBe(0x0000_aa00);
  });
});

test("level 1 lets the firmware run if no debugger was there since power came", async () => {
  const fixture = await protectedPart();
  const { soc, clock } = fixture.simulator;
  soc.power(false);
  soc.power(true);
  clock.advance(1_000);
  soc.catchUp();
  expect(soc.core().sleeping).toBe(false);
  expect(soc.memory("flash").unreadable).toBe(false);
  await fixture.connect();
  expect(await isReadable(fixture, FLASH)).toBe(false);
});

test("level 1 lets a debugger halt the core, but not read the flash", async () => {
  const fixture = await protectedPart();
  await fixture.writeWord(DHCSR, HALT);
  expect((await fixture.readWord(DHCSR)) & 0x2_0000).toBe(0x2_0000);
});
