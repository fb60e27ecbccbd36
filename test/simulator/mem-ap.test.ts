/** MEM-AP: sizes, lanes, increment, banked data, and what a bus refuses. */
import { describe, expect, test } from "vitest";
import { abort, csw, drw, DRW, read, select, tar, TestFixture, write } from "./fixture.ts";

const RAM = 0x20000000;
const BYTE = csw(0x23000010);
const HALF = csw(0x23000011);
const PACKED_HALF = csw(0x23000021);

async function connected(): Promise<TestFixture> {
  const fixture = new TestFixture({ model: "generic-m4" });
  await fixture.connect();
  return fixture;
}

describe("sizes", () => {
  test("a byte sits on the lane of its address", async () => {
    const fixture = await connected();
    await fixture.writeWord(RAM, 0xaabbccdd);
    await fixture.words(BYTE, tar(RAM + 1), drw(0x1122eeff));
    expect(await fixture.readWord(RAM)).toBe(0xaabbeedd);
    expect(await fixture.words(BYTE, tar(RAM + 3), DRW)).toEqual([0xaa000000]);
    expect(fixture.simulator.log.events.at(-1)).toMatchObject({ address: RAM + 3, size: 1, value: 0xaa });
  });

  test("single increment moves by the size", async () => {
    const fixture = await connected();
    await fixture.words(HALF, tar(RAM), drw(0x00001111), drw(0x22220000));
    expect(await fixture.words(read("AP", 0x4))).toEqual([RAM + 4]);
    expect(await fixture.readWord(RAM)).toBe(0x22221111);
  });

  test("packed transfers fill the word", async () => {
    const fixture = await connected();
    await fixture.words(PACKED_HALF, tar(RAM), drw(0x44443333));
    expect(fixture.simulator.log.events.slice(-2)).toMatchObject([
      { address: RAM, size: 2, value: 0x3333 },
      { address: RAM + 2, size: 2, value: 0x4444 },
    ]);
  });

  test("an APB-AP does words only", async () => {
    const fixture = new TestFixture({ model: "stm32h743" });
    await fixture.connect();
    const [value = 0] = await fixture.words(select(2), csw(0x80000010), read("AP", 0x0));
    expect(value & 7).toBe(2);
  });
});

describe("addresses", () => {
  test("banked data is the 16 bytes at TAR, without increment", async () => {
    const fixture = await connected();
    await fixture.words(tar(RAM + 4), select(0, 0x10), write("AP", 0x8, 0x77));
    expect(await fixture.words(read("AP", 0x8), select(0), read("AP", 0x4))).toEqual([0x77, RAM + 4]);
    expect(await fixture.readWord(RAM + 8)).toBe(0x77);
  });

  test("TAR does not move on a bus error", async () => {
    const fixture = await connected();
    await fixture.transfer(tar(0x60000000), DRW);
    expect(await fixture.words(abort(0x4), read("AP", 0x4))).toEqual([0x60000000]);
  });

  test("flash is not written through the bus", async () => {
    const fixture = await connected();
    expect((await fixture.transfer(tar(0x1000), drw(0))).ack).toBe(4);
    await fixture.words(abort(0x4));
    expect(await fixture.readWord(0x1000)).toBe(0xffffffff);
  });
});

describe("registers described in data", () => {
  const STATUS = 0x40000004;

  test("can be read-clears, sets-after, write-one-to-clear, write-only and read-only", async () => {
    const fixture = await connected();
    expect(await fixture.readWord(STATUS)).toBe(0x100);
    expect(await fixture.readWord(STATUS)).toBe(0);
    await fixture.writeWord(0x40000008, 3);
    expect(await fixture.readWord(0x40000008)).toBe(0);
    fixture.simulator.clock.advance(50);
    expect(await fixture.readWord(STATUS)).toBe(1);
    await fixture.writeWord(STATUS, 0xfffffff1);
    expect(await fixture.readWord(STATUS)).toBe(0);
    await fixture.writeWord(0x400000fc, 0);
    expect(await fixture.readWord(0x400000fc)).toBe(0x4d340001);
  });

  test("keep only writable bits, and get the old value back by a reset", async () => {
    const fixture = await connected();
    await fixture.writeWord(0x40000000, 0xff);
    expect(await fixture.readWord(0x40000000)).toBe(0x0f);
    await fixture.writeWord(0xe000ed0c, 0x05fa0004);
    fixture.simulator.clock.advance(1000);
    expect(await fixture.readWord(0x40000000)).toBe(0);
    expect(await fixture.readWord(STATUS)).toBe(0x100);
  });

  test("are reset together with a command that was started", async () => {
    const fixture = await connected();
    await fixture.writeWord(0x40000008, 3);
    await fixture.writeWord(0xe000ed0c, 0x05fa0004);
    fixture.simulator.clock.advance(1000);
    expect(await fixture.readWord(STATUS)).toBe(0x100);
  });

  test("answer a bus error in the rest of a block", async () => {
    const fixture = await connected();
    expect((await fixture.transfer(tar(0x40000010), DRW)).ack).toBe(4);
  });
});

describe("a slow access", () => {
  test("answers AP accesses and RDBUFF with WAIT until it is over, or given up by DAPABORT", async () => {
    const fixture = await connected();
    const { soc, clock } = fixture.simulator;
    await fixture.words(tar(RAM));
    soc.memAp(0).holdUntil(clock.nowUs() + 5000);
    expect((await fixture.transfer(DRW)).ack).toBe(2);
    expect((await fixture.transfer(read("DP", 0xc))).ack).toBe(2);
    expect((await fixture.transfer(read("DP", 0x4))).ack).toBe(1);
    clock.advance(5000);
    expect((await fixture.transfer(DRW)).ack).toBe(1);

    soc.memAp(0).holdUntil(clock.nowUs() + 5000);
    expect((await fixture.transfer(DRW)).ack).toBe(2);
    await fixture.words(abort(0x1));
    expect((await fixture.transfer(DRW)).ack).toBe(1);
  });
});

describe("identification", () => {
  test("the ROM table leads to components that say what they are", async () => {
    const fixture = await connected();
    const [base = 0] = await fixture.words(select(0, 0xf0), read("AP", 0x8), select(0));
    const table = (base & ~0xfff) >>> 0;
    expect(await fixture.readWord(table + 0xff4)).toBe(0x10); // class 1, a ROM table
    const offset = await fixture.readWord(table);
    expect(offset & 3).toBe(3);
    const scs = (table + (offset & ~0xfff)) >>> 0;
    expect(scs).toBe(0xe000e000);
    expect(await fixture.readWord(scs + 0xff4)).toBe(0xe0);
    expect(await fixture.readWord(scs + 0xfe0)).toBe(0x0c);
    expect(await fixture.readWord(scs + 0xfe8)).toBe(0x0b);
  });
});
