/** The simulated flash controllers by their registers: keys, alignment, 1-to-0, protection, errors, times, and how a secured part opens. */
import { describe, expect, test } from "vitest";
import { csw, drw, DRW, read, select, tar, TestFixture, write } from "./fixture.ts";

const BYTE = 0x23000010;
const HALFWORD = 0x23000011;

async function fixtureOf(model: string, options: Record<string, string> = {}): Promise<TestFixture> {
  const fixture = new TestFixture({ model, options });
  await fixture.connect();
  return fixture;
}

async function writeByte(fixture: TestFixture, address: number, value: number): Promise<void> {
  await fixture.words(csw(BYTE), tar(address), drw(value << (8 * (address & 3))), csw());
}

async function writeHalf(fixture: TestFixture, address: number, value: number): Promise<void> {
  await fixture.words(csw(HALFWORD), tar(address), drw(value << (8 * (address & 2))), csw());
}

async function ackOf(fixture: TestFixture, address: number): Promise<number> {
  const { ack } = await fixture.transfer(csw(), tar(address), DRW);
  if (ack !== 1) await fixture.words(write("DP", 0x0, 0x1e));
  return ack;
}

describe("FTFE of the mk64fn1m0", () => {
  const FSTAT = 0x40020000;
  const DONE = 0x80;

  /** Runs one command; yields FSTAT at once and when it is done. */
  async function run(fixture: TestFixture, ...bytes: number[]): Promise<readonly [number, number]> {
    await fixture.writeWord(FSTAT, 0x70);
    for (const [index, byte] of bytes.entries()) await writeByte(fixture, FSTAT + 4 + (index ^ 3), byte);
    await writeByte(fixture, FSTAT, DONE);
    const started = (await fixture.readWord(FSTAT)) & 0xff;
    fixture.simulator.clock.advance(1_000_000);
    return [started, (await fixture.readWord(FSTAT)) & 0xff];
  }
  const program = (
    fixture: TestFixture,
    address: number,
    ...data: number[]
  ): Promise<readonly [number, number]> =>
    run(fixture, 0x07, address >> 16, (address >> 8) & 0xff, address & 0xff, ...data);

  test("programs a phrase with the highest byte of each word first, and takes time for an erase", async () => {
    const fixture = await fixtureOf("mk64fn1m0");
    expect((await program(fixture, 0x2_0000, 1, 2, 3, 4, 5, 6, 7, 8))[1]).toBe(DONE);
    expect(await fixture.readWord(0x2_0000)).toBe(0x01020304);
    expect(await fixture.readWord(0x2_0004)).toBe(0x05060708);
    expect(await run(fixture, 0x09, 2, 0, 0)).toEqual([0, DONE]);
    expect(await fixture.readWord(0x2_0004)).toBe(0xffff_ffff);
  });

  test("only clears bits when it programs over data, and sets MGSTAT0", async () => {
    const fixture = await fixtureOf("mk64fn1m0");
    await program(fixture, 0x2_0000, 0x0f, 0, 0, 0, 0, 0, 0, 0);
    const [, status] = await program(fixture, 0x2_0000, 0xf5, 0, 0, 0, 0, 0, 0, 0);
    expect(status).toBe(DONE | 0x01);
    expect(await fixture.readWord(0x2_0000)).toBe(0x05000000);
  });

  test("sets ACCERR for an unaligned address and an unknown command, and takes no command until the flag is cleared", async () => {
    const fixture = await fixtureOf("mk64fn1m0");
    expect(await program(fixture, 0x2_0004, 0, 0, 0, 0, 0, 0, 0, 0)).toEqual([DONE | 0x20, DONE | 0x20]);
    await writeByte(fixture, FSTAT, DONE);
    expect((await fixture.readWord(FSTAT)) & 0xff).toBe(DONE | 0x20);
    expect(await run(fixture, 0x99)).toEqual([DONE | 0x20, DONE | 0x20]);
  });

  test("sets FPVIOL for regions that FPROT protects, and for a mass erase with any of them", async () => {
    const fixture = await fixtureOf("mk64fn1m0", { flash: "protected" });
    expect((await program(fixture, 0x2_0000, 0, 0, 0, 0, 0, 0, 0, 0))[1]).toBe(DONE | 0x10);
    expect((await run(fixture, 0x09, 2, 0, 0))[1]).toBe(DONE | 0x10);
    expect((await run(fixture, 0x44))[1]).toBe(DONE | 0x10);
  });

  test("lets protection be added but not removed, and answers a store to the flash with a bus error", async () => {
    const fixture = await fixtureOf("mk64fn1m0");
    await fixture.writeWord(FSTAT + 0x10, 0xffff_fffe);
    await fixture.writeWord(FSTAT + 0x10, 0xffff_ffff);
    expect(await fixture.readWord(FSTAT + 0x10)).toBe(0xffff_fffe);
    expect((await fixture.transfer(csw(), tar(0x2_0000), drw(0), read("DP", 0xc))).ack).toBe(4);
  });

  test("shows only the MDM-AP of a secured part, and opens it by a mass erase", async () => {
    const fixture = await fixtureOf("mk64fn1m0", { secured: "yes" });
    expect(await ackOf(fixture, 0xe000ed00)).toBe(4);
    expect(await fixture.words(select(1, 0xf0), read("AP", 0xc))).toEqual([0x001c0000]);
    const status = async (): Promise<number> => (await fixture.words(select(1), read("AP", 0)))[0] ?? 0;
    expect((await status()) & 0x2e).toBe(0x2e);
    await fixture.words(select(1), write("AP", 4, 1));
    expect((await status()) & 1).toBe(1);
    fixture.simulator.clock.advance(1_000_000);
    expect(await fixture.words(read("AP", 4))).toEqual([0]);
    expect((await status()) & 4).toBe(0);
    await fixture.words(select(0));
    expect(await ackOf(fixture, 0xe000ed00)).toBe(1);
    expect(await fixture.readWord(0x40c)).toBe(0xffff_fffe);
  });

  test("refuses the mass erase if FSEC.MEEN forbids it", async () => {
    const fixture = await fixtureOf("mk64fn1m0", { secured: "for-ever" });
    await fixture.words(select(1), write("AP", 4, 1));
    fixture.simulator.clock.advance(2_000_000);
    expect((await fixture.words(select(1), read("AP", 4), read("AP", 0))).map((word) => word & 0x25)).toEqual(
      [1, 4],
    );
  });
});

