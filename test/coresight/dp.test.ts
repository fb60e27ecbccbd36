import { expect, test } from "vitest";
import { Dp } from "../../src/coresight/adi/dp.ts";
import { TARGETSEL_BITS, targetselBits } from "../../src/coresight/adi/targetsel.ts";
import { Wire } from "../../src/coresight/wire/wire.ts";
import { VirtualClock } from "../../src/lib/clock.ts";
import { scriptedLink } from "./scripted-link.ts";
import { openFixture, RAM } from "../wire/fixture.ts";

test("power goes down and up again, each waited for", async () => {
  const fixture = await openFixture();
  await fixture.dp.powerDown();
  expect(((await fixture.dp.readReg(0x4)) & 0xa000_0000) >>> 0).toBe(0);
  await fixture.dp.powerUp();
  expect(((await fixture.dp.readReg(0x4)) & 0xa000_0000) >>> 0).toBe(0xa000_0000);
  expect(await fixture.memory.read(0xe000_ed00, 32)).toBe(0x410fc241);
});

test("power that does not come ends in a fault after its time, with what CTRL/STAT said", async () => {
  const clock = new VirtualClock();
  const wire = new Wire({ link: scriptedLink([]), clock });
  await expect(new Dp(wire).powerUp({ limitUs: 5_000 })).rejects.toMatchObject({
    fault: { kind: "power-timeout", wanted: "up", limitUs: 5_000, ctrlStat: 0 },
  });
  expect(clock.nowUs()).toBe(5_000);
});

test("SELECT is written once for accesses to the same access port and bank", async () => {
  const fixture = await openFixture();
  await fixture.memory.read(RAM, 32);
  const before = fixture.simulator.injection.transfers;
  await fixture.memory.read(RAM, 32);
  // DRW and the probe's fetch: SELECT, CSW and TAR stand.
  expect(fixture.simulator.injection.transfers - before).toBe(2);
});

test("registers of access ports are reached in every bank; one that is absent reads 0", async () => {
  const fixture = await openFixture();
  expect(await fixture.dp.readAp(0, 0xfc)).toBe(0x2477_0011);
  expect(await fixture.dp.readAp(0, 0xf8)).toBe(0xe00f_f003);
  expect(await fixture.dp.readAp(7, 0xfc)).toBe(0);
});

test("TARGETSEL: request, five clocks, data and its parity, least significant bit first", () => {
  expect(TARGETSEL_BITS).toBe(46);
  expect(targetselBits(0)).toBe(0x1f99n);
  expect(targetselBits(0x0100_2927)).toBe(0x1f99n | (0x0100_2927n << 13n));
  expect(targetselBits(0x1100_2927)).toBe(0x1f99n | (0x1100_2927n << 13n) | (1n << 45n));
});
