/** The shipped models, each through the peculiarity for which it is there. */
import { describe, expect, test } from "vitest";
import { shippedModel, shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { CTRL_STAT, csw, drw, DRW, DPIDR, read, select, tar, TestFixture, write } from "./fixture.ts";

test.each(shippedModelNames)("%s has that name, names its sources and answers", async (name) => {
  const model = shippedModel(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  expect(model.name).toBe(name);
  expect(model.sources.length).toBeGreaterThan(0);
  const fixture = new TestFixture({ model });
  await fixture.wake();
  expect((await fixture.words(DPIDR))[0]).toBeGreaterThan(0);
});

describe("stm32h743", () => {
  const PIDR1 = 0xe00e0fe4;
  const PIDR2 = 0xe00e0fe8;
  const DBGMCU_CR = 0xe00e1004;
  const word = csw(0x80000012);

  async function jep106(options: Record<string, string>): Promise<number> {
    const fixture = new TestFixture({ model: "stm32h743", options });
    await fixture.connect();
    const [base = 0, pidr1 = 0, pidr2 = 0] = await fixture.words(
      select(2, 0xf0),
      read("AP", 0x8),
      select(2),
      word,
      tar(PIDR1),
      DRW,
      tar(PIDR2),
      DRW,
    );
    expect(base).toBe(0xe00e0003);
    return ((pidr2 & 7) << 4) | (pidr1 >> 4);
  }

  test("the ROM table at the base of AP 2 names ST, or the designer of the option", async () => {
    expect(await jep106({})).toBe(0x20);
    expect(await jep106({ jep106: "0x3B" })).toBe(0x3b);
  });

  test("DBGMCU is reached through AP 2 only", async () => {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.connect();
    await fixture.words(select(2), word, tar(DBGMCU_CR), drw(0x00700007), tar(DBGMCU_CR));
    expect(await fixture.words(select(2), word, tar(DBGMCU_CR), DRW)).toEqual([0x00700007]);
    const { ack, count } = await fixture.transfer(select(0), csw(), tar(DBGMCU_CR), DRW);
    expect({ ack, count }).toEqual({ ack: 4, count: 4 });
  });

  test("the other masters see the same DBGMCU at 0x5C001000, as its SVD file has it", async () => {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.connect();
    await fixture.writeWord(0x5c001004, 0x00700007);
    expect(await fixture.words(select(2), word, tar(DBGMCU_CR), DRW)).toEqual([0x00700007]);
    expect(await fixture.words(select(1), csw(0x43000012), tar(0x5c001000), DRW)).toEqual([0x20036450]);
  });

  test.each([
    ["RCC_CR", 0x58024400, 0x25],
    ["RCC_CFGR", 0x58024410, 0],
    ["PWR_CR1", 0x58024800, 0],
    ["FLASH_OPTSR_CUR", 0x5200201c, 0x1bc6aaf0],
  ])("%s answers through AP 0 and AP 1", async (_name, address, value) => {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.connect();
    expect(await fixture.readWord(address)).toBe(value);
    expect(await fixture.words(select(1), csw(0x43000012), tar(address), DRW)).toEqual([value]);
  });

  test("the processor is a Cortex-M7 behind AP 0", async () => {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.connect();
    expect(await fixture.readWord(0xe000ed00)).toBe(0x411fc271);
  });
});

describe("lpc55s36", () => {
  async function mailbox(fixture: TestFixture): Promise<readonly number[]> {
    await fixture.words(select(2), write("AP", 0x0, 0x21));
    fixture.simulator.clock.advance(30_000);
    const [control = -1] = await fixture.words(read("AP", 0x0));
    await fixture.words(write("AP", 0x4, 0x07));
    fixture.simulator.clock.advance(30_000);
    const [answer = -1] = await fixture.words(read("AP", 0x8));
    await fixture.words(select(0));
    return [control, answer];
  }
  const deviceEn = async (fixture: TestFixture): Promise<number> =>
    ((await fixture.words(select(0), read("AP", 0x0)))[0] ?? 0) & 0x40;

  test("AP 0 is closed until the mailbox was used, and again after a system reset", async () => {
    const fixture = new TestFixture({ model: "lpc55s36" });
    await fixture.connect();
    expect(await deviceEn(fixture)).toBe(0);
    expect((await fixture.transfer(csw(), tar(0xe000ed00), DRW)).ack).toBe(4);
    await fixture.words(write("DP", 0x0, 0x1e));
    expect(await fixture.words(select(2, 0xf0), read("AP", 0xc))).toEqual([0x002a0000]);

    expect(await mailbox(fixture)).toEqual([0, 0]);
    expect(await deviceEn(fixture)).toBe(0x40);
    expect(await fixture.readWord(0xe000ed00)).toBe(0x410fd214);

    await fixture.writeWord(0xe000ed0c, 0x05fa0004);
    expect(await deviceEn(fixture)).toBe(0);
    expect(await mailbox(fixture)).toEqual([0, 0]);
    expect(await deviceEn(fixture)).toBe(0x40);
  });

  test("with mailbox=off the mailbox answers zero and AP 0 stays closed", async () => {
    const fixture = new TestFixture({ model: "lpc55s36", options: { mailbox: "off" } });
    await fixture.connect();
    expect(await mailbox(fixture)).toEqual([0, 0]);
    expect(await deviceEn(fixture)).toBe(0);
    expect(await fixture.words(CTRL_STAT)).toEqual([0xf0000040]);
  });

  test("the flash controller reads a word and says that it is done", async () => {
    const fixture = new TestFixture({ model: "lpc55s36" });
    await fixture.connect();
    await mailbox(fixture);
    await fixture.writeWord(0x40034fe8, 0xf);
    await fixture.writeWord(0x40034000, 3);
    fixture.simulator.clock.advance(100);
    expect(await fixture.readWord(0x40034fe0)).toBe(4);
    await fixture.writeWord(0x40034fe8, 0xf);
    expect(await fixture.readWord(0x40034fe0)).toBe(0);
  });
});