describe("NVMCTRL of the atsamd21j18", () => {
  const NVMCTRL = 0x41004000;

  /** Runs one command at an address of the flash; yields INTFLAG at once and later, and STATUS. */
  async function run(fixture: TestFixture, command: number, address: number): Promise<readonly number[]> {
    await fixture.writeWord(NVMCTRL + 0x1c, address >> 1);
    await writeHalf(fixture, NVMCTRL, command);
    const started = await fixture.readWord(NVMCTRL + 0x14);
    fixture.simulator.clock.advance(1_000_000);
    return [started, await fixture.readWord(NVMCTRL + 0x14), await fixture.readWord(NVMCTRL + 0x18)];
  }

  test("programs a page through its buffer and erases a row, and takes time for both", async () => {
    const fixture = await fixtureOf("atsamd21j18");
    await fixture.writeWord(0x8004, 0x12345678);
    expect(await fixture.readWord(0x8004)).toBe(0xffff_ffff);
    expect(await run(fixture, 0xa504, 0x8000)).toEqual([0, 1, 0]);
    expect(await fixture.readWord(0x8004)).toBe(0x12345678);
    await fixture.writeWord(0x8004, 0xff0000ff);
    await run(fixture, 0xa504, 0x8000);
    expect(await fixture.readWord(0x8004)).toBe(0x12000078);
    expect(await run(fixture, 0xa502, 0x80c0)).toEqual([0, 1, 0]);
    expect(await fixture.readWord(0x8004)).toBe(0xffff_ffff);
  });

  test("sets PROGE for a wrong key and an unknown command", async () => {
    const fixture = await fixtureOf("atsamd21j18");
    expect(await run(fixture, 0x5a02, 0x8000)).toEqual([3, 3, 4]);
    await fixture.writeWord(NVMCTRL + 0x18, 4);
    await fixture.writeWord(NVMCTRL + 0x14, 2);
    expect(await run(fixture, 0xa503, 0x8000)).toEqual([3, 3, 4]);
  });

  test("sets LOCKE for a locked region until it is unlocked, and for the range of BOOTPROT", async () => {
    const fixture = await fixtureOf("atsamd21j18", { flash: "protected" });
    await run(fixture, 0xa540, 0x8000);
    expect(await fixture.readWord(NVMCTRL + 0x20)).toBe(0xfffb);
    expect(await run(fixture, 0xa502, 0x8000)).toEqual([3, 3, 8]);
    await fixture.writeWord(NVMCTRL + 0x18, 8);
    await fixture.writeWord(NVMCTRL + 0x14, 2);
    await run(fixture, 0xa541, 0x8000);
    expect(await run(fixture, 0xa502, 0x8000)).toEqual([0, 1, 0]);
    expect(await run(fixture, 0xa502, 0x7f00)).toEqual([3, 3, 8]);
  });

  test("refuses bytes that are stored into the page buffer", async () => {
    const fixture = await fixtureOf("atsamd21j18");
    expect((await fixture.transfer(csw(BYTE), tar(0x8000), drw(0), read("DP", 0xc))).ack).toBe(4);
  });

  test("shows only the outer DSU of a secured part, and opens it by a chip erase", async () => {
    const fixture = await fixtureOf("atsamd21j18", { secured: "yes" });
    expect(await ackOf(fixture, 0xe000ed00)).toBe(4);
    expect(await ackOf(fixture, 0x41002000)).toBe(4);
    expect(await fixture.readWord(0x41002118)).toBe(0x10010300);
    expect((await fixture.readWord(0x41002100)) & 0x10000).toBe(0x10000);
    await writeByte(fixture, 0x41002100, 0x10);
    fixture.simulator.clock.advance(300_000);
    expect((await fixture.readWord(0x41002100)) & 0x10100).toBe(0x100);
    expect(await fixture.readWord(0)).toBe(0xffff_ffff);
  });

  test("applies the security bit from the next reset on", async () => {
    const fixture = await fixtureOf("atsamd21j18");
    await run(fixture, 0xa545, 0);
    expect(await ackOf(fixture, 0xe000ed00)).toBe(1);
    await fixture.writeWord(0xe000ed0c, 0x05fa0004);
    fixture.simulator.clock.advance(10_000);
    expect(await ackOf(fixture, 0xe000ed00)).toBe(4);
  });
});

describe("FLASH of the stm32h743", () => {
  const FLASH = 0x52002000;
  const BANK_2 = FLASH + 0x100;
  const SR = 0x10;
  const CR = 0x0c;

  async function unlocked(options: Record<string, string> = {}): Promise<TestFixture> {
    const fixture = await fixtureOf("stm32h743", options);
    for (const bank of [FLASH, BANK_2]) {
      await fixture.writeWord(bank + 4, 0x45670123);
      await fixture.writeWord(bank + 4, 0xcdef89ab);
    }
    return fixture;
  }
  async function store(fixture: TestFixture, address: number, ...words: number[]): Promise<void> {
    for (const [at, word] of words.entries()) await fixture.writeWord(address + 4 * at, word);
  }

  test("locks the bank after a wrong key until the next reset", async () => {
    const fixture = await fixtureOf("stm32h743");
    await fixture.writeWord(FLASH + 4, 0x1);
    await fixture.writeWord(FLASH + 4, 0x45670123);
    await fixture.writeWord(FLASH + 4, 0xcdef89ab);
    expect(await fixture.readWord(FLASH + CR)).toBe(1);
  });

  test("programs 256 bits together, in either bank, and only clears bits", async () => {
    const fixture = await unlocked();
    await fixture.writeWord(BANK_2 + CR, 2);
    await store(fixture, 0x08100040, 1, 2, 3, 4, 5, 6, 7);
    expect((await fixture.readWord(BANK_2 + SR)) & 7).toBe(2);
    expect(await fixture.readWord(0x08100040)).toBe(0xffff_ffff);
    await fixture.writeWord(0x0810005c, 8);
    expect((await fixture.readWord(BANK_2 + SR)) & 7).toBe(5);
    fixture.simulator.clock.advance(300);
    expect((await fixture.readWord(BANK_2 + SR)) & 7).toBe(0);
    expect(await fixture.readWord(0x0810005c)).toBe(8);
    await store(fixture, 0x08100040, 3, 3, 3, 3, 3, 3, 3, 3);
    fixture.simulator.clock.advance(300);
    expect(await fixture.readWord(0x08100048)).toBe(3);
    expect(await fixture.readWord(0x0810004c)).toBe(0);
  });

  test("programs a flash word that is not full if FW is set", async () => {
    const fixture = await unlocked();
    await fixture.writeWord(FLASH + CR, 2);
    await fixture.writeWord(0x08004000, 0x55);
    await fixture.writeWord(FLASH + CR, 0x42);
    fixture.simulator.clock.advance(300);
    expect([await fixture.readWord(0x08004000), await fixture.readWord(0x08004004)]).toEqual([
      0x55, 0xffff_ffff,
    ]);
  });

  test("sets PGSERR without PG and INCERR for another flash word in between, and clears both through CCR", async () => {
    const fixture = await unlocked();
    await fixture.writeWord(0x08004000, 0);
    expect((await fixture.readWord(FLASH + SR)) >>> 16).toBe(4);
    await fixture.writeWord(FLASH + 0x14, 1 << 18);
    await fixture.writeWord(FLASH + CR, 2);
    await store(fixture, 0x08004000, 0);
    await store(fixture, 0x08004020, 0);
    expect((await fixture.readWord(FLASH + SR)) >>> 16).toBe(0x20);
  });

  test("sets EOP when an erase has ended, not when it begins", async () => {
    const fixture = await unlocked();
    await fixture.writeWord(FLASH + CR, 0x84);
    expect((await fixture.readWord(FLASH + SR)) & 0x1_0000).toBe(0);
    fixture.simulator.clock.advance(3_000_000);
    expect((await fixture.readWord(FLASH + SR)) & 0x1_0000).toBe(0x1_0000);
  });

  test("sets WRPERR for a protected sector, by programming and by erasing", async () => {
    const fixture = await unlocked({ flash: "protected" });
    await fixture.writeWord(FLASH + CR, 2);
    await fixture.writeWord(0x08004000, 0);
    expect((await fixture.readWord(FLASH + SR)) >>> 16).toBe(2);
    await fixture.writeWord(BANK_2 + CR, 0x84);
    expect((await fixture.readWord(BANK_2 + SR)) >>> 16).toBe(2);
  });

  test("erases one sector alone, in two seconds at the width of bytes", async () => {
    const fixture = await unlocked();
    expect(await fixture.readWord(0x08000000)).toBe(0x20020000);
    await fixture.writeWord(FLASH + CR, 0x84);
    fixture.simulator.clock.advance(1_900_000);
    expect((await fixture.readWord(FLASH + SR)) & 1).toBe(1);
    fixture.simulator.clock.advance(200_000);
    expect((await fixture.readWord(FLASH + SR)) & 1).toBe(0);
    expect(await fixture.readWord(0x08000000)).toBe(0xffff_ffff);
  });
});

describe("NVMC", () => {
  const READY = 0x400;
  const CONFIG = 0x504;
  const ERASEPAGE = 0x508;
  const ERASEALL = 0x50c;
  const onNetwork = [select(1), csw(0x03000012)] as const;

  interface Part {
    readonly model: string;
    readonly nvmc: number;
    readonly page: number;
    readonly pageSize: number;
    readonly choose: readonly Parameters<TestFixture["words"]>[0][];
  }
  const TRUST_ZONE: readonly Part[] = [
    { model: "nrf5340", nvmc: 0x50039000, page: 0x4000, pageSize: 0x1000, choose: [csw(0x03000012)] },
    { model: "nrf5340", nvmc: 0x41080000, page: 0x01004000, pageSize: 0x800, choose: onNetwork },
    { model: "nrf9160", nvmc: 0x40039000, page: 0x4000, pageSize: 0x1000, choose: [csw(0x03000012)] },
  ];

  async function access(
    { choose }: Part,
    fixture: TestFixture,
    address: number,
    value?: number,
  ): Promise<number> {
    const [read = 0] = await fixture.words(...choose, tar(address), value === undefined ? DRW : drw(value));
    return read;
  }

  test.each(TRUST_ZONE)(
    "$model at $nvmc: a store of ones to a page erases it, and takes its time",
    async (part) => {
      const fixture = await fixtureOf(part.model);
      const { nvmc, page, pageSize } = part;
      await access(part, fixture, nvmc + CONFIG, 1);
      for (const at of [page - 4, page, page + pageSize - 4, page + pageSize]) {
        await access(part, fixture, at, 0x1234_5678);
        fixture.simulator.clock.advance(100);
      }
      await access(part, fixture, nvmc + CONFIG, 2);
      await access(part, fixture, page + 8, 0xffff_ffff);
      expect(await access(part, fixture, nvmc + READY)).toBe(0);
      fixture.simulator.clock.advance(200_000);
      expect(await access(part, fixture, nvmc + READY)).toBe(1);
      expect(await access(part, fixture, page)).toBe(0xffff_ffff);
      expect(await access(part, fixture, page + pageSize - 4)).toBe(0xffff_ffff);
      expect(await access(part, fixture, page - 4)).toBe(0x1234_5678);
      expect(await access(part, fixture, page + pageSize)).toBe(0x1234_5678);
      await access(part, fixture, nvmc + ERASEALL, 1);
      fixture.simulator.clock.advance(1_000_000);
      expect(await access(part, fixture, page + pageSize)).toBe(0xffff_ffff);
    },
  );

  test("the nRF52840's pages are erased by ERASEPAGE; a store while erasing is enabled is a bus error", async () => {
    const fixture = await fixtureOf("nrf52840");
    await fixture.writeWord(0x4001e000 + CONFIG, 2);
    expect((await fixture.transfer(csw(), tar(0), drw(0xffff_ffff), read("DP", 0xc))).ack).toBe(4);
    await fixture.words(write("DP", 0x0, 0x1e));
    expect(await fixture.readWord(4)).toBe(0x101);
    await fixture.writeWord(0x4001e000 + ERASEPAGE, 0);
    fixture.simulator.clock.advance(200_000);
    expect(await fixture.readWord(4)).toBe(0xffff_ffff);
  });
});
